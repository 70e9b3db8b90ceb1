package resource

import "github.com/pulumi/pulumi/sdk/v3/go/pulumi"

// Process is a program on this machine that outlives the `up` that started it.
type Process struct {
	pulumi.CustomResourceState

	// PID of the running process.
	PID pulumi.IntOutput `pulumi:"pid"`
	// StartedAt is when it was started, RFC 3339.
	StartedAt pulumi.StringOutput `pulumi:"startedAt"`
	// Instance changes with every start.
	Instance pulumi.StringOutput `pulumi:"instance"`
	// Address is where it answers: the URL as given, or with the chosen port.
	Address pulumi.StringOutput `pulumi:"address"`
	// LogFile holds its stdout and stderr.
	LogFile pulumi.StringOutput `pulumi:"logFile"`
	// Token is the content of TokenFile, "" without one. Secret.
	Token pulumi.StringOutput `pulumi:"token"`
	// Running is false when the process was found dead.
	Running pulumi.BoolOutput `pulumi:"running"`
}

// ProcessArgs are the inputs of a Process. Every change restarts it, except of
// the timeouts and PortSetting; nothing replaces it.
type ProcessArgs struct {
	// Command is the program's path, absolute or relative to WorkingDir. Required.
	Command pulumi.StringInput `pulumi:"command"`
	// Args of the program; never put a secret here, it shows in `ps`.
	Args pulumi.StringArrayInput `pulumi:"args"`
	// Env is the program's whole environment besides PATH, HOME and TMPDIR.
	Env pulumi.StringMapInput `pulumi:"env"`
	// Secrets are written to files of mode 0600; the program finds their
	// paths in variables named NAME_FILE. Secret.
	Secrets pulumi.StringMapInput `pulumi:"secrets" provider:"secret"`
	// Dir is the state folder of this process alone, absolute, mode 0700. Required.
	Dir pulumi.StringInput `pulumi:"dir"`
	// WorkingDir is where the program runs. Default Dir.
	WorkingDir pulumi.StringInput `pulumi:"workingDir"`
	// Owner identifies the state that Dir belongs to; a folder of another one
	// is refused.
	Owner pulumi.StringInput `pulumi:"owner"`
	// URL is the loopback address it serves, with its port. Required without
	// PortVariable.
	URL pulumi.StringInput `pulumi:"url"`
	// PortVariable tells the program a port that was free. A change then starts
	// it beside the start that a Front passes connections on to.
	PortVariable pulumi.StringInput `pulumi:"portVariable"`
	// HealthPath answers 200 once it serves; tcp means that a connection is
	// enough. Default /health.
	HealthPath pulumi.StringInput `pulumi:"healthPath"`
	// StartTimeoutSeconds bounds the wait for health. Default 60.
	StartTimeoutSeconds pulumi.IntInput `pulumi:"startTimeoutSeconds"`
	// StopTimeoutSeconds is the grace before a kill. Default 30.
	StopTimeoutSeconds pulumi.IntInput `pulumi:"stopTimeoutSeconds"`
	// TokenFile is read into Token once the process is healthy. Optional.
	TokenFile pulumi.StringInput `pulumi:"tokenFile"`
	// PortSetting is what to change when the port is taken, for the error
	// message, such as `pulumi config set --path local.port 8001`. Optional.
	PortSetting pulumi.StringInput `pulumi:"portSetting"`
	// Triggers restart the process when they change, such as a hash of the
	// program's binary. Optional.
	Triggers pulumi.StringArrayInput `pulumi:"triggers"`
}

// NewProcess registers a Process.
func NewProcess(ctx *pulumi.Context, name string, args *ProcessArgs, opts ...pulumi.ResourceOption) (*Process, error) {
	process := &Process{}
	opts = withSecrets(opts, "secrets", "token")
	return process, ctx.RegisterResource(ProcessType, name, inputs(args), process, opts...)
}
