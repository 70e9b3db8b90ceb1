package local

import (
	"cmp"
	"fmt"
	"path/filepath"
	"strconv"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/killrvideo/killrvideo-go/infra/app"
	"github.com/killrvideo/killrvideo-go/infra/caller"
	"github.com/killrvideo/killrvideo-go/infra/credentials"
	"github.com/killrvideo/killrvideo-go/infra/platform"
	"github.com/killrvideo/killrvideo-go/infra/provider/resource"
)

// Settings is a stack's group `local`.
type Settings struct {
	// Port of the API on 127.0.0.1. Default 8000.
	Port int `json:"port"`
	// AstraPort of the embedded Astra on 127.0.0.1. Default 8181.
	AstraPort int `json:"astraPort"`
	// Web is the absolute folder of the build of a web front end, or of its built
	// checkout. Default "", none.
	Web string `json:"web"`
	// WebPort of the front end on 127.0.0.1. Default 8080.
	WebPort int `json:"webPort"`
}

// Sources are where a stack's programs come from and where they run.
type Sources struct {
	// Home is an absolute folder for everything that is made. A stack's state is
	// below run/STACK.
	Home string
	// Service, Front, Astra and Web are how the programs are built.
	Service, Front, Astra, Web GoProgram
	// Given is NAME@sha256:DIGEST of an earlier build of Service, to run it
	// again. Default "", a new build.
	Given string
	// SecretsAsFiles is that of ServiceArgs.
	SecretsAsFiles bool
}

// Platform deploys by Settings.
type Platform struct {
	settings Settings
	sources  Sources
	args     ServiceArgs
	// Programs are built at the same time: the first step starts all.
	service, front, astra, web func() (*Program, error)
	// owner marks the folders of this state; Astra makes it.
	owner *resource.Owner
}

var _ platform.Platform = (*Platform)(nil)

// New returns the platform for an app; its error lists every problem of the
// settings.
func New(a app.App, settings Settings, sources Sources) (*Platform, error) {
	settings.AstraPort = cmp.Or(settings.AstraPort, 8181)
	args := ServiceArgs{App: a, Port: settings.Port, SecretsAsFiles: sources.SecretsAsFiles}
	p := app.ProblemsOf(args.Validate())
	args = args.withDefaults()
	settings.Port = args.Port
	if settings.Web != "" && settings.WebPort == 0 {
		settings.WebPort = 8080
	}
	settings.checkWeb(&p)
	checkPort(&p, "local.astraPort", settings.AstraPort, "8181")
	if args.Port == settings.AstraPort {
		p.Add("local.astraPort", strconv.Itoa(args.Port+1), "%d is local.port already", args.Port)
	}
	bin := filepath.Join(sources.Home, "bin")
	return &Platform{
		settings: settings, sources: sources, args: args,
		service: sources.service(bin), front: sources.Front.Building(bin), astra: sources.Astra.Building(bin),
		web: sources.Web.Building(bin),
	}, p.OrNil()
}

// service builds the program, or finds the given one.
func (s Sources) service(bin string) func() (*Program, error) {
	if s.Given == "" {
		return s.Service.Building(bin)
	}
	return func() (*Program, error) { return s.Service.Built(bin, s.Given) }
}

// Name is the value of the setting `target`.
func (p *Platform) Name() string { return "local" }

// RolloutSeconds is 0: the process before goes on beside the new one until the
// gate has passed, which is counted anyway.
func (p *Platform) RolloutSeconds() int { return 0 }

// Times are those of a process.
func (p *Platform) Times() app.Times { return p.args.times() }

// Protected is false: what this machine stores, it stores in files.
func (p *Platform) Protected() bool { return false }

// state is the folder of a stack. It is named by the stack alone: an environment
// can be changed, and given to another stack.
func (p *Platform) state(ctx *pulumi.Context) string {
	return filepath.Join(p.sources.Home, "run", ctx.Stack())
}

// build starts the builds of every deployment in the background.
func (p *Platform) build() {
	go func() { _, _ = p.service() }()
	go func() { _, _ = p.front() }()
	if p.settings.Web != "" {
		go func() { _, _ = p.web() }()
	}
}

// Astra is the account's own database, if there is one, else the embedded Astra.
func (p *Platform) Astra(ctx *pulumi.Context, account credentials.Account) (*credentials.Astra, error) {
	stack := ctx.Stack()
	var err error
	if p.owner, err = resource.NewOwner(ctx, "owner-"+stack); err != nil {
		return nil, fmt.Errorf("the mark of this stack's folders: %w", err)
	}
	if account.DatabaseID != nil {
		return credentials.Existing(ctx, "own-"+stack, account)
	}
	_ = ctx.Log.Info("building the embedded Astra", nil)
	p.build()
	program, err := p.astra()
	if err != nil {
		return nil, err
	}
	return NewAstra(ctx, "astra-"+stack, &AstraArgs{
		Program: program, Port: p.settings.AstraPort, Keyspace: account.Keyspace, StateDir: p.state(ctx), Owner: p.owner.Mark,
		PortFix: caller.Pulumi("config set --path local.astraPort PORT --stack " + stack),
	})
}

// Deploy builds the service and starts it.
func (p *Platform) Deploy(ctx *pulumi.Context, a app.App, opts ...pulumi.ResourceOption) (*platform.Deployment, error) {
	_ = ctx.Log.Info("building the API", nil)
	args := p.args
	args.App, args.StateDir = a, p.state(ctx)
	args.PortFix = caller.Pulumi("config set --path local.port PORT --stack " + ctx.Stack())
	var err error
	p.build()
	if args.Program, err = p.service(); err != nil {
		return nil, p.imageProblem(ctx, err)
	}
	if args.Front, err = p.front(); err != nil {
		return nil, err
	}
	if p.owner != nil {
		args.Owner = p.owner.Mark
	}
	service, err := NewService(ctx, a.Name+"-local-"+ctx.Stack(), &args, opts...)
	if err != nil {
		return nil, err
	}
	return service.Deployment, p.deployWeb(ctx, a.Name, service)
}

// deployWeb serves the front end of the settings, if there is one.
func (p *Platform) deployWeb(ctx *pulumi.Context, name string, service *Service) error {
	if p.settings.Web == "" {
		return nil
	}
	build, err := Build(p.settings.Web)
	if err != nil {
		return fmt.Errorf("the web front end in %s: %w", p.settings.Web, err)
	}
	args := &WebArgs{
		Build: build, API: service.URL, Port: p.settings.WebPort, StateDir: p.state(ctx),
		PortFix: caller.Pulumi("config set --path local.webPort PORT --stack " + ctx.Stack()),
	}
	if args.Program, err = p.web(); err != nil {
		return err
	}
	if p.owner != nil {
		args.Owner = p.owner.Mark
	}
	service.Deployment.WebURL, err = NewWeb(ctx, name+"-web-"+ctx.Stack(), args, pulumi.Parent(service))
	return err
}

// imageProblem says how to go back to a new build, if an earlier one is given.
func (p *Platform) imageProblem(ctx *pulumi.Context, err error) error {
	if p.sources.Given == "" {
		return err
	}
	return fmt.Errorf("image: %w; run what the checkout says with: %s", err, caller.Pulumi("config rm image --stack "+ctx.Stack()))
}
