// Package local deploys a service to this machine: a process of the current
// user that outlives `up`, with the same gate as in a cloud, and the embedded
// Astra beside it. No cloud SDK and no container may enter.
package local

import (
	"cmp"
	"fmt"
	"maps"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/killrvideo/killrvideo-go/infra/app"
	"github.com/killrvideo/killrvideo-go/infra/platform"
	"github.com/killrvideo/killrvideo-go/infra/provider/resource"
	"github.com/killrvideo/killrvideo-go/infra/secret"
)

// ServiceArgs are the inputs of a Service.
type ServiceArgs struct {
	// App is what runs, without an image, sidecars or a scale: there is one
	// process, and its Args are used. Required.
	App app.App
	// Program is the path of the program, named by its content: another program
	// has another path. GoProgram builds one. Required.
	Program *Program
	// Front is the program that listens on Port and passes connections on to
	// the process that was proved; FrontProgram builds it. Required.
	Front *Program
	// Port on 127.0.0.1. Default 8000.
	Port int
	// StateDir is an absolute folder of this service alone, for logs and
	// secrets. Required.
	StateDir string
	// Owner marks the folders of this stack's state. Default none.
	Owner pulumi.StringInput
	// SecretsAsFiles gives each secret NAME as a file whose path is in
	// NAME_FILE. Default: the variable NAME, which programs of the same user can
	// read.
	SecretsAsFiles bool
	// PortFix says how to choose another port, for the message when it is taken.
	PortFix string
}

// Service is a service on this machine.
type Service struct {
	pulumi.ResourceState

	// URL answers once the revision was proved.
	URL pulumi.StringOutput `pulumi:"url"`
	// Revision is the app's, which the service finds in REVISION.
	Revision pulumi.StringOutput `pulumi:"revision"`
	// LogFile holds what the process prints.
	LogFile pulumi.StringOutput `pulumi:"logFile"`
	// Deployment is for gate.New.
	Deployment *platform.Deployment

	args ServiceArgs
}

const (
	// loopback is the only address that anything of this platform listens on.
	loopback = "127.0.0.1"
	// stopSeconds outlasts the service's own grace period for requests in flight.
	stopSeconds = 30
)

// Validate lists, as platform.Problems, what this machine has no place for.
func (args ServiceArgs) Validate() error {
	p := app.ProblemsOf(args.App.Validate())
	a := args.App
	for key, set := range map[string]bool{
		"app.image": a.Image != nil, "app.build": a.Build != nil, "app.command": len(a.Command) > 0, "app.user": a.User != 0,
		"app.sidecars": len(a.Sidecars) > 0, "app.schedules": len(a.Schedules) > 0,
		"minInstances": a.Scale.MinInstances != 0, "maxInstances": a.Scale.MaxInstances != 0,
		"concurrency": a.Scale.Concurrency != 0, "cpuPercent": a.Scale.CPUPercent != 0, "cpu": a.Scale.CPU != "", "memory": a.Scale.Memory != "",
		"requestsPerMinute": a.Scale.RequestsPerMinute != 0,
	} {
		if set {
			p.AddUnread(key, "does nothing on this machine, which runs the program itself, once")
		}
	}
	for key, probe := range map[string]app.Probe{"liveness": a.Probes.Liveness, "readiness": a.Probes.Readiness} {
		if !probe.IsZero() && probe.HTTPPath == "" && !probe.TCP {
			p.Add("app.probes."+key, "/health", "this machine asks by an HTTP path or by TCP, and runs no command")
		}
	}
	checkPort(&p, "local.port", args.withDefaults().Port, "8000")
	return p.OrNil()
}

func checkPort(p *platform.Problems, key string, port int, example string) {
	if port < 1024 || port > 65535 {
		p.Add(key, example, "%d must be a port from 1024 to 65535", port)
	}
}

func (args ServiceArgs) withDefaults() ServiceArgs {
	args.App = args.App.WithDefaults()
	args.Port = cmp.Or(args.Port, 8000)
	return args
}

// times are those of a process of this machine. Nothing cuts its requests, and
// it is killed later than it needs to end.
func (args *ServiceArgs) times() app.Times {
	times := args.App.Times()
	times.BalancerIdle, times.KeepAlive = 90, 120 // a Go proxy's default
	times.RequestLimit = 3600
	times.Routing, times.Grace = 1, 1
	times.Stop = max(stopSeconds, (4*times.ServiceLimit+2)/3+3)
	times.Timeout = times.Stop - 1
	return times
}

// address is loopback with a port.
func address(port int) string { return loopback + ":" + strconv.Itoa(port) }

// urlOf is the address as a URL without a slash at the end.
func urlOf(port int) string { return "http://" + address(port) }

// NewService starts the program beside the one that serves. Requests go to it
// once the gate has passed; until then, and if it fails, the one before goes on.
func NewService(ctx *pulumi.Context, name string, args *ServiceArgs, opts ...pulumi.ResourceOption) (*Service, error) {
	if err := args.Validate(); err != nil {
		return nil, err
	}
	s := &Service{args: args.withDefaults()}
	if err := ctx.RegisterComponentResource("infra:local:Service", name, s, opts...); err != nil {
		return nil, fmt.Errorf("the component %s: %w", name, err)
	}
	a := s.args.App
	env, files, pins := s.environment()
	image := pulumi.String("sha256:" + s.args.Program.Digest).ToStringOutput()
	s.Revision = a.Revision(image, env, pins)
	process, err := s.process(ctx, env, files)
	if err != nil {
		return nil, err
	}
	s.URL, s.LogFile = pulumi.String(urlOf(s.args.Port)).ToStringOutput(), process.LogFile
	s.Deployment = &platform.Deployment{
		URL: s.URL, CandidateURL: process.Address, Image: image, Revision: s.Revision, Proof: a.Proof, Ready: process, LogFile: process.LogFile,
		// The candidate's address is the process's own, so its instance proves the
		// program too.
		Triggers: append(pulumi.StringArray{process.Instance}, secret.Versions(pins)...),
		Promote: func(proof pulumi.Resource, _ pulumi.StringInput) (pulumi.StringOutput, error) {
			return s.front(ctx, process, proof)
		},
	}
	return s, ctx.RegisterResourceOutputs(s, pulumi.Map{"url": s.URL, "revision": s.Revision, "logFile": s.LogFile})
}

// environment are the plain variables, the secrets that the process gets as
// files of mode 0600, and the versions of all secrets, by their content.
func (s *Service) environment() (env, files pulumi.StringMap, pins []secret.Pinned) {
	a := s.args.App
	env, files = a.Environ(app.Facts{Platform: "local", Host: loopback, TrustedProxies: "none", Times: s.args.times()}), pulumi.StringMap{}
	for _, each := range a.Secrets {
		switch {
		case each.Path() != "":
			delete(env, each.Env())
			files[strings.TrimSuffix(each.Env(), "_FILE")] = each.Value()
		case s.args.SecretsAsFiles:
			files[each.Env()] = each.Value()
		}
		pins = append(pins, secret.ContentVersion(each))
	}
	return env, files, pins
}

func (s *Service) process(ctx *pulumi.Context, plain, files pulumi.StringMap) (*resource.Process, error) {
	a := s.args.App
	env := pulumi.StringMap{app.RevisionVariable: s.Revision}
	maps.Copy(env, plain)
	for _, each := range a.Secrets {
		if each.Path() == "" && !s.args.SecretsAsFiles {
			env[each.Env()] = each.Value()
		}
	}
	args := &resource.ProcessArgs{
		Command:            pulumi.String(s.args.Program.Path),
		Env:                env,
		Secrets:            files,
		Owner:              s.args.Owner,
		Dir:                pulumi.String(filepath.Join(s.args.StateDir, a.Container)),
		PortVariable:       pulumi.String(app.PortVariable),
		HealthPath:         pulumi.String(healthPath(a)),
		StopTimeoutSeconds: pulumi.Int(s.args.times().Stop),
	}
	if len(a.Args) > 0 {
		args.Args = pulumi.ToStringArray(a.Args)
	}
	process, err := resource.NewProcess(ctx, a.Name+"-"+ctx.Stack(), args, pulumi.Parent(s))
	if err != nil {
		return nil, fmt.Errorf("the process of %s: %w", a.Name, err)
	}
	return process, nil
}

// healthPath tells that the process has started, by HTTP or by a connection.
func healthPath(a app.App) string {
	return cmp.Or(a.Probes.Liveness.HTTPPath, a.Probes.Readiness.HTTPPath, "tcp")
}

// front listens on the port and passes connections on to the process that was
// proved.
func (s *Service) front(ctx *pulumi.Context, process *resource.Process, proof pulumi.Resource) (pulumi.StringOutput, error) {
	front, err := resource.NewFront(ctx, s.args.App.Name+"-front-"+ctx.Stack(), &resource.FrontArgs{
		Command:            pulumi.String(s.args.Front.Path),
		Owner:              s.args.Owner,
		Dir:                pulumi.String(filepath.Join(s.args.StateDir, "front")),
		URL:                pulumi.String(urlOf(s.args.Port)),
		ProcessDir:         pulumi.String(filepath.Join(s.args.StateDir, s.args.App.Container)),
		Address:            process.Address,
		Instance:           process.Instance,
		StopTimeoutSeconds: pulumi.Int(s.args.times().Stop),
		PortSetting:        app.Optional(s.args.PortFix),
	}, pulumi.Parent(s), pulumi.DependsOn([]pulumi.Resource{proof}))
	if err != nil {
		return pulumi.StringOutput{}, fmt.Errorf("the listener in front of %s: %w", s.args.App.Name, err)
	}
	return front.URL, nil
}
