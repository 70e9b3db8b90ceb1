package provider

import (
	"context"
	"errors"

	"github.com/pulumi/pulumi-go-provider/infer"

	"github.com/killrvideo/killrvideo-go/infra/provider/run"
)

// CloudRunServing is how the traffic of a service stands before an update of it,
// which has to say it: the update would give it to the new revision otherwise.
// It is asked again when a trigger changes, and by a refresh, so that the update
// that follows neither moves traffic nor is made without a change.
type CloudRunServing struct{ run connectRun }

// connectRun makes a client of Cloud Run, once it is needed.
type connectRun func(context.Context) (*run.Client, error)

// CloudRunServingArgs are its inputs.
type CloudRunServingArgs struct {
	Project  string   `pulumi:"project"`
	Location string   `pulumi:"location"`
	Service  string   `pulumi:"service"`
	Triggers []string `pulumi:"triggers,optional"`
}

// CloudRunServingState is what the stack remembers.
type CloudRunServingState struct {
	CloudRunServingArgs
	Revisions []string `pulumi:"revisions"`
	Percents  []int    `pulumi:"percents"`
}

// Annotate names and describes the resource.
func (s *CloudRunServing) Annotate(a infer.Annotator) {
	a.SetToken("index", "CloudRunServing")
	a.Describe(&s, "Which revisions of a service on Cloud Run have its traffic, before the service is changed. It changes nothing."+example(`
resources:
  before:
    type: astradb:CloudRunServing
    properties:
      project: my-project-123
      location: europe-west1
      service: api
      triggers: [image-2]
`))
}

// Annotate describes the inputs.
func (args *CloudRunServingArgs) Annotate(a infer.Annotator) {
	a.Describe(&args.Project, "Id of the Google Cloud project.")
	a.Describe(&args.Location, "Region of the service.")
	a.Describe(&args.Service, "Short name of the service.")
	a.Describe(&args.Triggers, "Whatever changes when the service will be: it is asked again then.")
}

// Annotate describes the outputs.
func (s *CloudRunServingState) Annotate(a infer.Annotator) {
	a.Describe(&s.Revisions, "Short names of the revisions with traffic; none if the service does not exist yet.")
	a.Describe(&s.Percents, "How much each of them has.")
}

// Check validates the inputs.
func (*CloudRunServing) Check(ctx context.Context, req infer.CheckRequest) (infer.CheckResponse[CloudRunServingArgs], error) {
	return checked(ctx, req, func(args *CloudRunServingArgs, problems *problems) {
		checkCloudRun(problems, args.name())
	})
}

// Diff asks again in place.
func (*CloudRunServing) Diff(
	_ context.Context, req infer.DiffRequest[CloudRunServingArgs, CloudRunServingState],
) (infer.DiffResponse, error) {
	return diffOf(changedInputs(req.State.CloudRunServingArgs, req.Inputs)), nil
}

// Create asks.
func (s *CloudRunServing) Create(
	ctx context.Context, req infer.CreateRequest[CloudRunServingArgs],
) (infer.CreateResponse[CloudRunServingState], error) {
	state, err := s.ask(ctx, req.Inputs, req.DryRun)
	return infer.CreateResponse[CloudRunServingState]{ID: req.Inputs.name().String(), Output: state}, err
}

// Update asks again.
func (s *CloudRunServing) Update(
	ctx context.Context, req infer.UpdateRequest[CloudRunServingArgs, CloudRunServingState],
) (infer.UpdateResponse[CloudRunServingState], error) {
	state, err := s.ask(ctx, req.Inputs, req.DryRun)
	return infer.UpdateResponse[CloudRunServingState]{Output: state}, err
}

// Read asks too: after a refresh the state of the service has the traffic as it
// is, and this has to agree with it. Its id is the service's full name.
func (s *CloudRunServing) Read(
	ctx context.Context, req infer.ReadRequest[CloudRunServingArgs, CloudRunServingState],
) (infer.ReadResponse[CloudRunServingArgs, CloudRunServingState], error) {
	inputs := req.Inputs
	if inputs.Service == "" { // an import
		name, err := run.ParseName(req.ID)
		if err != nil {
			return infer.ReadResponse[CloudRunServingArgs, CloudRunServingState]{}, err
		}
		inputs.Project, inputs.Location, inputs.Service = name.Project, name.Location, name.Service
	}
	state, err := s.ask(ctx, inputs, false)
	return infer.ReadResponse[CloudRunServingArgs, CloudRunServingState]{ID: req.ID, Inputs: inputs, State: state}, err
}

func (args CloudRunServingArgs) name() run.Name {
	return run.Name{Project: args.Project, Location: args.Location, Service: args.Service}
}

// checkCloudRun blames what a service cannot be found without.
func checkCloudRun(problems *problems, name run.Name) {
	problems.require("project", name.Project, "the id of the project")
	problems.require("location", name.Location, "the region")
	problems.require("service", name.Service, "the name of the service")
}

func (s *CloudRunServing) ask(ctx context.Context, args CloudRunServingArgs, dry bool) (CloudRunServingState, error) {
	state := CloudRunServingState{CloudRunServingArgs: args, Revisions: []string{}, Percents: []int{}}
	if dry {
		return state, nil
	}
	client, err := s.run(ctx)
	if err != nil {
		return state, err
	}
	found, err := client.Service(ctx, args.name())
	if errors.Is(err, run.ErrNotFound) {
		return state, nil
	}
	for _, share := range found.Shares() {
		state.Revisions, state.Percents = append(state.Revisions, share.Revision), append(state.Percents, share.Percent)
	}
	return state, err
}
