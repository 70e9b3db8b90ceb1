package stacks

import (
	"fmt"
	"path/filepath"
	"strconv"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/killrvideo/killrvideo-go/infra/app"
	"github.com/killrvideo/killrvideo-go/infra/caller"
	"github.com/killrvideo/killrvideo-go/infra/credentials"
	"github.com/killrvideo/killrvideo-go/infra/platform"
	"github.com/killrvideo/killrvideo-go/infra/provider/resource"
	"github.com/killrvideo/killrvideo-go/infra/secret"
	"github.com/killrvideo/killrvideo-go/service/config/table"
	"github.com/killrvideo/killrvideo-go/stacks/launch/checkout"
)

// What KillrVideo is called in a cloud, and in descriptions.
const (
	appName  = "killrvideo"
	appTitle = "KillrVideo API"
)

// requestSeconds is the longest that the service takes for a request,
// requestTimeout in service/serve.go; a test compares the two.
const requestSeconds = 20

// App is what of the service is known before anything is made.
func (c *Config) App() (app.App, error) {
	a := app.App{
		Name: appName, Environment: c.Environment, Title: appTitle, Container: "api", Port: 8000, RequestSeconds: requestSeconds,
		Probes: app.Probes{
			Liveness:  app.Probe{HTTPPath: "/health", Command: []string{"/killrvideo", "-healthcheck"}},
			Readiness: app.Probe{HTTPPath: "/health/serving"},
		},
		Proof:       app.Proof{Path: "/health/ready", JSONField: "revision"},
		EgressPorts: c.egressPorts(),
		PlatformEnv: platformEnv,
		RedeployCommand: caller.Pulumi(fmt.Sprintf("config set redeploy %d --stack %s", time.Now().Unix(), c.Stack)) +
			" && " + caller.Verb("up", c.Stack),
	}
	if c.Target == "local" {
		return a, nil
	}
	a.Scale = c.Scale
	if c.Image != "" {
		a.Image = pulumi.String(c.Image)
		return a, nil
	}
	root, err := checkout.Root()
	if err != nil {
		return a, err
	}
	a.Build = buildOf(root)
	return a, nil
}

// buildOf is the image's build, whose arguments name what it is built from, for
// its labels and /version.
func buildOf(root string) *app.Build {
	release := platform.ReleaseOf(root, "Dockerfile", "service", "astra")
	return &app.Build{
		Context: root, Dockerfile: filepath.Join(root, "Dockerfile"),
		Args: pulumi.StringMap{"VERSION": pulumi.String(release.Version), "COMMIT": pulumi.String(release.Commit)},
	}
}

// platformEnv are the service's variables that depend on the platform.
func platformEnv(f app.Facts) pulumi.StringMap {
	env := pulumi.StringMap{
		"TRUSTED_PROXIES":            pulumi.String(f.TrustedProxies),
		"SHUTDOWN_GRACE_SECONDS":     pulumi.String(strconv.Itoa(f.Times.Grace)),
		"SHUTDOWN_TIMEOUT_SECONDS":   pulumi.String(strconv.Itoa(f.Times.Timeout)),
		"KEEP_ALIVE_TIMEOUT_SECONDS": pulumi.String(strconv.Itoa(f.Times.KeepAlive)),
	}
	if f.Host != "" {
		env["HOST"] = pulumi.String(f.Host)
	}
	if f.Platform == "cloudrun" {
		env["LOG_FORMAT"], env["GOOGLE_CLOUD_PROJECT"] = pulumi.String("google"), f.Project
	}
	return env
}

// describe says what runs: the settings of the service's own guide.
func describe(
	ctx *pulumi.Context, cfg *Config, target platform.Platform, astra *credentials.Astra, creds *credentials.Credentials,
) (app.App, error) {
	a, err := cfg.App()
	if err != nil {
		return a, err
	}
	a.Env = serviceVariables(cfg, astra)
	a.Env["JWT_SECRET_KEY_PREVIOUS_ISSUED_UNTIL"] = creds.Key.PreviousIssuedUntil
	a.Env["JWT_SECRET_KEY_PREVIOUS_VERIFIES_UNTIL"] = creds.Key.PreviousExpiresAt
	a.Env["SESSIONS_VALID_AFTER"] = creds.Key.SessionsValidAfter
	if a.Secrets, err = secrets(ctx, cfg, creds); err != nil {
		return a, err
	}
	if p, is := target.(platform.Intermittent); is && p.Intermittent() {
		err = scheduleSweep(ctx, cfg, &a)
	}
	return a, err
}

// scheduleSweep has the platform request the background jobs, with a token that
// the service and the scheduler alone know. It is in a header of its own, since
// a platform may need Authorization for an identity.
func scheduleSweep(ctx *pulumi.Context, cfg *Config, a *app.App) error {
	token, err := resource.NewRandom(ctx, "sweep-"+cfg.Stack, &resource.RandomArgs{})
	if err != nil {
		return fmt.Errorf("the token for /tasks/sweep: %w", err)
	}
	a.Secrets = append(a.Secrets, secret.New("SWEEP_TOKEN", token.Value).Unprotected())
	a.Schedules = []app.Schedule{{
		Name: "sweep", Cron: "*/15 * * * *", Path: "/tasks/sweep", Headers: pulumi.StringMap{"X-Sweep-Token": token.Value},
	}}
	return nil
}

// secrets are the service's secret variables. Those that a setting can take away
// again are not protected, or the up that does so would fail.
func secrets(ctx *pulumi.Context, cfg *Config, creds *credentials.Credentials) ([]secret.Secret, error) {
	all := []secret.Secret{
		secret.New("ASTRA_DB_APPLICATION_TOKEN", creds.Token.Token),
		secret.New("ASTRA_DB_READ_ONLY_TOKEN", creds.ReadOnly.Token),
		secret.New("JWT_SECRET_KEY", creds.Key.Current),
		secret.New("JWT_SECRET_KEY_PREVIOUS", creds.Key.Previous),
	}
	if creds.Moderators != nil {
		all = append(all, secret.New("MODERATOR_CODES", creds.Moderators.Codes).Unprotected())
	}
	for _, of := range table.Service() {
		if of.Secret && cfg.Has(of.StackKey) {
			all = append(all, secret.New(of.Name, secretSetting(ctx, of.StackKey, true)).Unprotected())
		}
	}
	if cfg.generatesMetricsToken() {
		token, err := resource.NewRandom(ctx, "metrics-"+cfg.Stack, &resource.RandomArgs{})
		if err != nil {
			return nil, fmt.Errorf("the token for /metrics: %w", err)
		}
		all = append(all, secret.New("METRICS_TOKEN", token.Value).Unprotected())
		ctx.Export("metricsToken", pulumi.ToSecret(token.Value))
	}
	return all, nil
}
