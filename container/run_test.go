//go:build linux

package container

import (
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"gopkg.in/yaml.v3"
)

// testRunCommands runs the image in the ways of service/README.md, with
// .env.example as its .env: from the command line, and as Compose would. The
// engine may have no network of its own, so ports are this machine's.
func testRunCommands(t *testing.T, e engine, image string) {
	prepared := prepare(t, startAstra(t))
	readme, err := os.ReadFile("../service/README.md")
	if err != nil {
		t.Fatal(err)
	}
	for name, flags := range map[string][]string{
		"a container":               runFlags(t, string(readme), "docker run --rm --env-file"),
		"one that is started again": runFlags(t, string(readme), "docker run -d --restart unless-stopped"),
		"compose":                   composeFlags(t, string(readme)),
	} {
		t.Run(name, func(t *testing.T) {
			dir, port := t.TempDir(), freePort(t)
			file := filepath.Join(dir, ".env")
			write(t, file, filledExample(t, prepared, port))
			args := []string{"run", "-d", "--network=host"}
			for _, flag := range flags {
				args = append(args, strings.Replace(flag, ".env", file, 1))
			}
			container := e.run(t, append(args, image)...)
			e.after(t, "rm", "-f", container)
			testReady(t, "http://127.0.0.1:"+port, "laptop")
			if strings.Contains(strings.Join(flags, " "), "unless-stopped") {
				testStartedAgain(t, e, container)
				testReady(t, "http://127.0.0.1:"+port, "laptop")
			}
		})
	}
}

// testStartedAgain kills the service, as a lack of memory would.
func testStartedAgain(t *testing.T, e engine, container string) {
	t.Helper()
	before := e.run(t, "inspect", "-f", "{{.State.Pid}}", container)
	pid, err := strconv.Atoi(before)
	if err != nil {
		t.Fatal(err)
	}
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	eventually(t, time.Minute, "the service to be started again", func() (bool, string) {
		state := e.run(t, "inspect", "-f", "{{.State.Status}} {{.State.Pid}} {{.RestartCount}}", container)
		fields := strings.Fields(state)
		return fields[0] == "running" && fields[1] != before && fields[2] != "0", state
	})
}

// filledExample is .env.example with its placeholders replaced.
func filledExample(t *testing.T, prepared preparation, port string) string {
	t.Helper()
	example, err := os.ReadFile("../.env.example")
	if err != nil {
		t.Fatal(err)
	}
	values := prepared.secrets(t)
	return strings.NewReplacer(
		"<application-token>", values[0], "<output-of-openssl-rand-base64-32>", values[1],
		"<https://DATABASE-ID-REGION.apps.astra.datastax.com>", prepared.url, "=<keyspace>", "=killrvideo",
		"# PORT=8000", "PORT="+port, "# REVISION=unknown", "REVISION=laptop",
	).Replace(string(example))
}

// runFlags are the flags of a documented `docker run`, without those that are
// about the terminal and the engine's own network.
func runFlags(t *testing.T, readme, begins string) []string {
	t.Helper()
	line := regexp.MustCompile(`(?m)^` + regexp.QuoteMeta(begins) + `.*$`).FindString(readme)
	if line == "" {
		t.Fatalf("service/README.md does not say %s", begins)
	}
	line = regexp.MustCompile(` --rm| -d\b| -p \S+| killrvideo:dev`).ReplaceAllString(line, "")
	return strings.Fields(line)[2:]
}

// composeFlags say what the documented Compose file says, as flags.
func composeFlags(t *testing.T, readme string) []string {
	t.Helper()
	_, block, _ := strings.Cut(readme, "```yaml\n")
	block, _, _ = strings.Cut(block, "```")
	var file struct {
		Services map[string]struct {
			EnvFile string `yaml:"env_file"`
			Restart string
		}
	}
	if err := yaml.Unmarshal([]byte(block), &file); err != nil {
		t.Fatal(err)
	}
	api := file.Services["api"]
	if api.EnvFile == "" || api.Restart == "" {
		t.Fatalf("the Compose file of service/README.md is %+v", api)
	}
	return []string{"--env-file", api.EnvFile, "--restart", api.Restart}
}
