package local

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/killrvideo/killrvideo-go/infra/app"
)

func TestDefaultsAndPorts(t *testing.T) {
	t.Parallel()
	target, err := New("/checkout", Settings{})
	if err != nil || target.settings.Port != 8000 || target.settings.AstraPort != 8181 || target.Name() != "local" {
		t.Fatalf("got %+v, %v", target, err)
	}
	for name, test := range map[string]struct {
		settings Settings
		want     string
	}{
		"privileged": {Settings{Port: 80}, "local.port: 80"},
		"too high":   {Settings{AstraPort: 70000}, "local.astraPort: 70000"},
		"the same":   {Settings{Port: 9000, AstraPort: 9000}, "9000 is local.port"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := New("/checkout", test.settings)
			if err == nil || !strings.Contains(err.Error(), test.want) || !strings.Contains(err.Error(), "pulumi config set") {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestOnlyLoopback(t *testing.T) {
	t.Parallel()
	target, err := New("/checkout", Settings{Port: 8010})
	if err != nil {
		t.Fatal(err)
	}
	plain := app.App{Settings: map[string]string{"LOG_LEVEL": "INFO"}}
	settings := target.settingsOf(plain)
	if settings["HOST"] != "127.0.0.1" || settings["PORT"] != "" || urlOf(8010) != "http://127.0.0.1:8010" {
		t.Errorf("got %v", settings)
	}
	if len(plain.Settings) != 1 {
		t.Error("the app's own settings were changed")
	}
}

func TestBuildNamesAProgramByItsContent(t *testing.T) {
	t.Setenv("KILLRVIDEO_HOME", t.TempDir())
	root := t.TempDir()
	write := func(name, text string) {
		path := filepath.Join(root, "service", name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("go.mod", "module example\n\ngo 1.26\n")
	write("main.go", "package main\n\nfunc main() { println(1) }\n")
	target, err := New(root, Settings{})
	if err != nil {
		t.Fatal(err)
	}
	build := func() string {
		path, digest, err := target.build("service", ".", "killrvideo")
		if err != nil || !strings.HasSuffix(path, "killrvideo-"+digest[:12]) {
			t.Fatalf("got %s, %s, %v", path, digest, err)
		}
		return path
	}
	first := build()
	if build() != first {
		t.Error("the same source gave two programs")
	}
	write("main.go", "package main\n\nfunc main() { println(2) }\n")
	if build() == first {
		t.Error("another source gave the same program")
	}
	if _, err := os.Stat(first); err != nil {
		t.Errorf("the first program is gone: %v", err)
	}
	write("main.go", "package main\n\nfunc main() { nonsense }\n")
	if _, _, err := target.build("service", ".", "killrvideo"); err == nil || !strings.Contains(err.Error(), "nonsense") {
		t.Errorf("a program that does not compile gave %v", err)
	}
}
