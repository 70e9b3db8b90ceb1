package provider

import (
	"context"
	"fmt"
	"net/url"
	"path/filepath"

	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi-go-provider/infer"

	"github.com/killrvideo/killrvideo-go/infra/caller"
	"github.com/killrvideo/killrvideo-go/infra/provider/daemon"
)

// Front is the listener of a Process that chooses its port: it passes
// connections on to one start of it. Changing the start is the switch, after
// which every other start is stopped; so it comes after the proof.
type Front struct{}

// FrontArgs are its inputs.
type FrontArgs struct {
	Command            string `pulumi:"command"`
	Dir                string `pulumi:"dir"`
	Owner              string `pulumi:"owner,optional"`
	URL                string `pulumi:"url"`
	ProcessDir         string `pulumi:"processDir"`
	Address            string `pulumi:"address"`
	Instance           string `pulumi:"instance"`
	StopTimeoutSeconds int    `pulumi:"stopTimeoutSeconds,optional"`
	PortSetting        string `pulumi:"portSetting,optional"`
}

// FrontState is what the stack remembers.
type FrontState struct {
	FrontArgs
	PID     int    `pulumi:"pid"`
	Born    string `pulumi:"born"`
	Start   string `pulumi:"start"`
	Running bool   `pulumi:"running"`
}

// Annotate names and describes the resource.
func (f *Front) Annotate(a infer.Annotator) {
	a.SetToken("index", "Front")
	a.Describe(&f, "The listener that passes connections on to the start of a Process that was proved."+example(`
resources:
  listener:
    type: astradb:Front
    properties:
      command: /usr/local/bin/front
      dir: /var/lib/api-front
      url: http://127.0.0.1:8000
      processDir: /var/lib/api
      address: ${api.address}
      instance: ${api.instance}
`))
}

// Annotate describes the inputs.
func (args *FrontArgs) Annotate(a infer.Annotator) {
	a.Describe(&args.Command, "The program, called with -listen HOST:PORT -process DIR.")
	a.Describe(&args.Dir, "State folder of this listener alone, absolute.")
	a.Describe(&args.Owner, "Identifies the state that dir belongs to; a folder of another one is refused.")
	a.Describe(&args.URL, "The loopback address it listens on, with its port.")
	a.Describe(&args.ProcessDir, "State folder of the process.")
	a.Describe(&args.Address, "Where the start answers that gets the connections: the process's output.")
	a.Describe(&args.Instance, "That start: the process's output.")
	a.Describe(&args.StopTimeoutSeconds, "How long a start that is no longer needed may take to finish before it is killed.")
	a.SetDefault(&args.StopTimeoutSeconds, 30)
	a.Describe(&args.PortSetting, "How to choose another port, for the message when it is taken.")
}

// Annotate describes the outputs.
func (s *FrontState) Annotate(a infer.Annotator) {
	a.Describe(&s.PID, "Process id of the listener.")
	a.Describe(&s.Born, "When the operating system started that process, to tell it from a later one with the same id.")
	a.Describe(&s.Start, "Identifies this start of the listener.")
	a.Describe(&s.Running, "False when a refresh found the listener dead.")
}

// WireDependencies says what a preview cannot know.
func (*Front) WireDependencies(f infer.FieldSelector, args *FrontArgs, state *FrontState) {
	listener := []infer.InputField{f.InputField(&args.Command).Computed(), f.InputField(&args.Dir).Computed(),
		f.InputField(&args.URL).Computed()}
	f.OutputField(&state.PID).DependsOn(listener...)
	f.OutputField(&state.Born).DependsOn(listener...)
	f.OutputField(&state.Start).DependsOn(listener...)
}

// Check validates the inputs.
func (*Front) Check(ctx context.Context, req infer.CheckRequest) (infer.CheckResponse[FrontArgs], error) {
	return checked(ctx, req, func(args *FrontArgs, problems *problems) {
		problems.require("command", args.Command, "the program that listens")
		problems.require("instance", args.Instance, "the start that gets the connections")
		for field, dir := range map[string]string{"dir": args.Dir, "processDir": args.ProcessDir} {
			if !filepath.IsAbs(dir) {
				problems.add(field, "must be an absolute path, got %q", dir)
			}
		}
		for field, url := range map[string]string{"url": args.URL, "address": args.Address} {
			if !loopbackWithPort(url) {
				problems.add(field, "must be an http URL on this machine with a port, such as http://127.0.0.1:8000, got %q", url)
			}
		}
		if args.StopTimeoutSeconds < 1 {
			problems.add("stopTimeoutSeconds", "must be at least 1, got %d", args.StopTimeoutSeconds)
		}
	})
}

// Create listens and passes connections on.
func (*Front) Create(ctx context.Context, req infer.CreateRequest[FrontArgs]) (infer.CreateResponse[FrontState], error) {
	response := infer.CreateResponse[FrontState]{ID: req.Name, Output: FrontState{FrontArgs: req.Inputs, Running: true}}
	if req.DryRun {
		return response, nil
	}
	if err := ctx.Err(); err != nil {
		return infer.CreateResponse[FrontState]{}, err
	}
	state, err := response.Output.open(context.WithoutCancel(ctx))
	response.Output = state
	return response, err
}

// Diff reports changed inputs, and a listener that is dead.
func (*Front) Diff(_ context.Context, req infer.DiffRequest[FrontArgs, FrontState]) (infer.DiffResponse, error) {
	changes := changedInputs(req.State.FrontArgs, req.Inputs)
	delete(changes, "portSetting") // a message's text, which is in the caller's form
	if !req.State.Running || !req.State.identity().Alive() {
		changes["running"] = p.PropertyDiff{Kind: p.Update}
	}
	return diffOf(changes), nil
}

// Update switches, and starts the listener again if that has to be.
func (*Front) Update(ctx context.Context, req infer.UpdateRequest[FrontArgs, FrontState]) (infer.UpdateResponse[FrontState], error) {
	old, next := req.State, req.State
	next.FrontArgs = req.Inputs
	if req.DryRun {
		return infer.UpdateResponse[FrontState]{Output: next}, nil
	}
	if err := ctx.Err(); err != nil {
		return infer.UpdateResponse[FrontState]{}, err
	}
	ctx = context.WithoutCancel(ctx) // a switch is done or not begun
	if old.identity().Alive() && old.Command == next.Command && old.Dir == next.Dir && old.URL == next.URL &&
		old.ProcessDir == next.ProcessDir {
		return infer.UpdateResponse[FrontState]{Output: next}, next.pass(ctx)
	}
	state, err := old.reopen(ctx, next)
	return infer.UpdateResponse[FrontState]{Output: state}, err
}

// Delete stops the listener.
func (*Front) Delete(ctx context.Context, req infer.DeleteRequest[FrontState]) (infer.DeleteResponse, error) {
	s := req.State
	ctx = context.WithoutCancel(ctx)
	if err := daemon.Stop(ctx, s.identity(), seconds(s.StopTimeoutSeconds)); err != nil {
		return infer.DeleteResponse{}, err
	}
	if !daemon.Owns(s.Dir, s.Owner) {
		return infer.DeleteResponse{}, nil
	}
	return infer.DeleteResponse{}, daemon.Clear(ctx, s.Dir, seconds(s.StopTimeoutSeconds))
}

// Read tells whether the listener still runs.
func (*Front) Read(_ context.Context, req infer.ReadRequest[FrontArgs, FrontState]) (infer.ReadResponse[FrontArgs, FrontState], error) {
	req.State.Running = req.State.identity().Alive()
	return kept(req, req.State.Command != "", "front", "a stack touches only listeners that it started itself",
		"stop the listener and run "+caller.Up()+", which starts one")
}

func (s FrontState) identity() daemon.Identity { return daemon.Identity{PID: s.PID, Born: s.Born} }

// open starts the listener and passes connections on. A start of the process
// that an earlier version made listens where the listener has to: it goes once
// the listener waits for the port, and so only when the next one is proved.
func (s FrontState) open(ctx context.Context) (FrontState, error) {
	u, err := url.Parse(s.URL)
	if err != nil {
		return s, fmt.Errorf("parse the url %q: %w", s.URL, err)
	}
	spec := s.spec()
	at, _ := daemon.Serving(s.ProcessDir)
	spec.PortLater = at == u.Host
	run, err := daemon.Start(ctx, spec)
	if err != nil {
		return s, err
	}
	s = s.with(run)
	if err := s.pass(ctx); err != nil {
		return s, initFailed(err, "The listener runs.")
	}
	return s, nil
}

// reopen starts the listener of changed inputs: beside the one before if it
// has another address, and else in its place.
func (s FrontState) reopen(ctx context.Context, next FrontState) (FrontState, error) {
	spec := next.spec()
	if s.URL != next.URL && s.Dir == next.Dir {
		spec.Keep = []string{s.Start}
	} else if err := daemon.Stop(ctx, s.identity(), seconds(s.StopTimeoutSeconds)); err != nil {
		return s, err
	}
	run, err := daemon.Start(ctx, spec)
	if err != nil {
		return s.again(ctx, err)
	}
	next = next.with(run)
	if err := daemon.StopRecorded(ctx, next.Dir, seconds(next.StopTimeoutSeconds), run.Instance); err != nil {
		return next, initFailed(err, "The listener before it is still there.")
	}
	if err := next.pass(ctx); err != nil {
		return next, initFailed(err, "The listener runs.")
	}
	return next, nil
}

// again has the listener before run again, if it was stopped.
func (s FrontState) again(ctx context.Context, cause error) (FrontState, error) {
	if s.identity().Alive() {
		return s, cause
	}
	run, err := daemon.Start(ctx, s.spec())
	if err != nil {
		s.Running = false
		return s, initFailed(cause, "The listener before it was started again and failed too: "+err.Error())
	}
	return s.with(run), initFailed(cause, "The listener before it runs again. Fix the cause and run "+caller.Up()+" once more.")
}

// pass gives the connections to the start of the inputs, and stops all others.
func (s FrontState) pass(ctx context.Context) error {
	u, err := url.Parse(s.Address)
	if err != nil || u.Host == "" {
		return fmt.Errorf("pass requests on: %q is no address", s.Address)
	}
	if err := daemon.Serve(s.ProcessDir, u.Host, s.Instance); err != nil {
		return err
	}
	return daemon.StopRecorded(ctx, s.ProcessDir, seconds(s.StopTimeoutSeconds), s.Instance)
}

func (s FrontState) with(run daemon.Run) FrontState {
	s.PID, s.Born, s.Start, s.Running = run.PID, run.Born, run.Instance, true
	return s
}

func (s FrontState) spec() daemon.Spec {
	u, _ := url.Parse(s.URL) // Check has seen it
	return daemon.Spec{
		Command: s.Command, Args: []string{"-listen", u.Host, "-process", s.ProcessDir}, Dir: s.Dir, WorkingDir: s.Dir,
		Owner: s.Owner, URL: s.URL, PortSetting: s.PortSetting,
		StartTimeout: seconds(60), StopTimeout: seconds(s.StopTimeoutSeconds),
	}
}
