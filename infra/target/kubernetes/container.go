package kubernetes

import (
	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/killrvideo/killrvideo-go/infra/app"
)

// imageUser is the image's own user; no node has one of that number.
const imageUser = 65532

// userID is the user and group of the pods. OpenShift refuses any id outside
// the namespace's own range, and chooses one when none is named.
func (t *Target) userID() pulumi.IntPtrInput {
	if t.settings.OpenShift {
		return nil
	}
	return pulumi.Int(imageUser)
}

// container is the API with the least that a process can have.
func (t *Target) container(a app.App, image, revision pulumi.StringOutput, kept kept) *corev1.ContainerArgs {
	size := pulumi.StringMap{"cpu": pulumi.String(a.Scale.CPU), "memory": pulumi.String(a.Scale.Memory)}
	return &corev1.ContainerArgs{
		Name: pulumi.String("api"), Image: image, ImagePullPolicy: pulumi.String("Always"),
		Ports: corev1.ContainerPortArray{&corev1.ContainerPortArgs{
			Name: pulumi.String("http"), ContainerPort: pulumi.Int(app.Port), Protocol: pulumi.String("TCP"),
		}},
		Env: corev1.EnvVarArray{&corev1.EnvVarArgs{Name: pulumi.String("REVISION"), Value: revision}},
		EnvFrom: corev1.EnvFromSourceArray{
			&corev1.EnvFromSourceArgs{ConfigMapRef: &corev1.ConfigMapEnvSourceArgs{Name: kept.settings.Metadata.Name()}},
			&corev1.EnvFromSourceArgs{SecretRef: &corev1.SecretEnvSourceArgs{Name: kept.secret.Metadata.Name()}},
		},
		Resources: &corev1.ResourceRequirementsArgs{Requests: size, Limits: size},
		SecurityContext: &corev1.SecurityContextArgs{
			AllowPrivilegeEscalation: pulumi.Bool(false), Privileged: pulumi.Bool(false),
			ReadOnlyRootFilesystem: pulumi.Bool(true), RunAsNonRoot: pulumi.Bool(true),
			Capabilities: &corev1.CapabilitiesArgs{Drop: pulumi.ToStringArray([]string{"ALL"})},
		},
		// Half a minute to come up. Astra being away keeps a new pod from its
		// first request and takes no pod away that has served; it restarts none.
		StartupProbe:   probe(a.Probes.Live, 3, 10),
		ReadinessProbe: probe(a.Probes.Serving, 5, 2),
		LivenessProbe:  probe(a.Probes.Live, 10, 3),
		Lifecycle: &corev1.LifecycleArgs{PreStop: &corev1.LifecycleHandlerArgs{
			Sleep: &corev1.SleepActionArgs{Seconds: pulumi.Int(t.Times().PreStop)},
		}},
	}
}

func probe(path string, everySeconds, failures int) *corev1.ProbeArgs {
	return &corev1.ProbeArgs{
		HttpGet:       &corev1.HTTPGetActionArgs{Path: pulumi.String(path), Port: pulumi.String("http")},
		PeriodSeconds: pulumi.Int(everySeconds), TimeoutSeconds: pulumi.Int(3), FailureThreshold: pulumi.Int(failures),
	}
}
