package provider

import (
	"context"
	"fmt"
	"strings"
	"time"

	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi-go-provider/infer"

	"github.com/killrvideo/killrvideo-go/infra/caller"
	"github.com/killrvideo/killrvideo-go/infra/provider/readiness"
)

// Modes of a gate.
const (
	gateHTTP = "http"
	gateOff  = "off"
)

// Gate exists only once the URL serves the revision. Every change is proved too:
// while that fails, the state keeps what was proved before.
type Gate struct{ now func() time.Time }

// GateArgs are its inputs.
type GateArgs struct {
	URL            string   `pulumi:"url"`
	Path           string   `pulumi:"path,optional"`
	RevisionField  string   `pulumi:"revisionField,optional"`
	RevisionHeader string   `pulumi:"revisionHeader,optional"`
	StatusOnly     bool     `pulumi:"statusOnly,optional"`
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
	a.SetToken("index", "Gate")
	a.Describe(&g, "The proof that a URL serves a revision. While it fails, nothing that was replaced is deleted."+example(`
resources:
  serves:
    type: astradb:Gate
    properties:
      url: https://api.example.com
      revision: 4be1f0c92a7d
`))
}

// Annotate describes the inputs.
func (args *GateArgs) Annotate(a infer.Annotator) {
	a.Describe(&args.URL, "URL of the service, without a path.")
	a.Describe(&args.Path, "What is asked under the URL; "+readiness.Path+" if absent.")
	a.Describe(&args.RevisionField, "Field of the JSON answer that holds the revision, with dots between nested "+
		"names; "+readiness.Field+" if absent.")
	a.Describe(&args.RevisionHeader, "Header of the answer that holds the revision instead.")
	a.Describe(&args.StatusOnly, "Takes every answer of 200 for the right one: something else must tell which revision serves.")
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

// Annotate describes the output.
func (s *GateState) Annotate(a infer.Annotator) {
	a.Describe(&s.ProvedAt, "When the proof was complete, RFC 3339; empty in mode off.")
}

// Check validates the inputs.
func (*Gate) Check(ctx context.Context, req infer.CheckRequest) (infer.CheckResponse[GateArgs], error) {
	return checked(ctx, req, func(args *GateArgs, problems *problems) {
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
		if args.Path != "" && !strings.HasPrefix(args.Path, "/") {
			problems.add("path", "must begin with a slash, got %q", args.Path)
		}
		if args.RevisionHeader != "" && (args.RevisionField != "" || args.StatusOnly) || args.RevisionField != "" && args.StatusOnly {
			problems.add("revisionHeader", "only one of revisionField, revisionHeader and statusOnly can be given")
		}
		if args.Mode != gateHTTP && args.Mode != gateOff {
			problems.add("mode", "must be %q or %q, got %q", gateHTTP, gateOff, args.Mode)
		}
		if args.Mode == gateOff {
			problems.require("reason", args.Reason, "the reason why the gate is off")
		}
	})
}

// Diff proves again in place.
func (*Gate) Diff(_ context.Context, req infer.DiffRequest[GateArgs, GateState]) (infer.DiffResponse, error) {
	return diffOf(changedInputs(req.State.GateArgs, req.Inputs)), nil
}

// Create waits for the proof.
func (g *Gate) Create(ctx context.Context, req infer.CreateRequest[GateArgs]) (infer.CreateResponse[GateState], error) {
	state, err := g.prove(ctx, req.Inputs, req.DryRun)
	return infer.CreateResponse[GateState]{ID: req.Name, Output: state}, err
}

// Update waits for another proof.
func (g *Gate) Update(ctx context.Context, req infer.UpdateRequest[GateArgs, GateState]) (infer.UpdateResponse[GateState], error) {
	state, err := g.prove(ctx, req.Inputs, req.DryRun)
	return infer.UpdateResponse[GateState]{Output: state}, err
}

func (g *Gate) prove(ctx context.Context, args GateArgs, dry bool) (GateState, error) {
	state := GateState{GateArgs: args}
	if dry {
		return state, nil
	}
	log := p.GetLogger(ctx)
	if args.Mode == gateOff {
		log.Warning(fmt.Sprintf("the gate is off (%s): revision %s is not proved to serve", args.Reason, args.Revision))
		return state, nil
	}
	proof := readiness.Proof{
		URL: args.URL, Path: args.Path, Revision: args.Revision, Consecutive: args.Consecutive, LogFile: args.LogFile,
		Field: args.RevisionField, Header: args.RevisionHeader, StatusOnly: args.StatusOnly,
		Timeout:  time.Duration(args.TimeoutSeconds) * time.Second,
		Interval: time.Duration(args.IntervalMillis) * time.Millisecond,
		Progress: log.InfoStatus,
	}
	if err := proof.Wait(ctx); err != nil {
		return state, err
	}
	log.Info(fmt.Sprintf("revision %s serves at %s: %d right answers in a row", args.Revision, args.URL, args.Consecutive))
	state.ProvedAt = g.now().UTC().Format(time.RFC3339)
	return state, nil
}

// Read refuses an import: a proof that was not made cannot be taken over. What
// a refresh would find out is asked at the end of every deployment.
func (*Gate) Read(_ context.Context, req infer.ReadRequest[GateArgs, GateState]) (infer.ReadResponse[GateArgs, GateState], error) {
	return kept(req, req.State.Revision != "", "gate", "it is a proof, and none was made", "run "+caller.Up()+", which makes one")
}
