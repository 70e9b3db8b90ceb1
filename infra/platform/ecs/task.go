package ecs

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ecs"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/killrvideo/killrvideo-go/infra/app"
)

// container is a container definition of ECS, as far as it is used here.
type container struct {
	Name                   string           `json:"name"`
	Image                  string           `json:"image"`
	Essential              bool             `json:"essential"`
	EntryPoint             []string         `json:"entryPoint,omitempty"`
	Command                []string         `json:"command,omitempty"`
	User                   string           `json:"user,omitempty"`
	Privileged             bool             `json:"privileged"`
	ReadonlyRootFilesystem bool             `json:"readonlyRootFilesystem"`
	CPU                    int              `json:"cpu,omitempty"`
	Memory                 int              `json:"memory,omitempty"`
	DependsOn              []dependency     `json:"dependsOn,omitempty"`
	MountPoints            []mountPoint     `json:"mountPoints,omitempty"`
	StopTimeout            int              `json:"stopTimeout,omitempty"`
	PortMappings           []portMapping    `json:"portMappings"`
	Environment            []variable       `json:"environment"`
	Secrets                []secretVariable `json:"secrets"`
	HealthCheck            *healthCheck     `json:"healthCheck,omitempty"`
	LogConfiguration       logConfiguration `json:"logConfiguration"`
	LinuxParameters        linuxParameters  `json:"linuxParameters"`
}

type dependency struct {
	ContainerName string `json:"containerName"`
	Condition     string `json:"condition"`
}

type mountPoint struct {
	SourceVolume  string `json:"sourceVolume"`
	ContainerPath string `json:"containerPath"`
	ReadOnly      bool   `json:"readOnly"`
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

// environment are the plain variables, with what only this platform knows.
func (s *Service) environment(in ingress) pulumi.StringMap {
	env := s.args.App.Environ(app.Facts{Platform: "ecs", TrustedProxies: in.trusted, Times: s.args.times()})
	env[app.PortVariable] = pulumi.String(strconv.Itoa(s.args.App.Port))
	return env
}

// task registers what a task is. The old definition goes only after the
// service has left it.
func (s *Service) task(ctx *pulumi.Context, env pulumi.StringMap, roles roles, secrets *Secrets) (*ecs.TaskDefinition, error) {
	cpu, memory, err := units(s.args.App.Scale)
	if err != nil {
		return nil, err
	}
	args := &ecs.TaskDefinitionArgs{
		Family: pulumi.String(s.scope.Name("")), ContainerDefinitions: s.definitions(env, roles, secrets),
		Cpu: pulumi.String(strconv.Itoa(cpu)), Memory: pulumi.String(strconv.Itoa(memory)),
		NetworkMode: pulumi.String("awsvpc"), RequiresCompatibilities: pulumi.ToStringArray([]string{"FARGATE"}),
		ExecutionRoleArn: roles.execution.Arn, TaskRoleArn: app.OptionalPtr(roles.task),
		RuntimePlatform: &ecs.TaskDefinitionRuntimePlatformArgs{
			OperatingSystemFamily: pulumi.String("LINUX"), CpuArchitecture: pulumi.String(s.args.Architecture),
		},
		Tags: s.args.tags(),
	}
	for _, folder := range s.args.App.SecretFolders() {
		volumes, _ := args.Volumes.(ecs.TaskDefinitionVolumeArray)
		args.Volumes = append(volumes, &ecs.TaskDefinitionVolumeArgs{Name: pulumi.String(volumeOf(folder))})
	}
	task, err := ecs.NewTaskDefinition(ctx, s.scope.Name("task"), args, s.scope.Child()...)
	if err != nil {
		return nil, fmt.Errorf("the task definition: %w", err)
	}
	return task, nil
}

// known are the texts that the container definitions are made of, once a
// deployment knows them.
type known struct {
	image, revision, logs, region, filesImage string
	env                                       map[string]string
	sidecars                                  []map[string]string // each with its image under ""
	references                                map[string]string   // by variable
}

// definitions is the JSON that ECS wants.
func (s *Service) definitions(env pulumi.StringMap, roles roles, secrets *Secrets) pulumi.StringOutput {
	inputs := []any{env.ToStringMapOutput(), s.Image, s.Revision, roles.logs.Name, s.args.Region, orNone(s.args.FilesImage)}
	for i, pin := range secrets.Pins {
		inputs = append(inputs, secrets.ARNs[i], pin.Version)
	}
	for _, each := range s.args.App.Sidecars {
		of := pulumi.StringMap{"": each.Image}
		maps.Copy(of, each.Env)
		inputs = append(inputs, of.ToStringMapOutput())
	}
	return pulumi.All(inputs...).ApplyT(func(values []any) (string, error) {
		k := known{
			env: values[0].(map[string]string), image: values[1].(string), revision: values[2].(string), logs: values[3].(string),
			region: values[4].(string), filesImage: values[5].(string), references: map[string]string{},
		}
		rest := values[6:]
		for i, pin := range secrets.Pins {
			k.references[pin.Env] = reference(rest[2*i].(string), rest[2*i+1].(string))
		}
		for _, of := range rest[2*len(secrets.Pins):] {
			k.sidecars = append(k.sidecars, of.(map[string]string))
		}
		text, err := json.Marshal(s.args.containers(k))
		if err != nil {
			return "", fmt.Errorf("encode the containers: %w", err)
		}
		return string(text), nil
	}).(pulumi.StringOutput)
}

// containers are the service's, its sidecars, and what writes its files.
func (args *ServiceArgs) containers(k known) []container {
	a := args.App
	all := []container{args.container(k)}
	for i, each := range a.Sidecars {
		env := maps.Clone(k.sidecars[i])
		delete(env, "")
		c := args.hardened(each.Name, k.sidecars[i][""], k)
		c.Essential, c.EntryPoint, c.Command, c.Environment = true, each.Command, each.Args, variables(env)
		for _, name := range each.Secrets {
			c.Secrets = append(c.Secrets, secretVariable{name, k.references[name]})
		}
		size := app.Scale{}
		size.CPU, size.Memory = each.Size("0.25", "256Mi")
		c.CPU, c.Memory, _ = units(size) // checked by Validate
		all = append(all, c)
	}
	if len(a.SecretFolders()) > 0 {
		all = append(all, args.fileWriter(k))
	}
	return all
}

// hardened is a container with the least permissions that a task can have.
func (args *ServiceArgs) hardened(name, image string, k known) container {
	c := container{
		Name: name, Image: image, ReadonlyRootFilesystem: true, PortMappings: []portMapping{}, Environment: []variable{},
		LogConfiguration: logConfiguration{"awslogs", map[string]string{
			"awslogs-group": k.logs, "awslogs-region": k.region, "awslogs-stream-prefix": name,
		}},
	}
	c.LinuxParameters.Capabilities.Drop = []string{"ALL"}
	return c
}

// container is the service's.
func (args *ServiceArgs) container(k known) container {
	a := args.App
	c := args.hardened(a.Container, k.image, k)
	c.Essential, c.User, c.ReadonlyRootFilesystem = true, fmt.Sprintf("%d:%d", a.User, a.User), !a.WritableRoot
	c.EntryPoint, c.Command, c.StopTimeout = a.Command, a.Args, args.times().Stop
	c.PortMappings = []portMapping{{a.Port, "tcp"}}
	c.Environment = append([]variable{{app.RevisionVariable, k.revision}}, variables(k.env)...)
	for _, s := range a.Secrets {
		if s.Path() == "" {
			c.Secrets = append(c.Secrets, secretVariable{s.Env(), k.references[s.Env()]})
		}
	}
	if live := a.Probes.Liveness; !live.IsZero() {
		period, timeout, failures := live.Timing(10, 5, 3)
		c.HealthCheck = &healthCheck{
			Command: append([]string{"CMD"}, live.Command...), Interval: period, Timeout: timeout, Retries: failures,
			StartPeriod: a.Probes.StartupSeconds,
		}
	}
	for _, folder := range a.SecretFolders() {
		c.MountPoints = append(c.MountPoints, mountPoint{volumeOf(folder), folder, true})
		c.DependsOn = []dependency{{fileWriterName, "SUCCESS"}}
	}
	return c
}

const fileWriterName = "secret-files"

// fileWriter is a container that writes the secrets that are files, and ends
// before the service starts. It gets them as variables, and so does no other
// container. The volumes are the task's own, root's, and end with it.
func (args *ServiceArgs) fileWriter(k known) container {
	c := args.hardened(fileWriterName, k.filesImage, k)
	c.User, c.EntryPoint = "0:0", []string{"/bin/sh", "-c"}
	var script []string
	for _, s := range args.App.Secrets {
		if s.Path() == "" {
			continue
		}
		c.Secrets = append(c.Secrets, secretVariable{s.Env(), k.references[s.Env()]})
		script = append(script, fmt.Sprintf(`printf %%s "$%s" > '%s' && chmod 0444 '%s'`, s.Env(), s.Path(), s.Path()))
	}
	c.Command = []string{strings.Join(script, " && ")}
	for _, folder := range args.App.SecretFolders() {
		c.MountPoints = append(c.MountPoints, mountPoint{volumeOf(folder), folder, false})
	}
	return c
}

func volumeOf(folder string) string {
	return "files" + strings.ReplaceAll(strings.ReplaceAll(folder, "/", "-"), ".", "_")
}

// variables are plain ones in the order of their names.
func variables(env map[string]string) []variable {
	all := []variable{}
	for _, name := range slices.Sorted(maps.Keys(env)) {
		all = append(all, variable{name, env[name]})
	}
	return all
}
