package cli

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/killrvideo/killrvideo-go/stacks/enginetest"
	"github.com/killrvideo/killrvideo-go/stacks/launch/exit"
)

func waitUntil(t *testing.T, what string, holds func() bool) {
	t.Helper()
	deadline := time.Now().Add(3 * time.Minute)
	for tick := time.NewTicker(100 * time.Millisecond); !holds(); <-tick.C {
		if time.Now().After(deadline) {
			t.Fatalf("waited without effect until %s", what)
		}
	}
}

// clone is a checkout of a team: the files of stack prod are its own, the
// programs are the repository's.
type clone struct {
	t    *testing.T
	root string
	// during, if not nil, is called in the middle of an update.
	during func()
}

func newClone(t *testing.T, server *cloudServer, files map[string]string) *clone {
	t.Helper()
	repository, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	useBuiltPulumi(t, repository)
	root := t.TempDir()
	for _, name := range strings.Fields("archtest astra container go.mod go.sum infra service stacks") {
		if err := os.Symlink(filepath.Join(repository, name), filepath.Join(root, name)); err != nil {
			t.Fatal(err)
		}
	}
	project, err := os.ReadFile(filepath.Join(repository, "Pulumi.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	c := &clone{t: t, root: root}
	c.write("Pulumi.yaml", string(project))
	for name, text := range files {
		c.write(name, text)
	}
	for name, value := range map[string]string{
		"AWS_ACCESS_KEY_ID": "generated", "AWS_SECRET_ACCESS_KEY": "generated", "AWS_REGION": "us-east-1", "AWS_ENDPOINT_URL": server.url,
		"PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true", "AWS_MAX_ATTEMPTS": "1",
	} {
		t.Setenv(name, value)
	}
	return c
}

// useBuiltPulumi puts the repository's own CLI on PATH where none is, so that a
// clone does not build another.
func useBuiltPulumi(t *testing.T, repository string) {
	t.Helper()
	if _, err := exec.LookPath("pulumi"); err == nil {
		return
	}
	enginetest.CLI(t, repository)
	t.Setenv("PATH", filepath.Join(repository, ".killrvideo", "bin")+string(os.PathListSeparator)+os.Getenv("PATH"))
}

func (c *clone) write(name, text string) {
	c.t.Helper()
	if err := os.WriteFile(filepath.Join(c.root, name), []byte(text), 0o600); err != nil {
		c.t.Fatal(err)
	}
}

func (c *clone) read(name string) string {
	c.t.Helper()
	text, err := os.ReadFile(filepath.Join(c.root, name))
	if err != nil {
		c.t.Fatal(err)
	}
	return string(text)
}

// pull takes over what another clone would commit.
func (c *clone) pull(from *clone) {
	c.t.Helper()
	for _, name := range []string{"Pulumi.yaml", "Pulumi.prod.yaml"} {
		c.write(name, from.read(name))
	}
}

// run is a command in the clone, with a program that has a secret, an output and
// a component.
func (c *clone) run(args ...string) (string, error) {
	c.t.Helper()
	c.t.Setenv("KILLRVIDEO_ROOT", c.root)
	c.t.Setenv("KILLRVIDEO_HOME", filepath.Join(c.root, ".killrvideo"))
	var out bytes.Buffer
	desk := newCommand("ecs", nil, OnPlatform{}, Streams{Out: &out, Err: &out})
	desk.yes = "1"
	desk.program = func(ctx *pulumi.Context) error {
		ctx.Export("level", pulumi.String(first(ctx.GetConfig("killrvideo:logLevel"))))
		ctx.Export("key", pulumi.ToSecret(pulumi.String(first(ctx.GetConfig("killrvideo:nvidiaApiKey")))))
		err := ctx.RegisterComponentResource("test:index:Thing", "thing", &struct{ pulumi.ResourceState }{})
		if c.during != nil && !ctx.DryRun() {
			c.during()
		}
		return err
	}
	err := desk.run(c.t.Context(), append([]string{args[0], "--stack", "prod"}, args[1:]...))
	return out.String(), err
}

func first(value string, _ bool) string { return value }

func (c *clone) must(args ...string) string {
	c.t.Helper()
	printed, err := c.run(args...)
	if err != nil {
		c.t.Fatalf("%v: %v\n%s", args, err, printed)
	}
	return printed
}

// A secret of the tests that opens nothing.
const teamSecret = "generated-for-the-team"

// deployedClone is a clone whose state is on its own machine.
func deployedClone(t *testing.T, server *cloudServer) *clone {
	t.Helper()
	c := newClone(t, server, map[string]string{"Pulumi.prod.yaml": "# Production.\nconfig:\n  killrvideo:target: ecs\n"})
	c.must("pulumi", "--", "config", "set", "logLevel", "WARN", "--stack", "prod")
	c.must("pulumi", "--", "config", "set", "--secret", "nvidiaApiKey", teamSecret, "--stack", "prod")
	c.must("up")
	return c
}

// TestTeam moves a stack from one person's machine to a bucket, and two people
// work with it in turn.
func TestTeam(t *testing.T) {
	server := startCloudServer(t)
	for name, secrets := range map[string]string{"kms": server.key(t), "passphrase": passphraseSecrets} {
		t.Run(name, func(t *testing.T) {
			ada := deployedClone(t, server)
			backend := server.backend(t, "team-"+name)
			printed := ada.must("team", "--", "-backend", backend, "-secrets", secrets)
			if !strings.Contains(printed, "removed the state from file://") || strings.Contains(printed, teamSecret) {
				t.Errorf("printed was\n%s", printed)
			}
			grace := newClone(t, server, nil)
			grace.pull(ada)
			if secrets == passphraseSecrets { // Ada hands it over
				t.Setenv(passphraseVariable, ada.read(".killrvideo/passphrase"))
			}
			for _, c := range []*clone{ada, grace} {
				if printed := c.must("preview"); !strings.Contains(printed, "unchanged") || strings.Contains(printed, "created") {
					t.Errorf("a preview without a change shows\n%s", printed)
				}
			}
			if got := strings.TrimSpace(grace.must("pulumi", "--", "config", "get", "nvidiaApiKey", "--stack", "prod")); got != teamSecret {
				t.Error("the second clone does not read the secret")
			}
			grace.must("pulumi", "--", "config", "set", "logLevel", "ERROR", "--stack", "prod")
			grace.must("up")
			ada.pull(grace)
			ada.must("up")
			if got := strings.TrimSpace(ada.must("pulumi", "--", "stack", "output", "level", "--stack", "prod")); got != "ERROR" {
				t.Errorf("the first clone sees %q", got)
			}
			again := ada.must("team", "--", "-backend", backend, "-secrets", secrets)
			if strings.Contains(again, "removed") || strings.Contains(again, "encrypted") {
				t.Errorf("a second call does\n%s", again)
			}
		})
	}
}

// TestTeamInTheSamePlace writes the URL of the backend in another way: the state stays.
func TestTeamInTheSamePlace(t *testing.T) {
	server := startCloudServer(t)
	ada := deployedClone(t, server)
	folder, bucket := "file://"+t.TempDir(), server.backend(t, "same-place")
	for _, backend := range []string{
		folder, folder + "?metadata=skip", folder + "/?metadata=skip&no_tmp_dir=true", bucket, bucket + "&region=us-east-1",
	} {
		ada.must("team", "--", "-backend", backend, "-secrets", passphraseSecrets)
		text, err := ada.run("pulumi", "--", "stack", "export", "--stack", "prod")
		if err != nil || !strings.Contains(text, "test:index:Thing") {
			t.Fatalf("after %s the state is gone: %v", backend, err)
		}
		if !strings.Contains(ada.read("Pulumi.yaml"), withoutAttributes(backend)) {
			t.Errorf("the project does not name %s", backend)
		}
	}
}

func TestABackendOfFilesKeepsNoAttributes(t *testing.T) {
	t.Parallel()
	for backend, want := range map[string]string{
		"file:///mnt/team": "file:///mnt/team?metadata=skip", "file://~/team?": "file://~/team?metadata=skip",
		"file:///mnt/team?no_tmp_dir=true": "file:///mnt/team?no_tmp_dir=true&metadata=skip",
		"file:///mnt/team?metadata=skip":   "file:///mnt/team?metadata=skip", "s3://team": "s3://team",
	} {
		if got := withoutAttributes(backend); got != want {
			t.Errorf("%s becomes %s, want %s", backend, got, want)
		}
	}
}

func TestSamePlace(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(dir, link); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		a, b string
		want bool
	}{
		{"s3://team", "s3://team/?region=eu-west-1", true}, {"s3://team", "s3://other", false}, {"s3://team", "gs://team", false},
		{"s3://team/a", "s3://team/b", false}, {"s3://team?endpoint=one:9000", "s3://team?endpoint=two:9000", false},
		{"file:///mnt/team", "file:///mnt/team/?metadata=skip", true}, {"file:///mnt/team", "file:///mnt/other", false},
		{"file://" + dir, "file://" + link, true}, {"file://~/team", "file://~/team?metadata=skip", true},
	} {
		if got := samePlace(test.a, test.b); got != test.want {
			t.Errorf("%s and %s: %t", test.a, test.b, got)
		}
	}
}

// TestTeamLosesNothing cuts the connection after each number of connections:
// the stack is whole afterwards, and the same command ends what was begun.
func TestTeamLosesNothing(t *testing.T) {
	server := startCloudServer(t)
	key := server.key(t)
	for i, cut := range []int64{1, 5, 12} {
		ada := deployedClone(t, server)
		backend := server.backend(t, "cut-"+string(rune('a'+i)))
		args := []string{"team", "--", "-backend", backend, "-secrets", key}
		server.left.Store(cut)
		printed, err := ada.run(args...)
		server.left.Store(1 << 40)
		if err == nil {
			t.Logf("%d connections are enough", cut)
		} else if !strings.Contains(err.Error(), "make team STACK=prod") {
			t.Errorf("after %d connections the message is %v\n%s", cut, err, printed)
		}
		if text := ada.must("pulumi", "--", "stack", "export", "--stack", "prod"); !strings.Contains(text, "test:index:Thing") {
			t.Errorf("after %d connections the state is %s", cut, text)
		}
		ada.must(args...)
		grace := newClone(t, server, nil)
		grace.pull(ada)
		if got := strings.TrimSpace(grace.must("pulumi", "--", "config", "get", "nvidiaApiKey", "--stack", "prod")); got != teamSecret {
			t.Errorf("after %d connections the second clone reads %q", cut, got)
		}
		if printed := grace.must("preview"); strings.Contains(printed, "created") {
			t.Errorf("after %d connections a second clone would change\n%s", cut, printed)
		}
	}
}

// TestTeamWaitsForTheLock does not move what someone is updating.
func TestTeamWaitsForTheLock(t *testing.T) {
	server := startCloudServer(t)
	ada := deployedClone(t, server)
	folder := filepath.Join(ada.root, ".killrvideo", "state", ".pulumi", "locks", "organization", "killrvideo", "prod")
	if err := os.MkdirAll(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	lock := filepath.Join(folder, "0d0d0d0d-0000-4000-8000-000000000000.json")
	held := `{"pid":1,"username":"grace","hostname":"elsewhere","timestamp":"2026-11-29T12:00:00Z"}`
	if err := os.WriteFile(lock, []byte(held), 0o600); err != nil {
		t.Fatal(err)
	}
	args := []string{"team", "--", "-backend", server.backend(t, "locked"), "-secrets", passphraseSecrets}
	printed, err := ada.run(args...)
	if exit.Code(err) != exit.Locked.Code || !strings.Contains(err.Error(), "locked") {
		t.Fatalf("it ended with %d: %v\n%s", exit.Code(err), err, printed)
	}
	if strings.Contains(ada.read("Pulumi.yaml"), "backend:") {
		t.Error("the project names the backend already")
	}
	if err := os.Remove(lock); err != nil {
		t.Fatal(err)
	}
	ada.must(args...)
}

// TestTeamRefusesArguments before anything is asked.
func TestTeamRefusesArguments(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ backend, secrets, want string }{
		{"", "passphrase", "BACKEND"}, {"s3://", "passphrase", "BACKEND"}, {"https://example.org", "passphrase", "BACKEND"},
		{"s3://bucket", "", "SECRETS"}, {"s3://bucket", "plain", "SECRETS"}, {"gs://bucket", "gcpkms://", "SECRETS"},
	} {
		m := move{to: test.backend, secrets: test.secrets}
		if err := m.check(); exit.Code(err) != exit.Usage.Code || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%+v: %v", test, err)
		}
	}
	for _, good := range []move{{to: "azblob://b", secrets: "azurekeyvault://v"}, {to: "file:///mnt/team", secrets: "passphrase"}} {
		if err := good.check(); err != nil {
			t.Error(err)
		}
	}
}
