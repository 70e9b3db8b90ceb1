package policy

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/internals"

	"github.com/killrvideo/killrvideo-go/infra/plan"
)

// Enforce refuses every resource of the program that breaks a rule, on preview
// and on up, before it is created or changed. It judges the inputs that the
// engine is about to use; what only a provider will know is judged in the up.
// Call it before the first resource is registered. A permitted finding is
// printed as a warning.
func Enforce(ctx *pulumi.Context, waivers []Waiver) error {
	for _, w := range waivers {
		if err := w.Validate(); err != nil {
			return err
		}
	}
	e := &enforcer{ctx: ctx, waivers: waivers, now: time.Now}
	if err := ctx.RegisterResourceTransform(e.transform); err != nil {
		return fmt.Errorf("register the policy with the engine: %w", err)
	}
	return nil
}

type enforcer struct {
	ctx     *pulumi.Context
	waivers []Waiver
	now     func() time.Time

	mu    sync.Mutex
	known []plan.Resource
}

// transform changes nothing. It has no error to return, so it refuses a
// resource by an input that fails with the findings.
func (e *enforcer) transform(ctx context.Context, args *pulumi.ResourceTransformArgs) *pulumi.ResourceTransformResult {
	r, err := resourceOf(ctx, args)
	if err == nil {
		err = e.judge(r)
	}
	if err == nil {
		return nil
	}
	failed := pulumi.String("").ToStringOutput().ApplyT(func(string) (string, error) { return "", err }).(pulumi.StringOutput)
	return &pulumi.ResourceTransformResult{Props: pulumi.Map{"policy": failed}, Opts: args.Opts}
}

func (e *enforcer) judge(r plan.Resource) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	found := judge(Rules(), r, e.known, e.waivers, e.now())
	e.known = append(e.known, r)
	// A service that is registered before what it needs did not wait for it.
	for _, earlier := range e.known {
		found = append(found, judge([]Rule{servicesWait()}, earlier, []plan.Resource{r}, e.waivers, e.now())...)
	}
	var broken []string
	for _, f := range found {
		if f.Waiver == nil {
			broken = append(broken, f.String())
			continue
		}
		_ = e.ctx.Log.Warn(fmt.Sprintf("policy: waived until %s, %s: %s", f.Waiver.Expires, f.Waiver.Reason, f), nil)
	}
	if len(broken) == 0 {
		return nil
	}
	return fmt.Errorf("policy refuses %s", strings.Join(broken, "; "))
}

// resourceOf is the resource as rules see it.
func resourceOf(ctx context.Context, args *pulumi.ResourceTransformArgs) (plan.Resource, error) {
	r := plan.Resource{
		Type: args.Type, Name: args.Name, Component: !args.Custom, Protect: args.Opts.Protect, DeleteFirst: args.Opts.DeleteBeforeReplace,
	}
	reader := &inputReader{ctx: ctx}
	if args.Opts.Parent != nil {
		r.Parent = reader.label(args.Opts.Parent)
	}
	for _, needed := range args.Opts.DependsOn {
		reader.needs = append(reader.needs, reader.label(needed))
	}
	r.Inputs, _ = reader.plain(args.Props).(map[string]any)
	slices.Sort(reader.needs)
	r.After = slices.Compact(reader.needs)
	return r, reader.err
}

// inputReader turns inputs into plain values, secrets masked and unknown ones
// marked, and collects what they depend on.
type inputReader struct {
	ctx   context.Context
	needs []string
	err   error
}

func (i *inputReader) plain(input any) any {
	if output, is := input.(pulumi.Output); is {
		result := i.await(output)
		switch {
		case result.Secret:
			return plan.Secret
		case !result.Known:
			return plan.Unknown
		}
		return i.plain(result.Value)
	}
	switch value := reflect.ValueOf(input); value.Kind() {
	case reflect.Map:
		members := make(map[string]any, value.Len())
		for name, member := range value.Seq2() {
			members[name.String()] = i.plain(member.Interface())
		}
		return members
	case reflect.Slice:
		items := make([]any, 0, value.Len())
		for _, item := range value.Seq2() {
			items = append(items, i.plain(item.Interface()))
		}
		return items
	case reflect.String:
		return value.String()
	case reflect.Bool:
		return value.Bool()
	case reflect.Float64:
		return value.Float()
	}
	return nil
}

func (i *inputReader) await(output pulumi.Output) internals.UnsafeAwaitOutputResult {
	result, err := internals.UnsafeAwaitOutput(i.ctx, output)
	if err != nil && i.err == nil {
		i.err = fmt.Errorf("read an input for the policy: %w", err)
	}
	for _, needed := range result.Dependencies {
		i.needs = append(i.needs, i.label(needed))
	}
	return result
}

func (i *inputReader) label(r pulumi.Resource) string {
	result, err := internals.UnsafeAwaitOutput(i.ctx, r.URN())
	if err != nil && i.err == nil {
		i.err = fmt.Errorf("read a URN for the policy: %w", err)
	}
	urn, _ := result.Value.(pulumi.URN)
	return plan.LabelOf(string(urn))
}
