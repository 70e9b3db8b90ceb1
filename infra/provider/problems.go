package provider

import (
	"context"
	"errors"
	"fmt"

	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi-go-provider/infer"
	"github.com/pulumi/pulumi/sdk/v3/go/property"
)

// problems collects what is wrong with inputs. A field whose value is not
// known yet, as happens at preview, decodes to its zero value and is not
// blamed for it.
type problems struct {
	known    property.Map
	failures []p.CheckFailure
}

// checked is the answer to the check of a resource: what is wrong by the types of
// its inputs, or else what its rules find, which may fill in inputs too.
func checked[I any](
	ctx context.Context, req infer.CheckRequest, rules func(args *I, problems *problems),
) (infer.CheckResponse[I], error) {
	args, failures, err := infer.DefaultCheck[I](ctx, req.NewInputs)
	if err == nil && len(failures) == 0 {
		found := problems{known: req.NewInputs}
		rules(&args, &found)
		failures = found.failures
	}
	return infer.CheckResponse[I]{Inputs: args, Failures: failures}, err
}

// add blames a field unless its value is unknown. The message must not hold
// the value of a secret.
func (c *problems) add(field, format string, args ...any) {
	if c.unknown(field) {
		return
	}
	c.failures = append(c.failures, p.CheckFailure{Property: field, Reason: fmt.Sprintf(format, args...)})
}

// require blames a field that is empty.
func (c *problems) require(field, value, what string) {
	if value == "" {
		c.add(field, "%s is required", what)
	}
}

// unknown says whether the value of a field, or a part of it, is not known yet.
func (c *problems) unknown(field string) bool {
	return c.known.Get(field).HasComputed()
}

// kept is the answer of a resource that is in the state alone: what is known of
// it there. An import knows nothing and is refused.
func kept[I, O any](req infer.ReadRequest[I, O], known bool, what, why, instead string) (infer.ReadResponse[I, O], error) {
	if !known {
		return infer.ReadResponse[I, O]{}, fmt.Errorf("import the %s %s: it cannot be imported: %s; %s", what, req.ID, why, instead)
	}
	return infer.ReadResponse[I, O](req), nil
}

// unless is an error, nil if it is one that was expected.
func unless(err, expected error) error {
	if errors.Is(err, expected) {
		return nil
	}
	return err
}
