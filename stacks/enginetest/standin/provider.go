package standin

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/property"

	"github.com/killrvideo/killrvideo-go/infra/plan"
)

// provider is the cloud as the engine sees it.
func (c *Cloud) provider() p.Provider {
	return p.Provider{
		CheckConfig: func(_ context.Context, r p.CheckRequest) (p.CheckResponse, error) {
			return p.CheckResponse{Inputs: r.Inputs}, nil
		},
		DiffConfig: func(context.Context, p.DiffRequest) (p.DiffResponse, error) { return p.DiffResponse{}, nil },
		Configure:  c.configure,
		Check:      c.check,
		Diff:       c.diff,
		Create:     c.create,
		Update:     c.update,
		Delete:     c.delete,
		Invoke:     c.invoke,
		Read:       c.read,
	}
}

// invoke answers what programs ask of an account.
func (c *Cloud) invoke(_ context.Context, r p.InvokeRequest) (p.InvokeResponse, error) {
	answer, err := plan.Answer(string(r.Token), "eu-west-1")
	if err != nil {
		return p.InvokeResponse{}, err
	}
	return p.InvokeResponse{Return: with(property.Map{}, answer)}, nil
}

func kindOf(urn resource.URN) string { return string(urn.Type()) }

// check refuses what lacks an input, as providers do before any cloud is asked.
func (c *Cloud) check(_ context.Context, r p.CheckRequest) (p.CheckResponse, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.search(r.Urn.Name(), r.Inputs)
	if lacks := lacking(kindOf(r.Urn), r.Inputs); len(lacks) > 0 {
		return p.CheckResponse{Inputs: r.Inputs, Failures: lacks}, nil
	}
	inputs := hushed(kindOf(r.Urn), r.Inputs)
	if c.kind.name == nil {
		return p.CheckResponse{Inputs: inputs}, nil
	}
	if made := c.kind.name(r.Urn.Name(), r.RandomSeed, plainMap(r.State), plainMap(inputs)); made != "" {
		inputs = named(inputs, made)
	}
	return p.CheckResponse{Inputs: inputs}, nil
}

func lacking(kind string, inputs property.Map) (lacks []p.CheckFailure) {
	for _, name := range plan.Required(kind) {
		if value, there := inputs.GetOk(name); !there || value.IsNull() {
			lacks = append(lacks, p.CheckFailure{Property: name, Reason: "Missing required property '" + name + "'"})
		}
	}
	return lacks
}

// hushed marks what a provider keeps as a secret whatever the program says, so
// that it is one in the state and in every output.
func hushed(kind string, inputs property.Map) property.Map {
	for _, name := range plan.SecretInputs(kind) {
		if value, there := inputs.GetOk(name); there {
			inputs = inputs.Set(name, value.WithSecret(true))
		}
	}
	return inputs
}

// hollow refuses a secret without a value, as the stores of Google and AWS do.
func hollow(kind string, inputs property.Map) error {
	for _, name := range plan.SecretInputs(kind) {
		if value := inputs.Get(name).WithSecret(false); value.IsString() && value.AsString() == "" {
			return fmt.Errorf("InvalidArgument: %s of a secret must not be empty", name)
		}
	}
	return nil
}

// diff compares inputs, as the clouds' own providers do for what they fill in
// themselves.
func (c *Cloud) diff(_ context.Context, r p.DiffRequest) (p.DiffResponse, error) {
	answer := p.DiffResponse{DetailedDiff: map[string]p.PropertyDiff{}}
	for _, key := range c.kind.compares {
		if was := r.State.Get(key); kindOf(r.Urn) == c.kind.Service && was.IsString() && r.Inputs.Get(key).IsString() &&
			was.AsString() != r.Inputs.Get(key).AsString() {
			answer.HasChanges = true
			answer.DetailedDiff[key] = p.PropertyDiff{Kind: p.Update}
		}
	}
	changes := r.OldInputs.Diff(r.Inputs)
	if changes == nil {
		return answer, nil
	}
	answer.HasChanges = true
	for _, key := range changes.ChangedKeys() {
		answer.DetailedDiff[key] = p.PropertyDiff{Kind: p.Update, InputDiff: true}
	}
	for _, path := range plan.Replacing(kindOf(r.Urn), plainMap(r.OldInputs), plainMap(r.Inputs)) {
		answer.DetailedDiff[path] = p.PropertyDiff{Kind: p.UpdateReplace, InputDiff: true}
	}
	answer.DeleteBeforeReplace = fixed(r.Inputs)
	return answer, nil
}

func (c *Cloud) create(ctx context.Context, r p.CreateRequest) (p.CreateResponse, error) {
	thing := Thing{Type: kindOf(r.Urn), Name: r.Urn.Name(), Props: plainMap(r.Properties)}
	if slices.Contains(c.kind.slow, thing.Type) && !r.DryRun {
		select { // what needs it must wait for it
		case <-time.After(c.permits()):
		case <-ctx.Done():
			return p.CreateResponse{}, ctx.Err()
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if r.DryRun { // which counts nothing
		_, told := c.kind.told(&Cloud{kind: c.kind, server: c.server, made: map[string]int{}}, thing)
		tries := unknown
		if c.kind.tries != nil {
			tries = c.kind.tries
		}
		return p.CreateResponse{Properties: tries(r.Properties, told)}, nil
	}
	if err := cmp.Or(hollow(thing.Type, r.Properties), c.objection(ctx, "create", r.Urn, thing)); err != nil {
		return p.CreateResponse{}, err
	}
	id, told := c.kind.told(c, thing)
	thing.ID = id
	maps.Copy(thing.Props, told)
	if err := c.put("create", thing); err != nil {
		return p.CreateResponse{}, err
	}
	late, err := c.awaited(thing.Type)
	return p.CreateResponse{ID: id, Properties: with(r.Properties, told), PartialState: late}, err
}

// permits is how long a permission takes.
func (c *Cloud) permits() time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.arrives
}

func (c *Cloud) update(ctx context.Context, r p.UpdateRequest) (p.UpdateResponse, error) {
	thing := Thing{Type: kindOf(r.Urn), Name: r.Urn.Name(), ID: r.ID, Props: plainMap(r.Inputs)}
	c.mu.Lock()
	defer c.mu.Unlock()
	if r.DryRun {
		return p.UpdateResponse{Properties: merged(r.State, r.Inputs)}, nil
	}
	if err := c.objection(ctx, "update", r.Urn, thing); err != nil {
		return p.UpdateResponse{}, err
	}
	// What the cloud told when it was made goes on to hold, but for a service:
	// it tells what it runs now.
	props := merged(r.State, r.Inputs)
	if thing.Type == c.kind.Service {
		_, told := c.kind.told(c, thing)
		props = with(props, told)
	}
	thing.Props = plainMap(props)
	if err := c.put("update", thing); err != nil {
		return p.UpdateResponse{}, err
	}
	if c.fails(thing.Type) && c.kind.unready != "" {
		return p.UpdateResponse{}, errors.New(c.kind.unready) // the state keeps what was before
	}
	late, err := c.awaited(thing.Type)
	return p.UpdateResponse{Properties: props, PartialState: late}, err
}

// awaited is what a provider says whose wait timed out: the cloud has the change,
// and the state remembers that it did not get ready, so that the next up tries
// again.
func (c *Cloud) awaited(kind string) (*p.InitializationFailed, error) {
	if !c.fails(kind) || c.kind.awaits == "" {
		return nil, nil
	}
	return &p.InitializationFailed{Reasons: []string{c.kind.awaits}}, errors.New("it was not ready in time")
}

// read is what a refresh finds: a thing that is gone is no more, and a service is
// as the cloud has it.
func (c *Cloud) read(_ context.Context, r p.ReadRequest) (p.ReadResponse, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	found := c.index(kindOf(r.Urn), r.ID)
	if found < 0 {
		return p.ReadResponse{}, nil
	}
	answer := p.ReadResponse{ID: r.ID, Properties: r.Properties, Inputs: r.Inputs}
	if c.kind.reads != nil && c.things[found].Type == c.kind.Service {
		outputs, inputs := c.kind.reads(c, c.things[found])
		answer.Properties, answer.Inputs = with(with(r.Properties, inputs), outputs), with(r.Inputs, inputs)
	}
	edited := c.things[found].edited
	answer.Properties, answer.Inputs = with(answer.Properties, edited), with(answer.Inputs, edited)
	return answer, nil
}

func (c *Cloud) delete(_ context.Context, r p.DeleteRequest) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.remove(kindOf(r.Urn), r.Urn.Name(), r.ID)
}

// with adds what the cloud tells to what it was told.
func with(inputs property.Map, told map[string]any) property.Map {
	for key, value := range told {
		inputs = inputs.Set(key, rich(value))
	}
	return inputs
}

// unknown is with, before anything is known.
func unknown(inputs property.Map, told map[string]any) property.Map {
	for key := range told {
		inputs = inputs.Set(key, property.New(property.Computed))
	}
	return inputs
}

func merged(state, inputs property.Map) property.Map {
	for key, value := range inputs.All {
		state = state.Set(key, value)
	}
	return state
}
