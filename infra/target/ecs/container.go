package ecs

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ecs"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/killrvideo/killrvideo-go/infra/app"
	"github.com/killrvideo/killrvideo-go/infra/target"
)

const containerName = "api"

// Times are those of a task behind the load balancer. A task that is to stop is
// deregistered first: it gets no new requests, and those under way have the
// deregistration delay, more than the service lets one take. Only then is it
// told, so it has nothing to wait for.
func (t *Target) Times() target.Times {
	times := target.ServiceTimes()
	times.BalancerIdle, times.KeepAlive = 60, 75
	times.RequestLimit = 60 // the balancer's idle time-out cuts an answer too
	times.Deregistration, times.DrainsFirst = 25, true
	times.Timeout, times.Stop = 28, 30
	return times
}

// container is a container definition of ECS, as far as this house uses it.
type container struct {
	Name                   string           `json:"name"`
	Image                  string           `json:"image"`
	Essential              bool             `json:"essential"`
	User                   string           `json:"user"`
	Privileged             bool             `json:"privileged"`
	ReadonlyRootFilesystem bool             `json:"readonlyRootFilesystem"`
	StopTimeout            int              `json:"stopTimeout"`
	PortMappings           []portMapping    `json:"portMappings"`
	Environment            []variable       `json:"environment"`
	Secrets                []secretVariable `json:"secrets"`
	HealthCheck            healthCheck      `json:"healthCheck"`
	LogConfiguration       logConfiguration `json:"logConfiguration"`
	LinuxParameters        linuxParameters  `json:"linuxParameters"`
}

type portMapping struct {
	ContainerPort int    `json:"containerPort"`
	Protocol      string `json:"protocol"`
}

type variable struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

type secretVariable struct {
	Name      string `json:"name"`
	ValueFrom string `json:"valueFrom"`
}

type healthCheck struct {
	Command     []string `json:"command"`
	Interval    int      `json:"interval"`
	Timeout     int      `json:"timeout"`
	Retries     int      `json:"retries"`
	StartPeriod int      `json:"startPeriod"`
}

type logConfiguration struct {
	LogDriver string            `json:"logDriver"`
	Options   map[string]string `json:"options"`
}

type linuxParameters struct {
	Capabilities struct {
		Drop []string `json:"drop"`
	} `json:"capabilities"`
}

// settingsOf adds to the plain settings what only this target knows.
func (t *Target) settingsOf(a app.App, d door) map[string]string {
	settings := maps.Clone(a.Settings)
	settings["PORT"] = strconv.Itoa(app.Port)
	t.Times().Settings(settings)
	target.SetDefault(settings, target.TrustedProxies, d.trusted)
	return settings
}

// task registers what a task is. The old definition goes only after the
// service has left it.
func (t *Target) task(ctx *pulumi.Context, a app.App, image, revision pulumi.StringOutput, who roles, kept kept) (*ecs.TaskDefinition, error) {
	cpu, memory, err := units(a.Scale)
	if err != nil {
		return nil, err
	}
	task, err := ecs.NewTaskDefinition(ctx, t.scope.Name("task"), &ecs.TaskDefinitionArgs{
		Family: pulumi.String(t.scope.Name("")), ContainerDefinitions: t.containers(a, image, revision, who, kept),
		Cpu: pulumi.String(strconv.Itoa(cpu)), Memory: pulumi.String(strconv.Itoa(memory)),
		NetworkMode: pulumi.String("awsvpc"), RequiresCompatibilities: pulumi.ToStringArray([]string{"FARGATE"}),
		ExecutionRoleArn: who.execution.Arn, TaskRoleArn: who.task.Arn,
		RuntimePlatform: &ecs.TaskDefinitionRuntimePlatformArgs{
			OperatingSystemFamily: pulumi.String("LINUX"), CpuArchitecture: pulumi.String(t.settings.Architecture),
		},
		Tags: t.tags(),
	}, t.scope.Child()...)
	if err != nil {
		return nil, fmt.Errorf("the task definition: %w", err)
	}
	return task, nil
}

// containers is the JSON that ECS wants, once all parts of it are known.
func (t *Target) containers(a app.App, image, revision pulumi.StringOutput, who roles, kept kept) pulumi.StringOutput {
	inputs := []any{a.Plain().ToStringMapOutput(), image, revision, who.logs.Name}
	for i, pin := range kept.pins {
		inputs = append(inputs, kept.arns[i], pin.Version)
	}
	return pulumi.All(inputs...).ApplyT(func(values []any) (string, error) {
		known := make([]string, len(values)-1)
		for i, value := range values[1:] {
			known[i] = value.(string)
		}
		c := t.container(values[0].(map[string]string), known[0], known[1], known[2])
		for i, pin := range kept.pins {
			c.Secrets = append(c.Secrets, secretVariable{pin.Env, reference(known[3+2*i], known[4+2*i])})
		}
		text, err := json.Marshal([]container{c})
		if err != nil {
			return "", fmt.Errorf("encode the container: %w", err)
		}
		return string(text), nil
	}).(pulumi.StringOutput)
}

// container is the API with the least that a task can have.
func (t *Target) container(settings map[string]string, image, revision, logs string) container {
	c := container{
		Name: containerName, Image: image, Essential: true, User: "65532:65532", ReadonlyRootFilesystem: true, StopTimeout: t.Times().Stop,
		PortMappings: []portMapping{{app.Port, "tcp"}},
		Environment:  []variable{{"REVISION", revision}},
		HealthCheck:  healthCheck{Command: []string{"CMD", "/killrvideo", "-healthcheck"}, Interval: 10, Timeout: 5, Retries: 3, StartPeriod: 30},
		LogConfiguration: logConfiguration{"awslogs", map[string]string{
			"awslogs-group": logs, "awslogs-region": t.settings.Region, "awslogs-stream-prefix": containerName,
		}},
	}
	c.LinuxParameters.Capabilities.Drop = []string{"ALL"}
	for _, name := range slices.Sorted(maps.Keys(settings)) {
		c.Environment = append(c.Environment, variable{name, settings[name]})
	}
	return c
}
