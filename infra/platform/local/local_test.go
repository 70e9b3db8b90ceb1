package local

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/killrvideo/killrvideo-go/infra/app"
	"github.com/killrvideo/killrvideo-go/infra/platform/platformtest"
	"github.com/killrvideo/killrvideo-go/infra/secret"
)

func described() app.App {
	return app.App{
		Name: "shop", Environment: "dev", Container: "api", Port: 3000, Env: pulumi.StringMap{"LOG_LEVEL": pulumi.String("INFO")},
		PlatformEnv: func(f app.Facts) pulumi.StringMap { return pulumi.StringMap{"HOST": pulumi.String(f.Host)} },
	}
}

func TestDefaultsAndPorts(t *testing.T) {
	t.Parallel()
	made, err := New(described(), Settings{}, Sources{})
	if err != nil || made.args.Port != 8000 || made.settings.AstraPort != 8181 || made.Name() != "local" {
		t.Fatalf("got %+v, %v", made, err)
	}
	for name, test := range map[string]struct {
		settings Settings
		key      string
	}{
		"privileged": {Settings{Port: 80}, "local.port"},
		"too high":   {Settings{AstraPort: 70000}, "local.astraPort"},
		"the same":   {Settings{Port: 9000, AstraPort: 9000}, "local.astraPort"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := New(described(), test.settings, Sources{})
			platformtest.Refused(t, err, test.key)
		})
	}
}

// TestWhatDoesNothingIsRefused: this machine runs one process of the program.
func TestWhatDoesNothingIsRefused(t *testing.T) {
	t.Parallel()
	const image = "ghcr.io/example/shop@sha256:0000000000000000000000000000000000000000000000000000000000000000"
	for key, change := range map[string]func(*app.App){
		"app.image":         func(a *app.App) { a.Image = pulumi.String(image) },
		"app.build":         func(a *app.App) { a.Build = &app.Build{Context: "."} },
		"app.command":       func(a *app.App) { a.Command = []string{"node"} },
		"app.user":          func(a *app.App) { a.User = 1000 },
		"app.sidecars":      func(a *app.App) { a.Sidecars = []app.Sidecar{{Name: "proxy", Image: pulumi.String(image)}} },
		"app.schedules":     func(a *app.App) { a.Schedules = platformtest.Schedules() },
		"concurrency":       func(a *app.App) { a.Scale.Concurrency = 80 },
		"maxInstances":      func(a *app.App) { a.Scale.MaxInstances = 2 },
		"cpu":               func(a *app.App) { a.Scale.CPU = "2" },
		"memory":            func(a *app.App) { a.Scale.Memory = "1Gi" },
		"cpuPercent":        func(a *app.App) { a.Scale.CPUPercent = 50 },
		"requestsPerMinute": func(a *app.App) { a.Scale.RequestsPerMinute = 5 },
		"app.probes.readiness": func(a *app.App) {
			a.Probes.Readiness = app.Probe{Command: []string{"check"}}
		},
	} {
		t.Run(key, func(t *testing.T) {
			t.Parallel()
			a := described()
			change(&a)
			platformtest.Refused(t, ServiceArgs{App: a}.Validate(), key)
		})
	}
}

// TestWeb serves a build, or what a checkout was built into, beside the service.
func TestWeb(t *testing.T) {
	t.Parallel()
	write := func(path string) string {
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		return filepath.Dir(path)
	}
	checkout, program := t.TempDir(), &Program{Path: "/bin/web"}
	write(filepath.Join(checkout, "index.html")) // of its bundler
	write(filepath.Join(checkout, "package.json"))
	other := write(filepath.Join(t.TempDir(), "index.html"))
	for name, test := range map[string]struct {
		settings Settings
		key      string
	}{
		"a folder without a build":      {Settings{Web: t.TempDir()}, "local.web"},
		"a checkout that was not built": {Settings{Web: checkout}, "local.web"},
		"a port of nothing":             {Settings{WebPort: 8080}, "local.webPort"},
		"the port of the API":           {Settings{Web: other, WebPort: 8000}, "local.webPort"},
		"the port of Astra":             {Settings{Web: other, WebPort: 8181}, "local.webPort"},
		"a port of the system":          {Settings{Web: other, WebPort: 80}, "local.webPort"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := New(described(), test.settings, Sources{})
			platformtest.Refused(t, err, test.key)
		})
	}
	built := filepath.Join(t.TempDir(), "front-end")
	write(filepath.Join(built, "package.json"))
	build := write(filepath.Join(built, "dist", "index.html"))
	if found, err := Build(built); found != build || err != nil {
		t.Errorf("the build of a checkout is %q, %v", found, err)
	}
	p := platformtest.Run(t, "dev", func(ctx *pulumi.Context) error {
		url, err := NewWeb(ctx, "shop-web-dev", &WebArgs{
			Program: program, Build: build, API: pulumi.String("http://127.0.0.1:8000"), Port: 8080, StateDir: "/state",
		})
		ctx.Export("web", url)
		return err
	})
	process := platformtest.Find(t, p, "astradb:index:Process")[0]
	args := "[-listen 127.0.0.1:8080 -dir " + build + " -api http://127.0.0.1:8000]"
	if got := fmt.Sprint(process.Inputs["args"]); got != args || process.Inputs["dir"] != "/state/web" || process.Inputs["healthPath"] != "/" {
		t.Errorf("got %s, want %s", got, args)
	}
}

func TestTimes(t *testing.T) {
	t.Parallel()
	for _, seconds := range []int{0, 1, 20, 60, 3000} {
		a := described()
		a.RequestSeconds = seconds
		args := ServiceArgs{App: a}.withDefaults()
		for _, wrong := range args.times().Problems() {
			t.Errorf("with requests of %d s: %s", seconds, wrong)
		}
	}
}

// TestAProcessOfAnyService: its port, arguments, variables and secrets.
func TestAProcessOfAnyService(t *testing.T) {
	t.Parallel()
	for name, asFiles := range map[string]bool{"secrets as variables": false, "secrets as files": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := described()
			a.Args = []string{"-v"}
			a.Secrets = []secret.Secret{
				secret.New(
					"API_KEY", pulumi.String(platformtest.Canary),
				), secret.NewFile("TLS_FILE", "/etc/tls/key.pem", pulumi.String(platformtest.Canary)),
			}
			p := platformtest.Run(t, "dev", func(ctx *pulumi.Context) error {
				_, err := NewService(ctx, "shop", &ServiceArgs{
					App: a, Program: &Program{Path: "/bin/shop", Digest: "abc"}, Front: &Program{Path: "/bin/front"},
					StateDir: "/state", SecretsAsFiles: asFiles,
				})
				return err
			})
			process := platformtest.Find(t, p, "astradb:index:Process")[0]
			for input, want := range map[string]any{"command": "/bin/shop", "dir": "/state/api", "healthPath": "tcp", "portVariable": "PORT"} {
				if process.Inputs[input] != want {
					t.Errorf("%s is %v, want %v", input, process.Inputs[input], want)
				}
			}
			text := platformtest.Printed(t, p)
			if strings.Contains(text, platformtest.Canary) {
				t.Error("the plan shows a secret")
			}
			if asFiles && !strings.Contains(text, "HOST: 127.0.0.1") {
				t.Errorf("it does not listen on this machine alone:\n%s", text)
			}
		})
	}
}

func TestBuildNamesAProgramByItsContent(t *testing.T) {
	t.Parallel()
	bin, dir := t.TempDir(), t.TempDir()
	write := func(name, text string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("go.mod", "module example\n\ngo 1.26\n")
	write("main.go", "package main\n\nfunc main() { println(1) }\n")
	program := GoProgram{Dir: dir, Package: ".", Name: "shop"}
	build := func() string {
		built, err := program.Build(bin)
		if err != nil || !strings.HasSuffix(built.Path, "shop-"+built.Digest[:12]) {
			t.Fatalf("got %+v, %v", built, err)
		}
		return built.Path
	}
	linked := func() os.FileInfo {
		info, err := os.Stat(filepath.Join(bin, "shop"))
		if err != nil {
			t.Fatal(err)
		}
		return info
	}
	first, before := build(), linked()
	if build() != first {
		t.Error("the same source gave two programs")
	}
	if !os.SameFile(before, linked()) {
		t.Error("the same source was linked again")
	}
	write("main.go", "package main\n\nfunc main() { println(2) }\n")
	if build() == first {
		t.Error("another source gave the same program")
	}
	if _, err := os.Stat(first); err != nil {
		t.Errorf("the first program is gone: %v", err)
	}
	digest, err := digestOf(first)
	if err != nil {
		t.Fatal(err)
	}
	if earlier, err := program.Built(bin, "shop@sha256:"+digest); err != nil || earlier.Path != first {
		t.Errorf("the earlier build is %+v, %v", earlier, err)
	}
	if earlier, err := program.Built(bin, "shop@sha256:00"+digest[2:]); err == nil {
		t.Errorf("a build that never was is %+v", earlier)
	}
	write("main.go", "package main\n\nfunc main() { nonsense }\n")
	if _, err := program.Build(bin); err == nil || !strings.Contains(err.Error(), "nonsense") {
		t.Errorf("a program that does not compile gave %v", err)
	}
}
