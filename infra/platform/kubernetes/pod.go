package kubernetes

import (
	"maps"
	"path"
	"slices"
	"strings"

	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/killrvideo/killrvideo-go/infra/app"
)

func (s *Service) pod() *corev1.PodSpecArgs {
	times := s.args.times()
	pod := &corev1.PodSpecArgs{
		ServiceAccountName:            s.account.ToStringOutput(),
		AutomountServiceAccountToken:  pulumi.Bool(false),
		EnableServiceLinks:            pulumi.Bool(false),
		TerminationGracePeriodSeconds: pulumi.Int(times.PreStop + times.Stop),
		SecurityContext: &corev1.PodSecurityContextArgs{
			RunAsNonRoot: pulumi.Bool(true), RunAsUser: s.userID(), RunAsGroup: s.userID(),
			SeccompProfile: &corev1.SeccompProfileArgs{Type: pulumi.String("RuntimeDefault")},
		},
		TopologySpreadConstraints: corev1.TopologySpreadConstraintArray{
			s.spread("topology.kubernetes.io/zone"), s.spread("kubernetes.io/hostname"),
		},
		Containers: append(corev1.ContainerArray{s.container()}, s.sidecars()...),
	}
	if volumes := s.volumes(); len(volumes) > 0 {
		pod.Volumes = volumes
	}
	return pod
}

// userID is the user and group of the pods. OpenShift refuses any id outside
// the namespace's own range, and chooses one when none is named.
func (s *Service) userID() pulumi.IntPtrInput {
	if s.args.OpenShift {
		return nil
	}
	return pulumi.Int(s.args.App.User)
}

// spread keeps the pods of one revision apart, as far as there are nodes.
func (s *Service) spread(over string) *corev1.TopologySpreadConstraintArgs {
	return &corev1.TopologySpreadConstraintArgs{
		TopologyKey: pulumi.String(over), MaxSkew: pulumi.Int(1), WhenUnsatisfiable: pulumi.String("ScheduleAnyway"),
		LabelSelector:  &metav1.LabelSelectorArgs{MatchLabels: s.args.selector()},
		MatchLabelKeys: pulumi.ToStringArray([]string{"pod-template-hash"}),
	}
}

// hardened is a container with the least permissions that a process can have.
func (s *Service) hardened(name string, image pulumi.StringInput, command, args []string, cpu, memory string) *corev1.ContainerArgs {
	size := pulumi.StringMap{"cpu": pulumi.String(cpu), "memory": pulumi.String(memory)}
	c := &corev1.ContainerArgs{
		Name: pulumi.String(name), Image: image.ToStringOutput().ToStringPtrOutput(), ImagePullPolicy: pulumi.String("Always"),
		Resources: &corev1.ResourceRequirementsArgs{Requests: size, Limits: size},
		SecurityContext: &corev1.SecurityContextArgs{
			AllowPrivilegeEscalation: pulumi.Bool(false), Privileged: pulumi.Bool(false),
			ReadOnlyRootFilesystem: pulumi.Bool(true), RunAsNonRoot: pulumi.Bool(true),
			Capabilities: &corev1.CapabilitiesArgs{Drop: pulumi.ToStringArray([]string{"ALL"})},
		},
	}
	if len(command) > 0 {
		c.Command = pulumi.ToStringArray(command)
	}
	if len(args) > 0 {
		c.Args = pulumi.ToStringArray(args)
	}
	return c
}

// container is the service's.
func (s *Service) container() *corev1.ContainerArgs {
	a := s.args.App
	c := s.hardened(a.Container, s.Image, a.Command, a.Args, a.Scale.CPU, a.Scale.Memory)
	if a.WritableRoot {
		c.SecurityContext.(*corev1.SecurityContextArgs).ReadOnlyRootFilesystem = pulumi.Bool(false)
	}
	c.Ports = corev1.ContainerPortArray{&corev1.ContainerPortArgs{
		Name: pulumi.String("http"), ContainerPort: pulumi.Int(a.Port), Protocol: pulumi.String("TCP"),
	}}
	c.Env = corev1.EnvVarArray{&corev1.EnvVarArgs{Name: pulumi.String(app.RevisionVariable), Value: s.Revision}}
	from := corev1.EnvFromSourceArray{
		&corev1.EnvFromSourceArgs{ConfigMapRef: &corev1.ConfigMapEnvSourceArgs{Name: s.settings.Metadata.Name()}},
	}
	if s.secrets.Variables != nil {
		from = append(from, &corev1.EnvFromSourceArgs{SecretRef: &corev1.SecretEnvSourceArgs{Name: s.secrets.Variables.Metadata.Name()}})
	}
	c.EnvFrom = from
	// A database that does not answer keeps a new pod from its first request;
	// it restarts none, if the liveness probe does not ask for it.
	c.StartupProbe = probe(a.Probes.Startup(), 3, a.Probes.StartupFailures(3), true)
	c.ReadinessProbe = probe(a.Probes.Readiness, 5, 2, false)
	if live := a.Probes.Liveness; !live.IsZero() {
		c.LivenessProbe = probe(live, 10, 3, false)
	}
	c.Lifecycle = &corev1.LifecycleArgs{PreStop: &corev1.LifecycleHandlerArgs{
		Sleep: &corev1.SleepActionArgs{Seconds: pulumi.Int(s.args.times().PreStop)},
	}}
	for _, folder := range s.args.App.SecretFolders() {
		mounts, _ := c.VolumeMounts.(corev1.VolumeMountArray)
		c.VolumeMounts = append(mounts, &corev1.VolumeMountArgs{
			Name: pulumi.String(volumeOf(folder)), MountPath: pulumi.String(folder), ReadOnly: pulumi.Bool(true),
		})
	}
	return c
}

func (s *Service) sidecars() (all corev1.ContainerArray) {
	for _, each := range s.args.App.Sidecars {
		cpu, memory := each.Size("0.25", "256Mi")
		c := s.hardened(each.Name, each.Image, each.Command, each.Args, cpu, memory)
		env := corev1.EnvVarArray{}
		for _, name := range slices.Sorted(maps.Keys(each.Env)) {
			env = append(env, &corev1.EnvVarArgs{Name: pulumi.String(name), Value: each.Env[name].ToStringOutput().ToStringPtrOutput()})
		}
		for _, name := range each.Secrets {
			env = append(env, &corev1.EnvVarArgs{Name: pulumi.String(name), ValueFrom: &corev1.EnvVarSourceArgs{
				SecretKeyRef: &corev1.SecretKeySelectorArgs{Name: s.secrets.Variables.Metadata.Name(), Key: pulumi.String(name)},
			}})
		}
		if len(env) > 0 {
			c.Env = env
		}
		all = append(all, c)
	}
	return all
}

// probe asks as the app says. A start has its own number of failures, and is
// asked at its own pace.
func probe(p app.Probe, period, failures int, start bool) *corev1.ProbeArgs {
	every, timeout, most := p.Timing(period, 3, failures)
	if start {
		every, most = period, failures
	}
	asked := &corev1.ProbeArgs{PeriodSeconds: pulumi.Int(every), TimeoutSeconds: pulumi.Int(timeout), FailureThreshold: pulumi.Int(most)}
	switch {
	case p.HTTPPath != "":
		asked.HttpGet = &corev1.HTTPGetActionArgs{Path: pulumi.String(p.HTTPPath), Port: pulumi.String("http")}
	case p.TCP:
		asked.TcpSocket = &corev1.TCPSocketActionArgs{Port: pulumi.String("http")}
	default:
		asked.Exec = &corev1.ExecActionArgs{Command: pulumi.ToStringArray(p.Command)}
	}
	return asked
}

// volumeOf is the volume of a folder with secrets that are files.
func volumeOf(folder string) string {
	return "files" + strings.NewReplacer("/", "-", ".", "-", "_", "-").Replace(strings.ToLower(folder))
}

func (s *Service) volumes() (all corev1.VolumeArray) {
	for _, folder := range s.args.App.SecretFolders() {
		items := corev1.KeyToPathArray{}
		for _, each := range s.args.App.Secrets {
			if each.Path() != "" && path.Dir(each.Path()) == folder {
				items = append(items, &corev1.KeyToPathArgs{Key: pulumi.String(each.Env()), Path: pulumi.String(path.Base(each.Path()))})
			}
		}
		all = append(all, &corev1.VolumeArgs{
			Name: pulumi.String(volumeOf(folder)),
			Secret: &corev1.SecretVolumeSourceArgs{
				SecretName: s.secrets.Files.Metadata.Name(), Items: items, DefaultMode: pulumi.Int(0o444),
			},
		})
	}
	return all
}
