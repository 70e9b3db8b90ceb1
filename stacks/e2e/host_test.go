package e2e

import (
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// TestPlainPulumi deploys as a user does who has Pulumi installed and never
// calls make: the CLI, a Go language host, a checkout, a backend of their own.
func TestPlainPulumi(t *testing.T) {
	m := newMachine(t)
	plain := newPlain(t, m)
	plain.pulumi("stack", "init", "dev")
	plain.pulumi("config", "set", "--path", "local.port", strconv.Itoa(m.port), "--stack", "dev")
	plain.pulumi("config", "set", "--path", "local.astraPort", strconv.Itoa(m.astra), "--stack", "dev")
	t.Cleanup(func() { _, _ = plain.run("destroy", "--stack", "dev", "--yes") })

	plain.pulumi("up", "--stack", "dev", "--yes")
	url := strings.TrimSpace(plain.pulumi("stack", "output", "url", "--stack", "dev"))
	revision := strings.TrimSpace(plain.pulumi("stack", "output", "revision", "--stack", "dev"))
	if a := ask(t, "GET", url+"/health/ready", nil).want(t, 200, "ready"); a.body["revision"] != revision {
		t.Errorf("ready says %s, the output %s", a.text, revision)
	}
	plain.pulumi("preview", "--stack", "dev", "--expect-no-changes")
	plain.withModMod()
	// A key generated for this test, which no form of the preview may show.
	plain.pulumi("config", "set", "--secret", "jwtSecretKey", firstKey, "--stack", "dev")
	for _, form := range []string{"--json", "--diff"} {
		if printed := plain.pulumi("preview", "--stack", "dev", form); !strings.Contains(printed, "signing-key") ||
			strings.Contains(printed, firstKey) {
			t.Errorf("preview %s hides the change or shows the key:\n%s", form, printed)
		}
	}
	plain.sharesNoKey(m)
	plain.pulumi("config", "rm", "jwtSecretKey", "--stack", "dev")
	for target, says := range map[string]string{"moon": `"moon"`, "ecs": "ecs.region"} {
		plain.pulumi("config", "set", "target", target, "--stack", "dev")
		if printed, err := plain.run("preview", "--stack", "dev"); err == nil || !strings.Contains(printed, says) {
			t.Errorf("target %s without its settings is not refused by name:\n%s", target, printed)
		}
	}
	plain.pulumi("config", "set", "target", "local", "--stack", "dev")
	plain.pulumi("destroy", "--stack", "dev", "--yes")
	if a := ask(t, "GET", m.api("/health"), nil); a.status != 0 {
		t.Error("the API still answers after destroy")
	}
}

// withModMod previews with a flag that many set for good. Go then may change
// module files, and finds nothing to change.
func (p *plain) withModMod() {
	p.t.Helper()
	before, env := moduleFiles(p.t, p.dir), p.env
	p.env = append(slices.Clone(env), "GOFLAGS=-mod=mod")
	p.pulumi("preview", "--stack", "dev", "--expect-no-changes")
	p.env = env
	if after := moduleFiles(p.t, p.dir); !maps.Equal(after, before) {
		p.t.Error("a preview with GOFLAGS=-mod=mod changed module files")
	}
}

// moduleFiles are the go.mod and go.sum files below a folder.
func moduleFiles(t *testing.T, dir string) map[string]string {
	t.Helper()
	found := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.Name() != "go.mod" && entry.Name() != "go.sum" {
			return err
		}
		text, err := os.ReadFile(path)
		found[path] = string(text)
		return err
	})
	if err != nil || len(found) < 5 {
		t.Fatalf("module files: %d, %v", len(found), err)
	}
	return found
}

// sharesNoKey deploys with the key that is set, and gives it to a second stack.
func (p *plain) sharesNoKey(m *machine) {
	p.t.Helper()
	p.pulumi("up", "--stack", "dev", "--yes")
	p.pulumi("stack", "init", "twin")
	p.pulumi("config", "set", "--path", "local.port", strconv.Itoa(m.port), "--stack", "twin")
	p.pulumi("config", "set", "--secret", "jwtSecretKey", firstKey, "--stack", "twin")
	printed, err := p.run("preview", "--stack", "twin")
	if err == nil || !strings.Contains(printed, "key of stack dev too") || strings.Contains(printed, firstKey) {
		p.t.Errorf("a second stack may have the first one's key: %v\n%s", err, printed)
	}
	p.pulumi("config", "rm", "jwtSecretKey", "--stack", "twin")
	if printed := p.pulumi("preview", "--stack", "twin", "--diff"); strings.Contains(printed, "was not compared") {
		p.t.Errorf("the first stack's key was not read:\n%s", printed)
	}
	p.pulumi("stack", "select", "dev")
}

// plain is a copy of the checkout with Pulumi and its Go language host.
type plain struct {
	t        *testing.T
	dir, cli string
	env      []string
}

func newPlain(t *testing.T, m *machine) *plain {
	t.Helper()
	p := &plain{t: t, dir: t.TempDir()}
	bin := t.TempDir()
	host := exec.Command("go", "build", "-o", filepath.Join(bin, "pulumi-language-go"),
		"github.com/pulumi/pulumi/sdk/v3/go/pulumi-language-go")
	host.Dir = filepath.Join(m.root, "tools", "language-go")
	m.must(host)
	copyCheckout(t, m.root, p.dir)
	path := bin + ":" + filepath.Join(m.home, "bin") + ":" + os.Getenv("PATH")
	p.cli = lookIn(path)
	p.env = append(os.Environ(),
		"PATH="+path,
		"PULUMI_BACKEND_URL=file://"+t.TempDir(), "PULUMI_HOME="+t.TempDir(),
		// A passphrase made up for this test.
		"PULUMI_CONFIG_PASSPHRASE=generated for this test",
		"PULUMI_SKIP_UPDATE_CHECK=true", "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION=true",
	)
	return p
}

// copyCheckout copies what git tracks or would track.
func copyCheckout(t *testing.T, from, to string) {
	t.Helper()
	list := exec.Command("git", "ls-files", "-co", "--exclude-standard")
	list.Dir = from
	names, err := list.Output()
	if err != nil {
		t.Fatalf("list the checkout's files: %v", err)
	}
	for _, name := range strings.Fields(string(names)) {
		text, err := os.ReadFile(filepath.Join(from, name))
		if os.IsNotExist(err) {
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		target := filepath.Join(to, name)
		if err := os.MkdirAll(filepath.Dir(target), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(target, text, 0o700); err != nil {
			t.Fatal(err)
		}
	}
}

func (p *plain) run(args ...string) (string, error) {
	cmd := exec.Command(p.cli, args...)
	cmd.Dir, cmd.Env = p.dir, p.env
	output, err := cmd.CombinedOutput()
	return string(output), err
}

// lookIn finds pulumi in a list of folders, which is not this process's PATH.
func lookIn(dirs string) string {
	for _, dir := range filepath.SplitList(dirs) {
		if path := filepath.Join(dir, "pulumi"); isFile(path) {
			return path
		}
	}
	return "pulumi"
}

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && !info.IsDir()
}

func (p *plain) pulumi(args ...string) string {
	p.t.Helper()
	output, err := p.run(args...)
	if err != nil {
		p.t.Fatalf("pulumi %s: %v\n%s", args[0], err, output)
	}
	return output
}
