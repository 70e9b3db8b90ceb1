// Package targettest plans a target for the tests of every cloud, and holds
// the plan to what all of them promise. It is for tests alone.
package targettest

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/killrvideo/killrvideo-go/infra/app"
	"github.com/killrvideo/killrvideo-go/infra/plan"
	"github.com/killrvideo/killrvideo-go/infra/secret"
	"github.com/killrvideo/killrvideo-go/infra/target"
)

// Canary is the secret of the planned app; it is made up and opens nothing.
const Canary = "canary-41d2c0ffee7c0ffee41d2"

// Planned is what a target makes for an app with two secrets, one of them
// empty. The image is given, or built if it is "".
func Planned(t *testing.T, environment, image string, scale app.Scale, make func() (target.Target, error)) *plan.Plan {
	t.Helper()
	made, err := plan.Run(func(ctx *pulumi.Context) error {
		place, err := make()
		if err != nil {
			return err
		}
		reference, err := place.Image(ctx, image)
		if err != nil {
			return err
		}
		_, err = place.Deploy(ctx, App(environment, scale), reference)
		return err
	}, plan.Stack{Project: "killrvideo", Name: environment})
	if err != nil {
		t.Fatal(err)
	}
	return made
}

// App has one plain setting and two secrets, and calls a collector of traces.
func App(environment string, scale app.Scale) app.App {
	return app.App{
		Name: "killrvideo", Environment: environment, Probes: app.DefaultProbes(), Scale: scale,
		Settings: map[string]string{"LOG_LEVEL": "INFO"}, Calls: []int{4318},
		Secrets: []secret.Secret{
			secret.New("ASTRA_DB_APPLICATION_TOKEN", pulumi.String(Canary)), secret.New("JWT_SECRET_KEY_PREVIOUS", pulumi.String("")),
		},
	}
}

// Where picks the resources that match; none is a failure.
func Where(t *testing.T, p *plan.Plan, what string, matches func(plan.Resource) bool) (found []plan.Resource) {
	t.Helper()
	for _, r := range p.Resources {
		if matches(r) {
			found = append(found, r)
		}
	}
	if len(found) == 0 {
		t.Fatalf("the plan has no %s", what)
	}
	return found
}

// Find gives the resources of a type.
func Find(t *testing.T, p *plan.Plan, kind string) []plan.Resource {
	t.Helper()
	return Where(t, p, kind, func(r plan.Resource) bool { return r.Type == kind })
}

// Kept holds a plan to the promises of every target: each resource is below
// the component, bears the environment in its name, is replaced new first, and
// no secret is seen.
func Kept(t *testing.T, p *plan.Plan, environment, component string) {
	t.Helper()
	for _, r := range p.Resources {
		if !strings.HasSuffix(r.Name, "-"+environment) {
			t.Errorf("%s does not bear the environment", r.Label())
		}
		if !r.Component && r.Parent != component && !strings.HasPrefix(r.Type, "pulumi:providers:") {
			t.Errorf("%s is below %q", r.Label(), r.Parent)
		}
		if r.DeleteFirst {
			t.Errorf("%s would be deleted before its replacement is there", r.Label())
		}
	}
	if text := Printed(t, p); strings.Contains(text, Canary) {
		t.Error("the plan shows a secret")
	}
}

// Times holds the times that a plan declares to the target's table, and the
// table to its inequalities.
func Times(t *testing.T, times target.Times, env map[string]string, declared target.DeclaredTimes) {
	t.Helper()
	for name, variable := range map[string]string{
		"grace": "SHUTDOWN_GRACE_SECONDS", "time-out": "SHUTDOWN_TIMEOUT_SECONDS", "keep-alive": "KEEP_ALIVE_TIMEOUT_SECONDS",
	} {
		seconds, err := strconv.Atoi(env[variable])
		if err != nil {
			t.Errorf("the plan gives %s the value %q", variable, env[variable])
		}
		declared[name] = seconds
	}
	for _, wrong := range slices.Concat(times.Compare(declared), times.Problems()) {
		t.Error(wrong)
	}
}

// Protected wants every resource of these types protected, given as they are
// called in the plan, and nothing else: what rotates by replacement could not.
func Protected(t *testing.T, p *plan.Plan, types ...string) {
	t.Helper()
	seen := map[string]bool{}
	for _, r := range p.Resources {
		kind := r.Type[strings.LastIndex(r.Type, ":")+1:]
		wanted := slices.Contains(types, r.Type)
		seen[r.Type] = true
		if r.Protect != wanted {
			t.Errorf("%s (%s) is protected: %v", r.Name, kind, r.Protect)
		}
	}
	for _, kind := range types {
		if !seen[kind] {
			t.Errorf("the plan has no %s", kind)
		}
	}
}

// Printed is the plan as make plan shows it.
func Printed(t *testing.T, p *plan.Plan) string {
	t.Helper()
	var text strings.Builder
	if err := p.Print(&text); err != nil {
		t.Fatal(err)
	}
	return text.String()
}

// Refused holds an error to be one problem, of that setting, with a cure.
func Refused(t *testing.T, err error, key string) {
	t.Helper()
	var problems target.Problems
	if !errors.As(err, &problems) || len(problems) != 1 || problems[0].Key != key || problems[0].Example+problems[0].SecretFile == "" && !problems[0].Unread {
		t.Errorf("got %v", err)
	}
}
