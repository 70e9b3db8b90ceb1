package provider

import (
	"context"
	"fmt"
	"time"

	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi-go-provider/infer"

	"github.com/killrvideo/killrvideo-go/infra/provider/daemon"
)

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
	URL                 string            `pulumi:"url"`
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
	Token     string `pulumi:"token" provider:"secret"`
	Running   bool   `pulumi:"running"`
}

// Annotate names and describes the resource.
func (r *Process) Annotate(a infer.Annotator) {
	a.SetToken("local", "Process")
	a.Describe(&r, "A program on this machine that outlives the deployment that started it.")
}

// Annotate describes the inputs.
func (args *ProcessArgs) Annotate(a infer.Annotator) {
	a.Describe(&args.Command, "The program; a relative path is seen from workingDir.")
	a.Describe(&args.Args, "Its arguments. Everybody on this machine can read them.")
	a.Describe(&args.Env, "Its whole environment besides PATH, HOME and TMPDIR.")
	a.Describe(&args.Secrets, "Written to files of mode 0600, whose paths are in NAME_FILE.")
	a.Describe(&args.Dir, "State folder of this process alone, absolute.")
	a.Describe(&args.WorkingDir, "Where it runs; dir if absent.")
	a.Describe(&args.URL, "The loopback address it serves, with its port.")
	a.Describe(&args.HealthPath, "Answers 200 once it serves.")
	a.SetDefault(&args.HealthPath, "/health")
	a.Describe(&args.StartTimeoutSeconds, "How long it may take to serve.")
	a.SetDefault(&args.StartTimeoutSeconds, 60)
	a.Describe(&args.StopTimeoutSeconds, "How long it may take to finish before it is killed.")
	a.SetDefault(&args.StopTimeoutSeconds, 30)
	a.Describe(&args.TokenFile, "A file the program writes, read into the output token once it serves.")
	a.Describe(&args.PortSetting, "How to choose another port, for the message when it is taken.")
	a.Describe(&args.Triggers, "Whatever must restart it when it changes.")
}

// WireDependencies marks what is secret and says what a restart leaves alone:
// the place of the log, and the token that the program keeps in its file.
func (*Process) WireDependencies(f infer.FieldSelector, args *ProcessArgs, state *ProcessState) {
	f.OutputField(&state.Token).AlwaysSecret()
	f.OutputField(&state.Secrets).AlwaysSecret()
	all := f.InputField(args).Computed()
	f.OutputField(&state.PID).DependsOn(all)
	f.OutputField(&state.Born).DependsOn(all)
	f.OutputField(&state.StartedAt).DependsOn(all)
	f.OutputField(&state.Instance).DependsOn(all)
	dir := f.InputField(&args.Dir).Computed()
	f.OutputField(&state.LogFile).DependsOn(dir)
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
	p.GetLogger(ctx).Info(fmt.Sprintf("process %d serves at %s, log in %s", run.PID, req.Inputs.URL, run.LogFile))
	return infer.CreateResponse[ProcessState]{ID: req.Name, Output: state.with(run)}, nil
}

// Diff reports changed inputs, and a process that is dead.
func (*Process) Diff(_ context.Context, req infer.DiffRequest[ProcessArgs, ProcessState]) (infer.DiffResponse, error) {
	changes := changedInputs(req.State.ProcessArgs, req.Inputs)
	if !req.State.Running || !req.State.identity().Alive() {
		changes["running"] = p.PropertyDiff{Kind: p.Update}
	}
	return diffOf(changes), nil
}

// Update stops the program and starts it anew. If the new one does not become
// healthy, the previous one runs again.
func (*Process) Update(ctx context.Context, req infer.UpdateRequest[ProcessArgs, ProcessState]) (infer.UpdateResponse[ProcessState], error) {
	old, next := req.State, req.State
	next.ProcessArgs = req.Inputs
	if !old.restarts(req.Inputs) {
		return infer.UpdateResponse[ProcessState]{Output: next}, nil
	}
	if req.DryRun {
		next.Instance = "" // showRestarts makes this, and what goes with it, unknown
		return infer.UpdateResponse[ProcessState]{Output: next}, nil
	}
	if err := ctx.Err(); err != nil {
		return infer.UpdateResponse[ProcessState]{}, err
	}
	// Once it was asked to stop it ends, also when the engine cancels: giving
	// up on it here would leave nothing that serves.
	if err := daemon.Stop(context.WithoutCancel(ctx), old.identity(), seconds(old.StopTimeoutSeconds)); err != nil {
		return infer.UpdateResponse[ProcessState]{}, err
	}
	run, err := daemon.Start(ctx, req.Inputs.spec())
	if err != nil {
		state, err := old.restored(ctx, err)
		return infer.UpdateResponse[ProcessState]{Output: state}, err
	}
	next.clean(ctx, old.Dir, run.Instance)
	return infer.UpdateResponse[ProcessState]{Output: next.with(run)}, nil
}

// Delete stops the program and removes its secrets. The log stays.
func (*Process) Delete(ctx context.Context, req infer.DeleteRequest[ProcessState]) (infer.DeleteResponse, error) {
	s := req.State
	// A deletion that was begun is ended: what was asked to stop does so.
	if err := daemon.Stop(context.WithoutCancel(ctx), s.identity(), seconds(s.StopTimeoutSeconds)); err != nil {
		return infer.DeleteResponse{}, err
	}
	if err := daemon.Forget(s.Dir, s.identity()); err != nil {
		return infer.DeleteResponse{}, err
	}
	return infer.DeleteResponse{}, daemon.RemoveSecrets(s.Dir, s.Instance)
}

// Read tells whether the process still runs.
func (*Process) Read(_ context.Context, req infer.ReadRequest[ProcessArgs, ProcessState]) (infer.ReadResponse[ProcessArgs, ProcessState], error) {
	if req.State.Command == "" {
		return infer.ReadResponse[ProcessArgs, ProcessState]{}, notImported("process", req.ID, "a stack touches only processes that it started itself",
			"stop the process and run `pulumi up`, which starts one")
	}
	req.State.Running = req.State.identity().Alive()
	return infer.ReadResponse[ProcessArgs, ProcessState](req), nil
}

// identity is the process that the state speaks of.
func (s ProcessState) identity() daemon.Identity { return daemon.Identity{PID: s.PID, Born: s.Born} }

// restarts says whether the inputs, or a dead process, ask for a restart.
func (s ProcessState) restarts(args ProcessArgs) bool {
	changes := changedInputs(s.ProcessArgs, args)
	for _, harmless := range []string{"startTimeoutSeconds", "stopTimeoutSeconds", "portSetting"} {
		delete(changes, harmless)
	}
	return len(changes) > 0 || !s.Running || !s.identity().Alive()
}

// with returns the state of a run.
func (s ProcessState) with(run daemon.Run) ProcessState {
	s.PID, s.Born, s.Instance, s.Running = run.PID, run.Born, run.Instance, true
	s.StartedAt = run.StartedAt.UTC().Format(time.RFC3339)
	s.LogFile, s.Token = run.LogFile, run.Token
	return s
}

// clean removes the secrets of every earlier start, also in the folder used
// before. It warns if it cannot: failing would forget the process that runs.
func (s ProcessState) clean(ctx context.Context, before, instance string) {
	for _, dir := range []string{before, s.Dir} {
		if err := daemon.KeepSecrets(dir, instance); err != nil {
			p.GetLogger(ctx).Warning(fmt.Sprintf("the secret files of an earlier start are left: %v", err))
		}
	}
}

// restored starts the previous program again after cause, and returns its
// state marked as failed, so that the next `up` tries the update again.
func (s ProcessState) restored(ctx context.Context, cause error) (ProcessState, error) {
	run, err := daemon.Start(context.WithoutCancel(ctx), s.spec())
	if err != nil {
		s.Running = false
		return s, initFailed(cause, "The previous process was started again and failed too: "+err.Error())
	}
	s = s.with(run)
	s.clean(ctx, s.Dir, run.Instance)
	return s, initFailed(cause, "The previous process runs again. Fix the cause and run `pulumi up` once more.")
}

// initFailed records the state that comes with it and fails the update.
func initFailed(cause error, then string) error {
	text := cause.Error() + "\n" + then
	return fmt.Errorf("%w\n%s%w", cause, then, failed{infer.ResourceInitFailedError{Reasons: []string{text}}})
}

func (args ProcessArgs) spec() daemon.Spec {
	workingDir := args.WorkingDir
	if workingDir == "" {
		workingDir = args.Dir
	}
	return daemon.Spec{
		Command: args.Command, Args: args.Args, Env: args.Env, Secrets: args.Secrets,
		Dir: args.Dir, WorkingDir: workingDir, URL: args.URL, HealthPath: args.HealthPath,
		PortSetting: args.PortSetting, TokenFile: args.TokenFile,
		StartTimeout: seconds(args.StartTimeoutSeconds), StopTimeout: seconds(args.StopTimeoutSeconds),
	}
}

func seconds(n int) time.Duration { return time.Duration(n) * time.Second }
