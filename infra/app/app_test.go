package app

import (
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/killrvideo/killrvideo-go/infra/secret"
)

const image = "ghcr.io/example/shop@sha256:0000000000000000000000000000000000000000000000000000000000000000"

func valid() App {
	return App{Name: "shop", Environment: "dev", Image: pulumi.String(image), Env: pulumi.StringMap{"A": pulumi.String("1")}}
}

// revisionOf waits for a revision, whose inputs are all known.
func revisionOf(t *testing.T, a App, image, version string) string {
	t.Helper()
	found := make(chan string, 1)
	pins := []secret.Pinned{{Env: "TOKEN", Version: pulumi.String(version).ToStringOutput()}}
	a.Revision(pulumi.String(image), a.Env, pins).ApplyT(func(revision string) string { found <- revision; return revision })
	return <-found
}

func TestRevisionDependsOnEverythingItPins(t *testing.T) {
	t.Parallel()
	base := revisionOf(t, valid(), "a", "v1")
	if len(base) != 12 || revisionOf(t, valid(), "a", "v1") != base {
		t.Errorf("the revision %q is not 12 digits, or another one the second time", base)
	}
	sidecar := Sidecar{Name: "proxy", Image: pulumi.String(image), Env: pulumi.StringMap{"LEVEL": pulumi.String("warn")}}
	others := map[string]string{"image": revisionOf(t, valid(), "b", "v1"), "version": revisionOf(t, valid(), "a", "v2")}
	for name, change := range map[string]func(*App){
		"variable":           func(a *App) { a.Env["A"] = pulumi.String("2") },
		"command":            func(a *App) { a.Command = []string{"serve"} },
		"argument":           func(a *App) { a.Args = []string{"-v"} },
		"sidecar":            func(a *App) { a.Sidecars = []Sidecar{sidecar} },
		"sidecar's image":    func(a *App) { s := sidecar; s.Image = pulumi.String("b"); a.Sidecars = []Sidecar{s} },
		"sidecar's variable": func(a *App) { s := sidecar; s.Env = nil; a.Sidecars = []Sidecar{s} },
	} {
		a := valid()
		change(&a)
		others[name] = revisionOf(t, a, "a", "v1")
	}
	seen := map[string]string{base: "none"}
	for name, revision := range others {
		if seen[revision] != "" {
			t.Errorf("the changes of %s and %s give the same revision", name, seen[revision])
		}
		seen[revision] = name
	}
}

// TestRevisionOfPlainServices is the hash that earlier versions made, so that an
// update of the toolkit alone makes no new revision.
func TestRevisionOfPlainServices(t *testing.T) {
	t.Parallel()
	c := content{Image: "sha256:a", Settings: map[string]string{"A": "1"}, Versions: map[string]string{"TOKEN": "v1"}}
	if got, err := c.revision(); err != nil || got != "65daaf1062ec" {
		t.Errorf("got %s, %v", got, err)
	}
}

func file(env, path string) []secret.Secret {
	return []secret.Secret{secret.NewFile(env, path, pulumi.String("generated for this test"))}
}

func TestValidate(t *testing.T) {
	t.Parallel()
	token := secret.New("TOKEN", pulumi.String("generated for this test"))
	for name, test := range map[string]struct {
		change func(*App)
		key    string
	}{
		"valid":                       {func(*App) {}, ""},
		"no name":                     {func(a *App) { a.Name = "" }, "app.name"},
		"a long name":                 {func(a *App) { a.Name = strings.Repeat("a", 31) }, "app.name"},
		"a name in capitals":          {func(a *App) { a.Name = "Shop" }, "app.name"},
		"no environment":              {func(a *App) { a.Environment = "" }, "app.environment"},
		"a port":                      {func(a *App) { a.Port = 70000 }, "app.port"},
		"a container's name":          {func(a *App) { a.Container = "My App" }, "app.container"},
		"an image by tag":             {func(a *App) { a.Image = pulumi.String("shop:latest") }, "app.image"},
		"an image and a build":        {func(a *App) { a.Build = &Build{Context: "."} }, "app.build"},
		"a build without a context":   {func(a *App) { a.Image, a.Build = nil, &Build{} }, "app.build.context"},
		"a negative user":             {func(a *App) { a.User = -1 }, "app.user"},
		"a long request":              {func(a *App) { a.RequestSeconds = 3001 }, "app.requestSeconds"},
		"two secrets of a name":       {func(a *App) { a.Secrets = []secret.Secret{token, token} }, "app.env"},
		"a variable that is a secret": {func(a *App) { a.Secrets = []secret.Secret{token}; a.Env["TOKEN"] = pulumi.String("x") }, "app.env"},
		"the platform's variable":     {func(a *App) { a.Env["PORT"] = pulumi.String("1") }, "app.env"},
		"no name of a variable":       {func(a *App) { a.Env["A-B"] = pulumi.String("1") }, "app.env"},
		"a file without a folder":     {func(a *App) { a.Secrets = file("KEY_FILE", "/key") }, "app.secrets"},
		"a file's variable":           {func(a *App) { a.Secrets = file("KEY", "/etc/key/pem") }, "app.secrets"},
		"a sidecar by tag":            {func(a *App) { a.Sidecars = []Sidecar{{Name: "proxy", Image: pulumi.String("p:1")}} }, "app.sidecars"},
		"a sidecar of the app's name": {func(a *App) { a.Sidecars = []Sidecar{{Name: "app", Image: pulumi.String(image)}} }, "app.sidecars"},
		"a sidecar's secret": {func(a *App) {
			a.Sidecars = []Sidecar{{Name: "p1", Image: a.Image, Secrets: []string{"X"}}}
		}, "app.sidecars"},
		"a probe's path":               {func(a *App) { a.Probes.Readiness.HTTPPath = "health" }, "app.probes.readiness"},
		"the proof's path":             {func(a *App) { a.Proof.Path = "health" }, "app.proof.path"},
		"two places of a revision":     {func(a *App) { a.Proof = Proof{JSONField: "a", Header: "B"} }, "app.proof.header"},
		"a time to start":              {func(a *App) { a.Probes.StartupSeconds = -1 }, "app.probes.startupSeconds"},
		"fewer at most than at least":  {func(a *App) { a.Scale = Scale{MinInstances: 3, MaxInstances: 2} }, "minInstances"},
		"an average use of processors": {func(a *App) { a.Scale.CPUPercent = 100 }, "cpuPercent"},
		"requests a minute":            {func(a *App) { a.Scale.RequestsPerMinute = -1 }, "requestsPerMinute"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := valid()
			test.change(&a)
			err := a.Validate()
			problems, _ := err.(Problems) //nolint:errorlint // Validate says that it is of that type
			switch {
			case test.key == "" && err != nil:
				t.Errorf("refused: %v", err)
			case test.key != "" && (len(problems) != 1 || problems[0].Key != test.key):
				t.Errorf("got %v, want one problem of %s", err, test.key)
			}
		})
	}
}

func TestDefaults(t *testing.T) {
	t.Parallel()
	a := valid().WithDefaults()
	if a.Title != "shop" || a.Port != 8080 || a.Container != "app" || a.User != 65532 || !a.Probes.Readiness.TCP || a.Proof.Path != "/" {
		t.Errorf("got %+v", a)
	}
	if a.Scale.MaxInstances != 3 || a.Scale.CPU != "1" {
		t.Errorf("got the scale %+v", a.Scale)
	}
}

// TestEnvWinsOverThePlatform, and a file's path is a variable.
func TestEnvWinsOverThePlatform(t *testing.T) {
	t.Parallel()
	a := valid()
	a.PlatformEnv = func(f Facts) pulumi.StringMap {
		return pulumi.StringMap{"A": pulumi.String("platform"), "WHERE": pulumi.String(f.Platform)}
	}
	a.Secrets = []secret.Secret{secret.NewFile("KEY_FILE", "/etc/key/pem", pulumi.String("x"))}
	env := a.Environ(Facts{Platform: "ecs"})
	for name, want := range map[string]string{"A": "1", "WHERE": "ecs", "KEY_FILE": "/etc/key/pem"} {
		if got, _ := Known(env[name]); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
}

func TestProblemsSayWhatFixesThem(t *testing.T) {
	t.Parallel()
	var p Problems
	if p.OrNil() != nil {
		t.Error("no problem is an error")
	}
	p.Add("cloudrun.region", "europe-west1", "%q is not a region", "moon")
	p.AddUnread("concurrency", "does nothing")
	p.AddSecret("login", "config.json", "is not one")
	want := `cloudrun.region: "moon" is not a region; set it, for example, to europe-west1
concurrency: does nothing; leave it out
login: is not one; read it as a secret from a file such as config.json`
	if err := p.OrNil(); err == nil || err.Error() != want {
		t.Errorf("got %v", err)
	}
}
