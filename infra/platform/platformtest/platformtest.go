// Package platformtest plans a deployment for the tests of every platform, and
// holds the plan to what all of them promise. It is for tests alone.
package platformtest

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/killrvideo/killrvideo-go/infra/app"
	"github.com/killrvideo/killrvideo-go/infra/plan"
	"github.com/killrvideo/killrvideo-go/infra/platform"
	"github.com/killrvideo/killrvideo-go/infra/secret"
)

// Canary is the secret of the planned app; it is generated and valid nowhere.
const Canary = "canary-41d2c0ffee7c0ffee41d2"

// Planned is what a platform makes for an app with two secrets, one of them
// empty. The image is given, or built if it is "".
func Planned(t *testing.T, environment, image string, scale app.Scale, build func(app.App) (platform.Platform, error)) *plan.Plan {
	t.Helper()
	return Run(t, environment, func(ctx *pulumi.Context) error {
		a := App(environment, image, scale)
		to, err := build(a)
		if err != nil {
			return err
		}
		_, err = to.Deploy(ctx, a)
		return err
	})
}

// Run is the plan of a program.
func Run(t *testing.T, stack string, program pulumi.RunFunc) *plan.Plan {
	t.Helper()
	made, err := plan.Run(program, plan.Stack{Project: "shop", Name: stack})
	if err != nil {
		t.Fatal(err)
	}
	return made
}

// App has one plain variable and two secrets, and connects to a collector of
// traces. The image is given, or built if it is "".
func App(environment, image string, scale app.Scale) app.App {
	a := app.App{
		Name: "shop", Environment: environment, Container: "api", Port: 8000, Scale: scale, RequestSeconds: 20,
		Probes: app.Probes{
			Liveness:  app.Probe{HTTPPath: "/health", Command: []string{"/shop", "-healthcheck"}},
			Readiness: app.Probe{HTTPPath: "/health/serving"},
		},
		Proof:       app.Proof{Path: "/health/ready", JSONField: "revision"},
		Env:         pulumi.StringMap{"LOG_LEVEL": pulumi.String("INFO")},
		PlatformEnv: timesAsVariables,
		EgressPorts: []int{4318},
		Secrets: []secret.Secret{
			secret.New("DATABASE_TOKEN", pulumi.String(Canary)), secret.New("KEY_PREVIOUS", pulumi.String("")),
		},
		RedeployCommand: "pulumi config set redeploy 2",
	}
	if image == "" {
		a.Build = &app.Build{Context: "/checkout"}
	} else {
		a.Image = pulumi.String(image)
	}
	return a
}

// timesAsVariables lets Times find them in a plan.
func timesAsVariables(f app.Facts) pulumi.StringMap {
	return pulumi.StringMap{
		"GRACE": pulumi.String(strconv.Itoa(f.Times.Grace)), "TIMEOUT": pulumi.String(strconv.Itoa(f.Times.Timeout)),
		"KEEP_ALIVE": pulumi.String(strconv.Itoa(f.Times.KeepAlive)), "TRUSTED_PROXIES": pulumi.String(f.TrustedProxies),
	}
}

// Store is a second service, which shares nothing with App: another port, a
// command, a sidecar, a secret as a file, TCP probes, and no revision in its
// answers.
func Store() app.App {
	const digest = "@sha256:2222222222222222222222222222222222222222222222222222222222222222"
	return app.App{
		Name: "store", Environment: "test", Image: pulumi.String("ghcr.io/example/store" + digest), Port: 3000,
		Command: []string{"node"}, Args: []string{"server.js"}, WritableRoot: true,
		Env: pulumi.StringMap{"MODE": pulumi.String("fast")},
		Secrets: []secret.Secret{
			secret.New("API_KEY", pulumi.String(Canary)),
			secret.NewFile("TLS_KEY_FILE", "/etc/store/tls/key.pem", pulumi.String(Canary)),
		},
		Sidecars: []app.Sidecar{{
			Name: "proxy", Image: pulumi.String("ghcr.io/example/proxy" + digest), Args: []string{"--quiet"},
			Env: pulumi.StringMap{"LEVEL": pulumi.String("warn")}, Secrets: []string{"API_KEY"},
		}},
		Scale: app.Scale{MinInstances: 1, MaxInstances: 2},
	}
}

// Schedules are one request every night, with a secret in a header.
func Schedules() []app.Schedule {
	return []app.Schedule{{
		Name: "nightly", Cron: "0 3 * * *", Path: "/tasks/nightly", Headers: pulumi.StringMap{"X-Token": pulumi.String(Canary)},
	}}
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

// Promises holds a plan to the promises of every platform: each resource is
// below the component, has the environment in its name, is replaced new first,
// and no secret is seen.
func Promises(t *testing.T, p *plan.Plan, environment, component string) {
	t.Helper()
	for _, r := range p.Resources {
		if !strings.HasSuffix(strings.TrimSuffix(r.Name, "-tag"), "-"+environment) {
			t.Errorf("%s does not have the environment in its name", r.Label())
		}
		below := r.Parent == component || strings.HasPrefix(r.Parent, "infra:image:") || strings.Contains(r.Parent, ":Secrets ")
		if r.Label() != component && !below && !strings.HasPrefix(r.Type, "pulumi:providers:") {
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

// Times holds the times that a plan declares to the platform's table, and the
// table to its inequalities.
func Times(t *testing.T, times app.Times, env map[string]string, declared app.DeclaredTimes) {
	t.Helper()
	for name, variable := range map[string]string{
		"grace": "GRACE", "time-out": "TIMEOUT", "keep-alive": "KEEP_ALIVE",
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

// Protected wants every resource of these types protected, and nothing else:
// what rotates by replacement could not.
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

// Refused wants an error that is one problem, of that setting, with its fix.
func Refused(t *testing.T, err error, key string) {
	t.Helper()
	var problems platform.Problems
	if !errors.As(err, &problems) || len(problems) != 1 || problems[0].Key != key ||
		problems[0].Example+problems[0].SecretFile == "" && !problems[0].Unread {
		t.Errorf("got %v, want one problem of %s", err, key)
	}
}

// At is a value within others, by the names and numbers of a path such as
// containers.0.name; nil if there is none.
func At(value any, path string) any {
	for step := range strings.SplitSeq(path, ".") {
		switch in := value.(type) {
		case map[string]any:
			value = in[step]
		case []any:
			n, err := strconv.Atoi(step)
			if err != nil || n >= len(in) {
				return nil
			}
			value = in[n]
		default:
			return nil
		}
	}
	return value
}
