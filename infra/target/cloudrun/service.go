package cloudrun

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"time"

	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/cloudrunv2"
	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/serviceaccount"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/killrvideo/killrvideo-go/infra/app"
	"github.com/killrvideo/killrvideo-go/infra/caller"
	"github.com/killrvideo/killrvideo-go/infra/secret"
	"github.com/killrvideo/killrvideo-go/infra/target"
)

// service runs the image with its pinned secrets. Traffic goes to the newest
// revision explicitly: after a rollback by hand it would stay on the old one.
func (t *Target) service(ctx *pulumi.Context, a app.App, image pulumi.StringOutput, who *serviceaccount.Account, secrets kept) (*cloudrunv2.Service, pulumi.StringOutput, error) {
	a.Settings = t.settingsOf(a)
	revision := a.Revision(image, secrets.pins)
	service, err := cloudrunv2.NewService(ctx, t.scope.Name("api"), &cloudrunv2.ServiceArgs{
		Name: pulumi.String(t.scope.Name("")), Location: pulumi.String(t.settings.Region),
		Description: pulumi.String("KillrVideo API, environment " + t.environment),
		Ingress:     pulumi.String(ingresses[t.settings.Ingress]), Labels: t.labels(),
		Template: &cloudrunv2.ServiceTemplateArgs{
			ServiceAccount: who.Email, ExecutionEnvironment: pulumi.String("EXECUTION_ENVIRONMENT_GEN2"),
			MaxInstanceRequestConcurrency: pulumi.Int(a.Scale.Concurrency),
			Timeout:                       pulumi.Sprintf("%ds", t.settings.RequestTimeoutSeconds),
			Scaling: &cloudrunv2.ServiceTemplateScalingArgs{
				MinInstanceCount: pulumi.Int(a.Scale.MinInstances), MaxInstanceCount: pulumi.Int(a.Scale.MaxInstances),
			},
			Labels:     t.labels(),
			Containers: cloudrunv2.ServiceTemplateContainerArray{t.container(a, image, revision, secrets)},
		},
		Traffics: cloudrunv2.ServiceTrafficArray{&cloudrunv2.ServiceTrafficArgs{
			Type: pulumi.String("TRAFFIC_TARGET_ALLOCATION_TYPE_LATEST"), Percent: pulumi.Int(100),
		}},
	}, t.scope.Child(pulumi.DependsOn(slices.Concat(secrets.ready, t.enabled)), pulumi.Protect(*t.settings.Protect))...)
	if err != nil {
		return nil, revision, fmt.Errorf("the Cloud Run service: %w", err)
	}
	return service, revision, nil
}

// killSeconds is Google's: fixed.
const killSeconds = 10

// Times are those of an instance. Google tells it to stop once no request comes
// any more and those under way have ended, and kills it killSeconds later.
func (t *Target) Times() target.Times {
	times := target.ServiceTimes()
	times.BalancerIdle, times.KeepAlive = 600, 620
	times.RequestLimit = t.settings.RequestTimeoutSeconds
	times.DrainsFirst = true
	times.Timeout, times.Stop = killSeconds-1, killSeconds
	return times
}

// settingsOf adds to the plain settings what only this target knows.
func (t *Target) settingsOf(a app.App) map[string]string {
	settings := maps.Clone(a.Settings)
	t.Times().Settings(settings)
	settings["LOG_FORMAT"], settings["GOOGLE_CLOUD_PROJECT"] = "google", t.settings.Project
	target.SetDefault(settings, target.TrustedProxies, googleFront)
	return settings
}

func (t *Target) container(a app.App, image, revision pulumi.StringOutput, secrets kept) *cloudrunv2.ServiceTemplateContainerArgs {
	return &cloudrunv2.ServiceTemplateContainerArgs{
		Name: pulumi.String("api"), Image: image, Envs: environment(a, revision, secrets),
		Ports: cloudrunv2.ServiceTemplateContainerPortArray{&cloudrunv2.ServiceTemplateContainerPortArgs{ContainerPort: pulumi.Int(app.Port)}},
		Resources: &cloudrunv2.ServiceTemplateContainerResourcesArgs{
			Limits:  pulumi.StringMap{"cpu": pulumi.String(a.Scale.CPU), "memory": pulumi.String(a.Scale.Memory)},
			CpuIdle: pulumi.Bool(!*t.settings.AlwaysCPU), StartupCpuBoost: pulumi.Bool(true),
		},
		// Half a minute to come up, then three failures in a row are a restart.
		StartupProbe: &cloudrunv2.ServiceTemplateContainerStartupProbeArgs{
			HttpGet:       &cloudrunv2.ServiceTemplateContainerStartupProbeHttpGetArgs{Path: pulumi.String(a.Probes.Serving), Port: pulumi.Int(app.Port)},
			PeriodSeconds: pulumi.Int(3), TimeoutSeconds: pulumi.Int(3), FailureThreshold: pulumi.Int(10),
		},
		LivenessProbe: &cloudrunv2.ServiceTemplateContainerLivenessProbeArgs{
			HttpGet:       &cloudrunv2.ServiceTemplateContainerLivenessProbeHttpGetArgs{Path: pulumi.String(a.Probes.Live), Port: pulumi.Int(app.Port)},
			PeriodSeconds: pulumi.Int(10), TimeoutSeconds: pulumi.Int(3), FailureThreshold: pulumi.Int(3),
		},
	}
}

// environment is the plain settings in the order of their names, and the
// secrets by their versions. PORT is Cloud Run's own to set.
func environment(a app.App, revision pulumi.StringOutput, secrets kept) cloudrunv2.ServiceTemplateContainerEnvArray {
	env := cloudrunv2.ServiceTemplateContainerEnvArray{
		&cloudrunv2.ServiceTemplateContainerEnvArgs{Name: pulumi.String("REVISION"), Value: revision},
	}
	plain := a.Plain()
	for _, name := range slices.Sorted(maps.Keys(plain)) {
		env = append(env, &cloudrunv2.ServiceTemplateContainerEnvArgs{Name: pulumi.String(name), Value: plain[name].ToStringOutput()})
	}
	for i, pin := range secrets.pins {
		env = append(env, &cloudrunv2.ServiceTemplateContainerEnvArgs{
			Name: pulumi.String(pin.Env),
			ValueSource: &cloudrunv2.ServiceTemplateContainerEnvValueSourceArgs{
				SecretKeyRef: &cloudrunv2.ServiceTemplateContainerEnvValueSourceSecretKeyRefArgs{Secret: secrets.ids[i], Version: pin.Version},
			},
		})
	}
	return env
}

// evidence changes with every deployment, and fails it when Google keeps the
// traffic on another revision than the one just made.
func (t *Target) evidence(stack string, pins []secret.Pinned, service *cloudrunv2.Service) pulumi.StringArray {
	serving := pulumi.All(service.LatestCreatedRevision, service.LatestReadyRevision).ApplyT(func(values []any) (string, error) {
		return t.newest(stack, values[0].(string), values[1].(string))
	}).(pulumi.StringOutput)
	return append(pulumi.StringArray{serving}, secret.Versions(pins)...)
}

// newest compares two revisions by their full names.
func (t *Target) newest(stack, created, ready string) (string, error) {
	if created == ready {
		return ready, nil
	}
	return "", fmt.Errorf("Cloud Run made revision %s in %s of project %s, but the newest one that is ready is %s; why, says: "+
		"gcloud run revisions describe %s --region %s --project %s\n"+
		"Fix the cause, then make another revision with: %s && %s",
		path.Base(created), t.settings.Region, t.settings.Project, path.Base(ready),
		path.Base(created), t.settings.Region, t.settings.Project,
		caller.Pulumi(fmt.Sprintf("config set redeploy %d --stack %s", time.Now().Unix(), stack)), caller.Verb("up", stack))
}
