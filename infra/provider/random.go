package provider

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"fmt"

	"github.com/pulumi/pulumi-go-provider/infer"
)

// Random is a secret of 256 bits that a stack makes for itself, such as the
// bearer token of /metrics. It has no Update: another generation is another one.
type Random struct{}

// RandomArgs are its inputs.
type RandomArgs struct {
	Generation string `pulumi:"generation,optional"`
}

// RandomState is what the stack remembers.
type RandomState struct {
	RandomArgs
	Value string `pulumi:"value" provider:"secret"`
}

// Annotate names and describes the resource.
func (r *Random) Annotate(a infer.Annotator) {
	a.SetToken("index", "Random")
	a.Describe(&r, "A random secret of 256 bits, made once."+example(`
resources:
  token:
    type: astradb:Random
`))
}

// Annotate describes the inputs.
func (args *RandomArgs) Annotate(a infer.Annotator) {
	a.Describe(&args.Generation, "Makes another secret when it changes.")
	a.SetDefault(&args.Generation, "0")
}

// Annotate describes the output.
func (s *RandomState) Annotate(a infer.Annotator) {
	a.Describe(&s.Value, "The secret, in characters that are safe in a URL.")
}

// Create makes the secret.
func (*Random) Create(_ context.Context, req infer.CreateRequest[RandomArgs]) (infer.CreateResponse[RandomState], error) {
	response := infer.CreateResponse[RandomState]{ID: req.Name, Output: RandomState{RandomArgs: req.Inputs}}
	if req.DryRun {
		return response, nil
	}
	var bits [32]byte
	if _, err := rand.Read(bits[:]); err != nil {
		return response, fmt.Errorf("make the secret %s: %w", req.Name, err)
	}
	response.Output.Value = base64.RawURLEncoding.EncodeToString(bits[:])
	return response, nil
}

// Read refuses an import; a refresh has nothing to compare, since the value is
// only in the state.
func (*Random) Read(
	_ context.Context, req infer.ReadRequest[RandomArgs, RandomState],
) (infer.ReadResponse[RandomArgs, RandomState], error) {
	return kept(req, req.State.Value != "", "secret", "its value is in no place but the state that made it",
		"run pulumi up, which makes another one")
}
