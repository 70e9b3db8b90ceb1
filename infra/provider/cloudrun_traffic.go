package provider

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi-go-provider/infer"

	"github.com/killrvideo/killrvideo-go/infra/provider/readiness"
	"github.com/killrvideo/killrvideo-go/infra/provider/run"
)

// CloudRunTraffic gives the traffic of a service to a revision that was proved
// at the URL of its tag, at once or in steps. While it fails, the revisions that
// had the traffic keep it or get it back.
type CloudRunTraffic struct {
	run   connectRun
	now   func() time.Time
	pause func(context.Context, time.Duration) error
}

// CloudRunTrafficArgs are its inputs.
type CloudRunTrafficArgs struct {
	Project        string `pulumi:"project"`
	Location       string `pulumi:"location"`
	Service        string `pulumi:"service"`
	To             string `pulumi:"to"`
	Tag            string `pulumi:"tag,optional"`
	Generation     string `pulumi:"generation,optional"`
	Steps          []int  `pulumi:"steps,optional"`
	StepSeconds    int    `pulumi:"stepSeconds,optional"`
	URL            string `pulumi:"url,optional"`
	Path           string `pulumi:"path,optional"`
	RevisionField  string `pulumi:"revisionField,optional"`
	RevisionHeader string `pulumi:"revisionHeader,optional"`
	StatusOnly     bool   `pulumi:"statusOnly,optional"`
	Revision       string `pulumi:"revision,optional"`
	KeyFingerprint string `pulumi:"keyFingerprint,optional"`
}

// CloudRunTrafficState is what the stack remembers.
type CloudRunTrafficState struct {
	CloudRunTrafficArgs
	Serving       string `pulumi:"serving"`
	OwnGeneration string `pulumi:"ownGeneration"`
	ProvedAt      string `pulumi:"provedAt"`
}

// Annotate names and describes the resource.
func (t *CloudRunTraffic) Annotate(a infer.Annotator) {
	a.SetToken("index", "CloudRunTraffic")
	a.Describe(&t, "Gives the traffic of a service on Cloud Run to one revision, at once or in steps. "+
		"Its deletion changes no traffic."+example(`
resources:
  traffic:
    type: astradb:CloudRunTraffic
    properties:
      project: my-project-123
      location: europe-west1
      service: api
      to: api-00002-abc
      tag: candidate
      steps: [10, 50]
      stepSeconds: 120
      url: https://candidate---api-abc.a.run.app
      revision: 4be1f0c92a7d
`))
}

// Annotate describes the inputs.
func (args *CloudRunTrafficArgs) Annotate(a infer.Annotator) {
	a.Describe(&args.Project, "Id of the Google Cloud project.")
	a.Describe(&args.Location, "Region of the service.")
	a.Describe(&args.Service, "Short name of the service.")
	a.Describe(&args.To, "The revision that gets the traffic.")
	a.Describe(&args.Tag, "Tag that the newest revision that is ready keeps, so that it answers at a URL of its own.")
	a.Describe(&args.Generation, "The service's generation: the traffic is set again when the service was changed otherwise.")
	a.Describe(&args.Steps, "Percents that the revision has on the way, in ascending order; absent for all at once.")
	a.Describe(&args.StepSeconds, "How long each step lasts. The revision is asked all the time, and loses the traffic if it fails.")
	a.SetDefault(&args.StepSeconds, 60)
	a.Describe(&args.URL, "Where the revision alone answers, without a path. Required with steps.")
	a.Describe(&args.Path, "What is asked there; "+readiness.Path+" if absent.")
	a.Describe(&args.RevisionField, "Field of the JSON answer that holds the revision; "+readiness.Field+" if absent.")
	a.Describe(&args.RevisionHeader, "Header of the answer that holds the revision instead.")
	a.Describe(&args.StatusOnly, "Takes every answer of 200 for the right one.")
	a.Describe(&args.Revision, "The revision that must answer, in the service's own words. Required with steps.")
	a.Describe(&args.KeyFingerprint, "Fingerprint of the key that the revision signs with: as an output, of a key that is proved.")
}

// Annotate describes the outputs.
func (s *CloudRunTrafficState) Annotate(a infer.Annotator) {
	a.Describe(&s.Serving, "The revision that has all the traffic, empty if it is split.")
	a.Describe(&s.OwnGeneration, "The service's generation once its traffic was set.")
	a.Describe(&s.ProvedAt, "When the revision got all the traffic, RFC 3339.")
}

// Check validates the inputs.
func (*CloudRunTraffic) Check(ctx context.Context, req infer.CheckRequest) (infer.CheckResponse[CloudRunTrafficArgs], error) {
	return checked(ctx, req, func(args *CloudRunTrafficArgs, problems *problems) {
		checkCloudRun(problems, args.name())
		problems.require("to", args.To, "the revision that gets the traffic")
		last := 0
		for _, percent := range args.Steps {
			if percent <= last || percent > 99 {
				problems.add("steps", "must be percents from 1 to 99 in ascending order, got %v", args.Steps)
				break
			}
			last = percent
		}
		if args.StepSeconds < 1 || args.StepSeconds > 86400 {
			problems.add("stepSeconds", "must be from 1 to 86400, got %d", args.StepSeconds)
		}
		if len(args.Steps) > 0 {
			problems.require("revision", args.Revision, "with steps the revision that must answer")
			if err := readiness.CheckURL(args.URL); err != nil {
				problems.add("url", "%v", err)
			}
		}
	})
}

// Diff sets the traffic again where another revision is to have it, or has it, and
// where the service was changed otherwise than by this: an update of it says the
// traffic of before.
func (*CloudRunTraffic) Diff(
	_ context.Context, req infer.DiffRequest[CloudRunTrafficArgs, CloudRunTrafficState],
) (infer.DiffResponse, error) {
	changes := changedInputs(req.State.CloudRunTrafficArgs, req.Inputs)
	for name := range changes {
		switch name {
		case "project", "location", "service", "to", "tag", "keyFingerprint":
		case "generation":
			if req.Inputs.Generation == req.State.OwnGeneration {
				delete(changes, name)
			}
		default: // how the traffic gets there matters once it does
			delete(changes, name)
		}
	}
	if len(changes) == 0 && req.State.Serving != req.Inputs.To {
		changes["to"] = p.PropertyDiff{Kind: p.Update}
	}
	return diffOf(changes), nil
}

// Create gives the traffic to the revision.
func (t *CloudRunTraffic) Create(
	ctx context.Context, req infer.CreateRequest[CloudRunTrafficArgs],
) (infer.CreateResponse[CloudRunTrafficState], error) {
	state, err := t.move(ctx, req.Inputs, req.DryRun)
	return infer.CreateResponse[CloudRunTrafficState]{ID: req.Inputs.name().String(), Output: state}, err
}

// Update does the same, at once if the revision signs with another key: the one
// before could not verify what it signs while both have traffic.
func (t *CloudRunTraffic) Update(
	ctx context.Context, req infer.UpdateRequest[CloudRunTrafficArgs, CloudRunTrafficState],
) (infer.UpdateResponse[CloudRunTrafficState], error) {
	args := req.Inputs
	if len(args.Steps) > 0 && req.State.KeyFingerprint != "" && args.KeyFingerprint != req.State.KeyFingerprint {
		if !req.DryRun {
			p.GetLogger(ctx).Info("the signing key changes, so revision " + args.To + " gets the traffic at once: " +
				"the revision before could not verify what it signs")
		}
		args.Steps = nil
	}
	state, err := t.move(ctx, args, req.DryRun)
	state.Steps = req.Inputs.Steps
	return infer.UpdateResponse[CloudRunTrafficState]{Output: state}, err
}

// Read finds out which revision has the traffic; its id is the service's full
// name. A service that is gone has none.
func (t *CloudRunTraffic) Read(
	ctx context.Context, req infer.ReadRequest[CloudRunTrafficArgs, CloudRunTrafficState],
) (infer.ReadResponse[CloudRunTrafficArgs, CloudRunTrafficState], error) {
	response := infer.ReadResponse[CloudRunTrafficArgs, CloudRunTrafficState](req)
	name, err := run.ParseName(req.ID)
	if err != nil {
		return response, err
	}
	client, err := t.run(ctx)
	if err != nil {
		return response, err
	}
	found, err := client.Service(ctx, name)
	if errors.Is(err, run.ErrNotFound) {
		return infer.ReadResponse[CloudRunTrafficArgs, CloudRunTrafficState]{}, nil
	}
	if err != nil {
		return response, err
	}
	response.State.Serving, response.State.OwnGeneration = alone(found.Shares()), found.Generation
	if req.Inputs.Service == "" { // an import
		response.Inputs = CloudRunTrafficArgs{
			Project: name.Project, Location: name.Location, Service: name.Service, To: response.State.Serving, StepSeconds: 60,
		}
		response.State.CloudRunTrafficArgs = response.Inputs
	}
	return response, nil
}

func (args CloudRunTrafficArgs) name() run.Name {
	return run.Name{Project: args.Project, Location: args.Location, Service: args.Service}
}

// alone is the revision that has all the traffic, "" if several have some.
func alone(shares []run.Share) string {
	if len(shares) == 1 {
		return shares[0].Revision
	}
	return ""
}

// move shifts the traffic to the revision, step by step.
func (t *CloudRunTraffic) move(ctx context.Context, args CloudRunTrafficArgs, dry bool) (CloudRunTrafficState, error) {
	state := CloudRunTrafficState{CloudRunTrafficArgs: args, Serving: args.To}
	if dry {
		return state, nil
	}
	client, err := t.run(ctx)
	if err != nil {
		return state, err
	}
	before, err := client.Service(ctx, args.name())
	if err != nil {
		return state, err
	}
	had := before.Shares()
	if old := largest(had, args.To); old != "" {
		for _, percent := range args.Steps {
			if err := t.step(ctx, client, args, old, percent); err != nil {
				return state, t.giveBack(ctx, client, args, without(had, args.To), percent, err)
			}
		}
	}
	after, err := client.SetTraffic(ctx, args.name(), []run.Share{{Revision: args.To, Percent: 100}}, args.Tag)
	if err != nil {
		return state, err
	}
	p.GetLogger(ctx).Info(fmt.Sprintf("revision %s has all the traffic of %s", args.To, args.Service))
	state.OwnGeneration, state.ProvedAt = after.Generation, t.now().UTC().Format(time.RFC3339)
	return state, nil
}

// largest is the revision with the most traffic beside the new one, "" if there is
// none.
func largest(shares []run.Share, except string) string {
	var most run.Share
	for _, share := range shares {
		if share.Revision != except && share.Percent > most.Percent {
			most = share
		}
	}
	return most.Revision
}

// without are the shares of the others, to whom the part of one revision goes back.
func without(shares []run.Share, revision string) []run.Share {
	rest := slices.DeleteFunc(slices.Clone(shares), func(s run.Share) bool { return s.Revision == revision })
	left := 100
	for _, share := range rest {
		left -= share.Percent
	}
	if len(rest) > 0 {
		rest[0].Percent += left
	}
	return rest
}

// asks is how often the revision is asked during a step.
const asks = 10

// step gives a part of the traffic to the revision and asks it until the step is
// over.
func (t *CloudRunTraffic) step(ctx context.Context, client *run.Client, args CloudRunTrafficArgs, old string, percent int) error {
	shares := []run.Share{{Revision: old, Percent: 100 - percent}, {Revision: args.To, Percent: percent}}
	if _, err := client.SetTraffic(ctx, args.name(), shares, args.Tag); err != nil {
		return err
	}
	p.GetLogger(ctx).Info(fmt.Sprintf("revision %s has %d %% of the traffic of %s for %d s", args.To, percent, args.Service, args.StepSeconds))
	proof := readiness.Proof{
		URL: args.URL, Path: args.Path, Revision: args.Revision, Consecutive: 1, Timeout: 5 * time.Second, Interval: time.Second,
		Field: args.RevisionField, Header: args.RevisionHeader, StatusOnly: args.StatusOnly,
	}
	for range asks {
		if err := t.pause(ctx, time.Duration(args.StepSeconds)*time.Second/asks); err != nil {
			return err
		}
		if err := proof.Wait(ctx); err != nil {
			return err
		}
	}
	return nil
}

// giveBack gives the traffic to the revisions that had it, also when the update
// is cancelled.
func (t *CloudRunTraffic) giveBack(
	ctx context.Context, client *run.Client, args CloudRunTrafficArgs, had []run.Share, percent int, cause error,
) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Minute)
	defer cancel()
	var names []string
	for _, share := range had {
		names = append(names, share.Revision)
	}
	before := strings.Join(names, ", ")
	if _, err := client.SetTraffic(ctx, args.name(), had, args.Tag); err != nil {
		return fmt.Errorf("revision %s failed with %d %% of the traffic, and %s could not get it back: %w\n%w",
			args.To, percent, before, err, cause)
	}
	return fmt.Errorf("revision %s failed with %d %% of the traffic; %s has it again: %w", args.To, percent, before, cause)
}
