package provider

import (
	"context"

	"github.com/pulumi/pulumi-go-provider/infer"
)

// Owner is a mark that one state has and no other: what carries it was made by
// that state. Making it touches nothing.
type Owner struct{}

// OwnerArgs are its inputs: none.
type OwnerArgs struct{}

// OwnerState is what the stack remembers.
type OwnerState struct {
	OwnerArgs
	Mark string `pulumi:"mark"`
}

// Annotate names and describes the resource.
func (o *Owner) Annotate(a infer.Annotator) {
	a.SetToken("index", "Owner")
	a.Describe(&o, "A random mark of one state, on the folders that it makes."+example(`
resources:
  owner:
    type: astradb:Owner
`))
}

// Annotate describes the output.
func (s *OwnerState) Annotate(a infer.Annotator) { a.Describe(&s.Mark, "The mark: 16 hex digits.") }

// Create makes the mark.
func (*Owner) Create(_ context.Context, req infer.CreateRequest[OwnerArgs]) (infer.CreateResponse[OwnerState], error) {
	if req.DryRun {
		return infer.CreateResponse[OwnerState]{ID: req.Name}, nil
	}
	mark := randomHex(8)
	return infer.CreateResponse[OwnerState]{ID: mark, Output: OwnerState{Mark: mark}}, nil
}

// Read knows what the state knows: there is nothing else to ask.
func (*Owner) Read(_ context.Context, req infer.ReadRequest[OwnerArgs, OwnerState]) (infer.ReadResponse[OwnerArgs, OwnerState], error) {
	if req.State.Mark == "" { // an import: the id is the mark
		req.State.Mark = req.ID
	}
	return infer.ReadResponse[OwnerArgs, OwnerState](req), nil
}
