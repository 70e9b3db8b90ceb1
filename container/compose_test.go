//go:build linux

package container

import (
	"os"
	"strings"
	"testing"
	"time"

	"gopkg.in/yaml.v3"
)

// project is what is read of compose.yaml.
type project struct {
	Services map[string]service
	Volumes  map[string]any
}

type service struct {
	Image       string
	ReadOnly    bool     `yaml:"read_only"`
	CapDrop     []string `yaml:"cap_drop"`
	SecurityOpt []string `yaml:"security_opt"`
	PidsLimit   string   `yaml:"pids_limit"`
	MemLimit    string   `yaml:"mem_limit"`

	Entrypoint, Command, Tmpfs, Volumes, Ports []string

	Environment map[string]string
	Build       struct{ Dockerfile string }
}

func readProject(t *testing.T) project {
	t.Helper()
	text, err := os.ReadFile("../compose.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var p project
	if err := yaml.Unmarshal(text, &p); err != nil {
		t.Fatal(err)
	}
	return p
}

// TestComposeFile checks what a reader of compose.yaml relies on.
func TestComposeFile(t *testing.T) {
	t.Parallel()
	p := readProject(t)
	if len(p.Services) != 3 {
		t.Fatalf("services: %v", p.Services)
	}
	for name, s := range p.Services {
		for _, port := range s.Ports {
			if !strings.HasPrefix(port, "127.0.0.1:") {
				t.Errorf("%s publishes %s to the whole network", name, port)
			}
		}
		if !s.ReadOnly || len(s.CapDrop) != 1 || s.CapDrop[0] != "ALL" || s.SecurityOpt[0] != "no-new-privileges:true" {
			t.Errorf("%s is not hardened: %+v", name, s)
		}
		for setting, value := range s.Environment {
			secret := strings.Contains(setting, "TOKEN") || strings.Contains(setting, "SECRET") || strings.Contains(setting, "API_KEY")
			if secret && (!strings.HasSuffix(setting, "_FILE") || !strings.HasPrefix(value, "/run/secrets/")) {
				t.Errorf("%s has %s, a secret that is no file", name, setting)
			}
		}
		if s.Image == "" || strings.HasSuffix(s.Image, ":latest") || !strings.Contains(s.Image, ":") {
			t.Errorf("%s has image %q, which is not pinned", name, s.Image)
		}
	}
}

// testCompose runs the three services as compose.yaml describes them, with the
// images built here. The engine may have no network of its own, so they meet on
// this machine's loopback instead.
func testCompose(t *testing.T, e engine, source, builder, api string) {
	p := readProject(t)
	astra := strings.Replace(api, ":", "-astra:", 1)
	e.after(t, "rmi", "-f", astra)
	e.run(t, append(buildArgs(builder), "-f", source+"/"+p.Services["astra"].Build.Dockerfile, "-t", astra, source)...)
	address := "127.0.0.1:" + freePort(t)
	names := strings.NewReplacer("0.0.0.0:8181", address, "astra:8181", address)
	volumes := map[string]string{}
	for name := range p.Volumes {
		volumes[name] = strings.ReplaceAll(api, ":", "-") + "-" + name
		e.after(t, "volume", "rm", "-f", volumes[name])
	}
	start := func(name, image string, extra ...string) string {
		args := append(p.Services[name].flags(volumes, names), extra...)
		args = append(args, image)
		for _, word := range append(p.Services[name].Entrypoint, p.Services[name].Command...)[min(1, len(p.Services[name].Entrypoint)):] {
			args = append(args, names.Replace(word))
		}
		container := e.run(t, append([]string{"run", "-d", "--network=host"}, args...)...)
		e.after(t, "rm", "-f", container)
		return container
	}
	database := start("astra", astra)
	prepared := start("prepare", astra)
	if code := e.run(t, "wait", prepared); code != "0" {
		t.Fatalf("prepare ended with %s:\n%s\nastra:\n%s", code, logs(t, e, prepared), logs(t, e, database))
	}
	web := freePort(t)
	container := start("api", api, "-e", "HOST=127.0.0.1", "-e", "PORT="+web, "--health-interval=1s")
	eventually(t, 30*time.Second, "the API to be healthy", func() (bool, string) {
		state := e.run(t, "inspect", "-f", "{{.State.Status}} {{.State.Health.Status}}", container)
		return state == "running healthy", state + "\n" + logs(t, e, container)
	})
	testReady(t, "http://127.0.0.1:"+web, "laptop")
	testStop(t, e, database)
}

// flags are those of docker run that say the same as the service.
func (s service) flags(volumes map[string]string, names *strings.Replacer) (flags []string) {
	if s.ReadOnly {
		flags = append(flags, "--read-only")
	}
	for name, values := range map[string][]string{
		"--cap-drop": s.CapDrop, "--security-opt": s.SecurityOpt, "--tmpfs": s.Tmpfs,
		"--pids-limit": {s.PidsLimit}, "--memory": {s.MemLimit},
	} {
		for _, value := range values {
			flags = append(flags, name+"="+value)
		}
	}
	for _, volume := range s.Volumes {
		name, where, _ := strings.Cut(volume, ":")
		flags = append(flags, "-v", volumes[name]+":"+where)
	}
	for name, value := range s.Environment {
		flags = append(flags, "-e", name+"="+names.Replace(value))
	}
	if len(s.Entrypoint) > 0 {
		flags = append(flags, "--entrypoint", s.Entrypoint[0])
	}
	return flags
}
