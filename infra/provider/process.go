package provider

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi-go-provider/infer"

	"github.com/killrvideo/killrvideo-go/infra/caller"
	"github.com/killrvideo/killrvideo-go/infra/provider/daemon"
)

// healthTCP is the health path of a program that is asked by a connection.
const healthTCP = "tcp"

// Process is a program on this machine that outlives the `up` that started it.
type Process struct{}

// ProcessArgs are its inputs.
type ProcessArgs struct {
	Command             string            `pulumi:"command"`
	Args                []string          `pulumi:"args,optional"`
	Env                 map[string]string `pulumi:"env,optional"`
	Secrets             map[string]string `pulumi:"secrets,optional" provider:"secret"`
	Dir                 string            `pulumi:"dir"`
	WorkingDir          string            `pulumi:"workingDir,optional"`
	Owner               string            `pulumi:"owner,optional"`
	URL                 string            `pulumi:"url,optional"`
	PortVariable        string            `pulumi:"portVariable,optional"`
	HealthPath          string            `pulumi:"healthPath,optional"`
	StartTimeoutSeconds int               `pulumi:"startTimeoutSeconds,optional"`
	StopTimeoutSeconds  int               `pulumi:"stopTimeoutSeconds,optional"`
	TokenFile           string            `pulumi:"tokenFile,optional"`
	PortSetting         string            `pulumi:"portSetting,optional"`
	Triggers            []string          `pulumi:"triggers,optional"`
}

// ProcessState is what the stack remembers.
type ProcessState struct {
	ProcessArgs
	PID       int    `pulumi:"pid"`
	Born      string `pulumi:"born"`
	StartedAt string `pulumi:"startedAt"`
	Instance  string `pulumi:"instance"`
	LogFile   string `pulumi:"logFile"`
	Address   string `pulumi:"address,optional"` // a state of an earlier version has none
	Token     string `pulumi:"token" provider:"secret"`
	Running   bool   `pulumi:"running"`
}

// Annotate names and describes the resource.
func (r *Process) Annotate(a infer.Annotator) {
	a.SetToken("index", "Process")
	a.Describe(&r, "A program on this machine that outlives the deployment that started it."+example(`
resources:
  api:
    type: astradb:Process
    properties:
      command: /usr/local/bin/api
      dir: /var/lib/api
      url: http://127.0.0.1:8000
`))
}

// Annotate describes the inputs.
func (args *ProcessArgs) Annotate(a infer.Annotator) {
	a.Describe(&args.Command, "The program; a relative path is seen from workingDir.")
	a.Describe(&args.Args, "Its arguments. Every user of this machine can read them.")
	a.Describe(&args.Env, "Its whole environment besides PATH, HOME and TMPDIR.")
	a.Describe(&args.Secrets, "Written to files of mode 0600, whose paths are in NAME_FILE.")
	a.Describe(&args.Dir, "State folder of this process alone, absolute.")
	a.Describe(&args.WorkingDir, "Where it runs; dir if absent.")
	a.Describe(&args.Owner, "Identifies the state that dir belongs to; a folder of another one is refused.")
	a.Describe(&args.URL, "The loopback address it serves, with its port, unless portVariable is given.")
	a.Describe(&args.PortVariable, "Variable that tells it a free port. An update then starts it beside the one that a Front "+
		"passes requests to, and leaves that one alone.")
	a.Describe(&args.HealthPath, "Answers 200 once it serves; "+healthTCP+" means that a connection is enough.")
	a.SetDefault(&args.HealthPath, "/health")
	a.Describe(&args.StartTimeoutSeconds, "How long it may take to serve.")
	a.SetDefault(&args.StartTimeoutSeconds, 60)
	a.Describe(&args.StopTimeoutSeconds, "How long it may take to finish before it is killed.")
	a.SetDefault(&args.StopTimeoutSeconds, 30)
	a.Describe(&args.TokenFile, "A file the program writes, read into the output token once it serves.")
	a.Describe(&args.PortSetting, "How to choose another port, for the message when it is taken.")
	a.Describe(&args.Triggers, "Whatever must restart it when it changes.")
}

// Annotate describes the outputs.
func (s *ProcessState) Annotate(a infer.Annotator) {
	a.Describe(&s.PID, "Process id of the program.")
	a.Describe(&s.Born, "When the operating system started that process, to tell it from a later one with the same id.")
	a.Describe(&s.StartedAt, "When the program was started, RFC 3339.")
	a.Describe(&s.Instance, "Identifies this start; it changes with every start.")
	a.Describe(&s.LogFile, "File with the output of the program.")
	a.Describe(&s.Address, "Where the program answers: the url, or the address with the port that was free.")
	a.Describe(&s.Token, "Content of tokenFile, empty without one.")
	a.Describe(&s.Running, "False when a refresh found the program dead.")
}

// WireDependencies marks what is secret and says what a restart leaves alone:
// the place of the log, and the token that the program keeps in its file.
func (*Process) WireDependencies(f infer.FieldSelector, args *ProcessArgs, state *ProcessState) {
	f.OutputField(&state.Token).AlwaysSecret()
	f.OutputField(&state.Secrets).AlwaysSecret()
	all := f.InputField(args).Computed()
	for _, output := range []any{&state.PID, &state.Born, &state.StartedAt, &state.Instance, &state.Address, &state.LogFile} {
		f.OutputField(output).DependsOn(all)
	}
	dir := f.InputField(&args.Dir).Computed()
	f.OutputField(&state.Token).DependsOn(dir, f.InputField(&args.TokenFile).Computed())
}

// Create starts the program.
func (*Process) Create(ctx context.Context, req infer.CreateRequest[ProcessArgs]) (infer.CreateResponse[ProcessState], error) {
	state := ProcessState{ProcessArgs: req.Inputs}
	if req.DryRun {
		return infer.CreateResponse[ProcessState]{ID: req.Name, Output: state}, nil
	}
	run, err := daemon.Start(ctx, req.Inputs.spec())
	if err != nil {
		return infer.CreateResponse[ProcessState]{}, err
	}
	p.GetLogger(ctx).Info(fmt.Sprintf("process %d serves at %s, log in %s", run.PID, run.URL, run.LogFile))
	return infer.CreateResponse[ProcessState]{ID: req.Name, Output: state.with(run)}, nil
}

// Diff reports changed inputs, and a process that is dead.
func (*Process) Diff(_ context.Context, req infer.DiffRequest[ProcessArgs, ProcessState]) (infer.DiffResponse, error) {
	changes := changedInputs(req.State.ProcessArgs, req.Inputs)
	delete(changes, "portSetting") // a message's text, which is in the caller's form
	if !req.State.Running || !req.State.identity().Alive() {
		changes["running"] = p.PropertyDiff{Kind: p.Update}
	}
	return diffOf(changes), nil
}

// Update starts the program again: beside the one that serves if it chooses
// its port, and in its place if not.
func (*Process) Update(
	ctx context.Context, req infer.UpdateRequest[ProcessArgs, ProcessState],
) (infer.UpdateResponse[ProcessState], error) {
	old, next := req.State, req.State
	next.ProcessArgs = req.Inputs
	switch restarts := old.restarts(req.Inputs); {
	case req.DryRun && restarts:
		next.Instance = "" // showRestarts makes this, and what goes with it, unknown
		fallthrough
	case req.DryRun:
		return infer.UpdateResponse[ProcessState]{Output: next}, nil
	case !restarts:
		return infer.UpdateResponse[ProcessState]{Output: next}, daemon.Adopt(next.Dir, next.Owner)
	}
	if err := ctx.Err(); err != nil {
		return infer.UpdateResponse[ProcessState]{}, err
	}
	old, err := old.moved(req.Inputs)
	if err != nil {
		return infer.UpdateResponse[ProcessState]{}, err
	}
	if req.Inputs.PortVariable == "" {
		return old.replaced(ctx, next)
	}
	run, err := daemon.Start(ctx, req.Inputs.spec(old.serving()...))
	if err != nil && old.Dir != req.State.Dir {
		return infer.UpdateResponse[ProcessState]{Output: old}, initFailed(err, "The previous process goes on.")
	}
	return infer.UpdateResponse[ProcessState]{Output: next.with(run)}, err
}

// replaced stops the program and starts the next one. If that does not become
// healthy, the previous one runs again.
func (s ProcessState) replaced(ctx context.Context, next ProcessState) (infer.UpdateResponse[ProcessState], error) {
	// Once it was asked to stop it ends, also when the engine cancels: giving
	// up on it here would leave nothing that serves.
	if err := daemon.Stop(context.WithoutCancel(ctx), s.identity(), seconds(s.StopTimeoutSeconds)); err != nil {
		return infer.UpdateResponse[ProcessState]{}, err
	}
	back, err := moveData(s.ProcessArgs, next.ProcessArgs)
	var run daemon.Run
	if err == nil {
		run, err = daemon.Start(ctx, next.spec())
	}
	if err != nil {
		state, err := s.restored(ctx, errors.Join(err, back()))
		return infer.UpdateResponse[ProcessState]{Output: state}, err
	}
	return infer.UpdateResponse[ProcessState]{Output: next.with(run)}, nil
}

// Delete stops what the folder records, which is more than the state knows
// after a deployment that was killed, and removes the secrets. The log stays.
func (*Process) Delete(ctx context.Context, req infer.DeleteRequest[ProcessState]) (infer.DeleteResponse, error) {
	s := req.State
	// A deletion that was begun is ended: what was asked to stop does so.
	ctx = context.WithoutCancel(ctx)
	if err := daemon.Stop(ctx, s.identity(), seconds(s.StopTimeoutSeconds)); err != nil {
		return infer.DeleteResponse{}, err
	}
	if !daemon.Owns(s.Dir, s.Owner) {
		p.GetLogger(ctx).Warning(fmt.Sprintf("the folder %s belongs to another state now and was left as it is", s.Dir))
		return infer.DeleteResponse{}, nil
	}
	return infer.DeleteResponse{}, daemon.Clear(ctx, s.Dir, seconds(s.StopTimeoutSeconds))
}

// Read tells whether the process still runs.
func (*Process) Read(
	_ context.Context, req infer.ReadRequest[ProcessArgs, ProcessState],
) (infer.ReadResponse[ProcessArgs, ProcessState], error) {
	req.State.Running = req.State.identity().Alive()
	return kept(req, req.State.Command != "", "process", "a stack touches only processes that it started itself",
		"stop the process and run "+caller.Up()+", which starts one")
}

// identity is the process that the state speaks of.
func (s ProcessState) identity() daemon.Identity { return daemon.Identity{PID: s.PID, Born: s.Born} }

// restarts says whether the inputs, or a dead process, ask for a restart.
func (s ProcessState) restarts(args ProcessArgs) bool {
	changes := changedInputs(s.ProcessArgs, args)
	for _, harmless := range []string{"startTimeoutSeconds", "stopTimeoutSeconds", "portSetting", "owner"} {
		delete(changes, harmless)
	}
	return len(changes) > 0 || !s.Running || !s.identity().Alive()
}

// with returns the state of a run.
func (s ProcessState) with(run daemon.Run) ProcessState {
	s.PID, s.Born, s.Instance, s.Running = run.PID, run.Born, run.Instance, true
	s.StartedAt = run.StartedAt.UTC().Format(time.RFC3339)
	s.LogFile, s.Token, s.Address = run.LogFile, run.Token, run.URL
	return s
}

// serving is the start that an update must leave running: the one that gets
// the requests.
func (s ProcessState) serving() []string {
	if _, instance := daemon.Serving(s.Dir); instance != "" {
		return []string{instance}
	}
	return nil
}

// restored starts the previous program again after cause, and returns its
// state marked as failed, so that the next `up` tries the update again.
func (s ProcessState) restored(ctx context.Context, cause error) (ProcessState, error) {
	run, err := daemon.Start(context.WithoutCancel(ctx), s.spec())
	if err != nil {
		s.Running = false
		return s, initFailed(cause, "The previous process was started again and failed too: "+err.Error())
	}
	return s.with(run), initFailed(cause, "The previous process runs again. Fix the cause and run "+caller.Up()+" once more.")
}

// initFailed records the state that comes with it and fails the update.
func initFailed(cause error, then string) error {
	text := cause.Error() + "\n" + then
	return fmt.Errorf("%w\n%s%w", cause, then, failed{infer.ResourceInitFailedError{Reasons: []string{text}}})
}

func (args ProcessArgs) spec(keep ...string) daemon.Spec {
	return daemon.Spec{
		Command: args.Command, Args: args.Args, Env: args.Env, Secrets: args.Secrets,
		Dir: args.Dir, WorkingDir: cmp.Or(args.WorkingDir, args.Dir), URL: args.URL, HealthPath: args.HealthPath,
		PortSetting: args.PortSetting, TokenFile: args.TokenFile,
		Owner: args.Owner, PortVariable: args.PortVariable, Keep: keep,
		StartTimeout: seconds(args.StartTimeoutSeconds), StopTimeout: seconds(args.StopTimeoutSeconds),
	}
}

func seconds(n int) time.Duration { return time.Duration(n) * time.Second }
