package provider

import (
	"context"
	"crypto/rand"
	"fmt"
	"slices"
	"strings"

	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi-go-provider/infer"

	"github.com/killrvideo/killrvideo-go/infra/caller"
)

// OneTimeCodes makes a random code for each of some names, for people to prove
// that a name is theirs.
type OneTimeCodes struct{}

// OneTimeCodesArgs are its inputs.
type OneTimeCodesArgs struct {
	Names      []string `pulumi:"names"`
	Generation string   `pulumi:"generation,optional"`
}

// OneTimeCodesState is what the stack remembers.
type OneTimeCodesState struct {
	OneTimeCodesArgs
	Codes string `pulumi:"codes" provider:"secret"`
}

// Annotate names and describes the resource.
func (c *OneTimeCodes) Annotate(a infer.Annotator) {
	a.SetToken("index", "OneTimeCodes")
	a.Describe(&c, "A random code for each name. A name keeps its code for as long as it is among the names."+example(`
resources:
  codes:
    type: astradb:OneTimeCodes
    properties:
      names: [ada@example.org]
`))
}

// Annotate describes the inputs.
func (args *OneTimeCodesArgs) Annotate(a infer.Annotator) {
	a.Describe(&args.Names, "The names, such as e-mail addresses; none has a comma in it.")
	a.Describe(&args.Generation, "Any change makes new codes for all names.")
	a.SetDefault(&args.Generation, "0")
}

// Annotate describes the outputs.
func (state *OneTimeCodesState) Annotate(a infer.Annotator) {
	a.Describe(&state.Codes, "NAME=CODE, comma-separated, in the order of the names.")
}

// WireDependencies marks the codes secret and says what makes other ones.
func (*OneTimeCodes) WireDependencies(f infer.FieldSelector, args *OneTimeCodesArgs, state *OneTimeCodesState) {
	codes := f.OutputField(&state.Codes)
	codes.AlwaysSecret()
	codes.DependsOn(f.InputField(&args.Names).Computed(), f.InputField(&args.Generation).Computed())
}

// Check refuses names that the list of codes could not hold.
func (*OneTimeCodes) Check(ctx context.Context, req infer.CheckRequest) (infer.CheckResponse[OneTimeCodesArgs], error) {
	return checked(ctx, req, func(args *OneTimeCodesArgs, problems *problems) {
		for i, name := range args.Names {
			switch {
			case strings.TrimSpace(name) != name || name == "" || strings.Contains(name, ","):
				problems.add("names", "%q must be a name without a comma and without whitespace around it", name)
			case slices.Contains(args.Names[:i], name):
				problems.add("names", "%q is there twice", name)
			}
		}
	})
}

// Create makes the codes.
func (*OneTimeCodes) Create(_ context.Context, req infer.CreateRequest[OneTimeCodesArgs]) (infer.CreateResponse[OneTimeCodesState], error) {
	state := OneTimeCodesState{OneTimeCodesArgs: req.Inputs}
	if !req.DryRun {
		state.Codes = codesFor(req.Inputs.Names, nil)
	}
	return infer.CreateResponse[OneTimeCodesState]{ID: req.Name, Output: state}, nil
}

// Read refuses an import; a refresh has nothing to compare, since the codes are
// only in the state.
func (*OneTimeCodes) Read(_ context.Context, req infer.ReadRequest[OneTimeCodesArgs, OneTimeCodesState]) (
	infer.ReadResponse[OneTimeCodesArgs, OneTimeCodesState], error,
) {
	return kept(req, req.State.Names != nil, "one-time codes", "their values are nowhere but in the state that made them",
		"run "+caller.Up()+", which makes new ones")
}

// Diff reports changed inputs; every change is an update.
func (*OneTimeCodes) Diff(_ context.Context, req infer.DiffRequest[OneTimeCodesArgs, OneTimeCodesState]) (p.DiffResponse, error) {
	return diffOf(changedInputs(req.State.OneTimeCodesArgs, req.Inputs)), nil
}

// Update makes codes for new names, and for all of another generation.
func (*OneTimeCodes) Update(
	_ context.Context, req infer.UpdateRequest[OneTimeCodesArgs, OneTimeCodesState],
) (infer.UpdateResponse[OneTimeCodesState], error) {
	state := OneTimeCodesState{OneTimeCodesArgs: req.Inputs}
	kept := req.State.byName()
	if req.State.Generation != req.Inputs.Generation {
		kept = nil
	}
	if !req.DryRun {
		state.Codes = codesFor(req.Inputs.Names, kept)
	}
	return infer.UpdateResponse[OneTimeCodesState]{Output: state}, nil
}

func (s OneTimeCodesState) byName() map[string]string {
	codes := map[string]string{}
	for pair := range strings.SplitSeq(s.Codes, ",") {
		if at := strings.LastIndexByte(pair, '='); at >= 0 { // a name may hold one too
			codes[pair[:at]] = pair[at+1:]
		}
	}
	return codes
}

// codesFor gives each name the code that it has, or 128 random bits.
func codesFor(names []string, kept map[string]string) string {
	pairs := make([]string, len(names))
	for i, name := range names {
		code := kept[name]
		if code == "" {
			code = rand.Text()
		}
		pairs[i] = fmt.Sprintf("%s=%s", name, code)
	}
	return strings.Join(pairs, ",")
}
