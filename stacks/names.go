package stacks

import (
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// keepNamesOfEnvironment lets a stack keep the resources that an earlier
// version named by its environment. They are named by the stack now, since an
// environment may be changed.
func keepNamesOfEnvironment(ctx *pulumi.Context, cfg *Config) error {
	if cfg.Environment == cfg.Stack {
		return nil
	}
	return ctx.RegisterStackTransformation(func(args *pulumi.ResourceTransformationArgs) *pulumi.ResourceTransformationResult {
		before, named := nameByEnvironment(args.Name, cfg.Stack, cfg.Environment)
		if !named {
			return nil
		}
		alias := pulumi.Aliases([]pulumi.Alias{{Name: pulumi.String(before)}})
		return &pulumi.ResourceTransformationResult{Props: args.Props, Opts: append(args.Opts, alias)}
	})
}

// nameByEnvironment is a resource's name with the environment in the place of
// the stack, if the stack is in it: at the end, or before another part.
func nameByEnvironment(name, stack, environment string) (string, bool) {
	prefix, rest, found := strings.Cut(name, "-"+stack)
	if !found || rest != "" && !strings.HasPrefix(rest, "-") {
		return "", false
	}
	return prefix + "-" + environment + rest, true
}
