package cloudrun

import (
	"maps"
	"path"
	"slices"

	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/cloudrunv2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/killrvideo/killrvideo-go/infra/app"
	"github.com/killrvideo/killrvideo-go/infra/platform"
)

// containers are the service's and its sidecars.
func (s *Service) containers(args *ServiceArgs, env pulumi.StringMap, secrets *Secrets) cloudrunv2.ServiceTemplateContainerArray {
	all := cloudrunv2.ServiceTemplateContainerArray{s.container(args, env, secrets)}
	for _, each := range args.App.Sidecars {
		cpu, memory := each.Size("1", "256Mi")
		all = append(all, &cloudrunv2.ServiceTemplateContainerArgs{
			Name: pulumi.String(each.Name), Image: each.Image, Commands: list(each.Command), Args: list(each.Args),
			Envs: append(plain(each.Env), secrets.variables(args.App, each.Secrets)...),
			Resources: &cloudrunv2.ServiceTemplateContainerResourcesArgs{
				Limits:  pulumi.StringMap{"cpu": pulumi.String(cpu), "memory": pulumi.String(memory)},
				CpuIdle: pulumi.Bool(!*args.AlwaysCPU), StartupCpuBoost: pulumi.Bool(true),
			},
		})
	}
	return all
}

func (s *Service) container(args *ServiceArgs, env pulumi.StringMap, secrets *Secrets) *cloudrunv2.ServiceTemplateContainerArgs {
	a := args.App
	envs := cloudrunv2.ServiceTemplateContainerEnvArray{
		&cloudrunv2.ServiceTemplateContainerEnvArgs{Name: pulumi.String(app.RevisionVariable), Value: s.Revision},
	}
	// PORT is Cloud Run's own to set.
	envs = append(append(envs, plain(env)...), secrets.variables(a, nil)...)
	container := &cloudrunv2.ServiceTemplateContainerArgs{
		Name: pulumi.String(a.Container), Image: s.Image, Commands: list(a.Command), Args: list(a.Args), Envs: envs,
		Ports: cloudrunv2.ServiceTemplateContainerPortArray{&cloudrunv2.ServiceTemplateContainerPortArgs{ContainerPort: pulumi.Int(a.Port)}},
		Resources: &cloudrunv2.ServiceTemplateContainerResourcesArgs{
			Limits:  pulumi.StringMap{"cpu": pulumi.String(a.Scale.CPU), "memory": pulumi.String(a.Scale.Memory)},
			CpuIdle: pulumi.Bool(!*args.AlwaysCPU), StartupCpuBoost: pulumi.Bool(true),
		},
		StartupProbe: startupProbe(a),
	}
	if !a.Probes.Liveness.IsZero() {
		period, timeout, failures := a.Probes.Liveness.Timing(10, 3, 3)
		container.LivenessProbe = &cloudrunv2.ServiceTemplateContainerLivenessProbeArgs{
			HttpGet: &cloudrunv2.ServiceTemplateContainerLivenessProbeHttpGetArgs{
				Path: pulumi.String(a.Probes.Liveness.HTTPPath), Port: pulumi.Int(a.Port),
			},
			PeriodSeconds: pulumi.Int(period), TimeoutSeconds: pulumi.Int(timeout), FailureThreshold: pulumi.Int(failures),
		}
	}
	for _, each := range a.Secrets {
		if each.Path() != "" {
			mounts, _ := container.VolumeMounts.(cloudrunv2.ServiceTemplateContainerVolumeMountArray)
			container.VolumeMounts = append(mounts, &cloudrunv2.ServiceTemplateContainerVolumeMountArgs{
				Name: pulumi.String(s.scope.Variable(each.Env())), MountPath: pulumi.String(path.Dir(each.Path())),
			})
		}
	}
	return container
}

// startupProbe asks whether requests can be sent to a new instance. Cloud Run
// asks that once: from then on the liveness probe alone is asked.
func startupProbe(a app.App) *cloudrunv2.ServiceTemplateContainerStartupProbeArgs {
	period, timeout, _ := a.Probes.Readiness.Timing(3, 3, 0)
	probe := &cloudrunv2.ServiceTemplateContainerStartupProbeArgs{
		PeriodSeconds: pulumi.Int(period), TimeoutSeconds: pulumi.Int(timeout), FailureThreshold: pulumi.Int(a.Probes.StartupFailures(period)),
	}
	if path := a.Probes.Readiness.HTTPPath; path != "" {
		probe.HttpGet = &cloudrunv2.ServiceTemplateContainerStartupProbeHttpGetArgs{Path: pulumi.String(path), Port: pulumi.Int(a.Port)}
	} else {
		probe.TcpSocket = &cloudrunv2.ServiceTemplateContainerStartupProbeTcpSocketArgs{Port: pulumi.Int(a.Port)}
	}
	return probe
}

// plain are variables in the order of their names.
func plain(env pulumi.StringMap) (all cloudrunv2.ServiceTemplateContainerEnvArray) {
	for _, name := range slices.Sorted(maps.Keys(env)) {
		all = append(all, &cloudrunv2.ServiceTemplateContainerEnvArgs{Name: pulumi.String(name), Value: env[name].ToStringOutput()})
	}
	return all
}

// variables are secrets by their versions: the named ones, or without names all
// that are no files.
func (all *Secrets) variables(a app.App, names []string) (envs cloudrunv2.ServiceTemplateContainerEnvArray) {
	for i, s := range a.Secrets {
		if s.Path() != "" || names != nil && !slices.Contains(names, s.Env()) {
			continue
		}
		envs = append(envs, &cloudrunv2.ServiceTemplateContainerEnvArgs{
			Name: pulumi.String(s.Env()),
			ValueSource: &cloudrunv2.ServiceTemplateContainerEnvValueSourceArgs{
				SecretKeyRef: &cloudrunv2.ServiceTemplateContainerEnvValueSourceSecretKeyRefArgs{Secret: all.IDs[i], Version: all.Versions[i]},
			},
		})
	}
	return envs
}

// volumes are the secrets that are files, each in a folder of its own.
func volumes(args *ServiceArgs, scope platform.Scope, secrets *Secrets) (all cloudrunv2.ServiceTemplateVolumeArray) {
	for i, s := range args.App.Secrets {
		if s.Path() == "" {
			continue
		}
		all = append(all, &cloudrunv2.ServiceTemplateVolumeArgs{
			Name: pulumi.String(scope.Variable(s.Env())),
			Secret: &cloudrunv2.ServiceTemplateVolumeSecretArgs{
				Secret: secrets.IDs[i],
				Items: cloudrunv2.ServiceTemplateVolumeSecretItemArray{&cloudrunv2.ServiceTemplateVolumeSecretItemArgs{
					Path: pulumi.String(path.Base(s.Path())), Version: secrets.Versions[i],
				}},
			},
		})
	}
	return all
}

// list is an optional list of texts.
func list(texts []string) pulumi.StringArrayInput {
	if len(texts) == 0 {
		return nil
	}
	return pulumi.ToStringArray(texts)
}
