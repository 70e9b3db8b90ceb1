package provider

import (
	"context"
	"fmt"
	"time"

	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi-go-provider/infer"

	"github.com/killrvideo/killrvideo-go/infra/provider/readiness"
)

// Modes of a gate.
const (
	gateHTTP = "http"
	gateOff  = "off"
)

// Gate exists only once the URL serves the revision. It has no Update: every
// change is a replacement, and so a proof of its own.
type Gate struct{ now func() time.Time }

// GateArgs are its inputs.
type GateArgs struct {
	URL            string   `pulumi:"url"`
	Revision       string   `pulumi:"revision"`
	Triggers       []string `pulumi:"triggers,optional"`
	Consecutive    int      `pulumi:"consecutive,optional"`
	TimeoutSeconds int      `pulumi:"timeoutSeconds,optional"`
	IntervalMillis int      `pulumi:"intervalMillis,optional"`
	LogFile        string   `pulumi:"logFile,optional"`
	Mode           string   `pulumi:"mode,optional"`
	Reason         string   `pulumi:"reason,optional"`
	KeyFingerprint string   `pulumi:"keyFingerprint,optional"`
}

// GateState is what the stack remembers.
type GateState struct {
	GateArgs
	ProvedAt string `pulumi:"provedAt"`
}

// Annotate names and describes the resource.
func (g *Gate) Annotate(a infer.Annotator) {
	a.SetToken("rollout", "Gate")
	a.Describe(&g, "The proof that a URL serves a revision. While it fails, nothing that was replaced is deleted.")
}

// Annotate describes the inputs.
func (args *GateArgs) Annotate(a infer.Annotator) {
	a.Describe(&args.URL, "URL of the service; "+readiness.Path+" is asked under it.")
	a.Describe(&args.Revision, "The revision that must answer.")
	a.Describe(&args.Triggers, "Whatever must be proved again when it changes: secret versions, token client id, process instance.")
	a.Describe(&args.Consecutive, "Right answers in a row that are enough.")
	a.SetDefault(&args.Consecutive, 3)
	a.Describe(&args.TimeoutSeconds, "How long to wait in all.")
	a.SetDefault(&args.TimeoutSeconds, 300)
	a.Describe(&args.IntervalMillis, "Pause between two questions.")
	a.SetDefault(&args.IntervalMillis, 1000)
	a.Describe(&args.LogFile, "A local log whose last lines explain a failure.")
	a.Describe(&args.Mode, "http, or off with a reason.")
	a.SetDefault(&args.Mode, gateHTTP)
	a.Describe(&args.Reason, "Why the mode is off.")
	a.Describe(&args.KeyFingerprint, "Fingerprint of the key that the revision signs with: as an output, of a key that is proved.")
}

// Check validates the inputs.
func (*Gate) Check(ctx context.Context, req infer.CheckRequest) (infer.CheckResponse[GateArgs], error) {
	args, failures, err := infer.DefaultCheck[GateArgs](ctx, req.NewInputs)
	if err != nil || len(failures) > 0 {
		return infer.CheckResponse[GateArgs]{Inputs: args, Failures: failures}, err
	}
	problems := problems{known: req.NewInputs}
	problems.require("revision", args.Revision, "the revision that must answer")
	if err := readiness.CheckURL(args.URL); err != nil {
		problems.add("url", "%v", err)
	}
	for field, value := range map[string]int{"consecutive": args.Consecutive,
		"timeoutSeconds": args.TimeoutSeconds, "intervalMillis": args.IntervalMillis} {
		if value < 1 {
			problems.add(field, "must be at least 1, got %d", value)
		}
	}
	if args.Mode != gateHTTP && args.Mode != gateOff {
		problems.add("mode", "must be %q or %q, got %q", gateHTTP, gateOff, args.Mode)
	}
	if args.Mode == gateOff {
		problems.require("reason", args.Reason, "the reason why the gate is off")
	}
	return infer.CheckResponse[GateArgs]{Inputs: args, Failures: problems.failures}, nil
}

// Create waits for the proof.
func (g *Gate) Create(ctx context.Context, req infer.CreateRequest[GateArgs]) (infer.CreateResponse[GateState], error) {
	args := req.Inputs
	response := infer.CreateResponse[GateState]{ID: "revision:" + args.Revision, Output: GateState{GateArgs: args}}
	if req.DryRun {
		return response, nil
	}
	log := p.GetLogger(ctx)
	if args.Mode == gateOff {
		log.Warning(fmt.Sprintf("the gate is off (%s): nobody proved that revision %s serves", args.Reason, args.Revision))
		return response, nil
	}
	proof := readiness.Proof{
		URL: args.URL, Revision: args.Revision, Consecutive: args.Consecutive, LogFile: args.LogFile,
		Timeout:  time.Duration(args.TimeoutSeconds) * time.Second,
		Interval: time.Duration(args.IntervalMillis) * time.Millisecond,
		Progress: log.InfoStatus,
	}
	if err := proof.Wait(ctx); err != nil {
		return infer.CreateResponse[GateState]{}, err
	}
	log.Info(fmt.Sprintf("revision %s serves at %s: %d right answers in a row", args.Revision, args.URL, args.Consecutive))
	response.Output.ProvedAt = g.now().UTC().Format(time.RFC3339)
	return response, nil
}
