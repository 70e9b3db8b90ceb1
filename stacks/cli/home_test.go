package cli

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/killrvideo/killrvideo-go/stacks"
)

func TestThePassphraseIsMadeOnceForTheUserAlone(t *testing.T) {
	t.Parallel()
	h := repository(t)
	first, err := os.ReadFile(h.passphraseFile())
	if err != nil || len(first) < 40 {
		t.Fatalf("%d characters, %v", len(first), err)
	}
	if _, err := openHome(h.root); err != nil {
		t.Fatal(err)
	}
	second, _ := os.ReadFile(h.passphraseFile())
	if string(first) != string(second) {
		t.Error("a second use made another passphrase")
	}
	info, _ := os.Stat(h.passphraseFile())
	if info.Mode().Perm() != 0o600 {
		t.Errorf("its mode is %v", info.Mode())
	}
}

func TestAStateFolderThatIsAFile(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	if err := os.WriteFile(filepath.Join(root, ".killrvideo"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := openHome(root)
	if ExitCode(err) != CodeStateFolder || !strings.Contains(err.Error(), "permission and space") {
		t.Errorf("got %v", err)
	}
}

func TestTheCallersBackendWins(t *testing.T) {
	h := repository(t)
	t.Setenv("PULUMI_BACKEND_URL", "s3://team")
	t.Setenv("PULUMI_CONFIG_PASSPHRASE", "made up for this test")
	env := h.env()
	if env["PULUMI_BACKEND_URL"] != "s3://team" {
		t.Errorf("the backend is %s", env["PULUMI_BACKEND_URL"])
	}
	if _, ours := env["PULUMI_CONFIG_PASSPHRASE_FILE"]; ours {
		t.Error("our passphrase file hides the caller's passphrase")
	}
}

func TestParse(t *testing.T) {
	t.Parallel()
	verb, stack, rest, err := parse([]string{"pulumi", "--stack", "qa", "--", "config", "--stack", "qa"})
	if err != nil || verb != "pulumi" || stack != "qa" || strings.Join(rest, " ") != "config --stack qa" {
		t.Errorf("got %s %s %v %v", verb, stack, rest, err)
	}
	for _, bad := range [][]string{nil, {"up", "now"}, {"up", "--stack"}} {
		if _, _, _, err := parse(bad); ExitCode(err) != CodeUsage {
			t.Errorf("%v gave %v", bad, err)
		}
	}
}

func TestAFullDiskIsTheStateFolders(t *testing.T) {
	t.Parallel()
	wrote := errors.New("write plugin: no space left on device")
	if err := full(wrote, "/state"); ExitCode(err) != CodeStateFolder || !errors.Is(err, wrote) || !strings.Contains(err.Error(), "/state") {
		t.Errorf("got %d: %v", ExitCode(err), err)
	}
	other := &Failure{CodeGate, errors.New("not ready")}
	if err := full(other, "/state"); ExitCode(err) != CodeGate || full(nil, "/state") != nil {
		t.Errorf("got %v", err)
	}
}

func TestDiagnose(t *testing.T) {
	t.Parallel()
	bad := &stacks.Problems{Stack: "dev", List: []stacks.Problem{{Key: "cpu"}}}
	missing := &stacks.Problems{Stack: "dev", List: []stacks.Problem{{Key: "astraDeployToken", Missing: true}}}
	for name, test := range map[string]struct {
		program error
		text    string
		failed  []string
		code    int
	}{
		"bad settings":   {bad, "failed", nil, CodeUsage},
		"missing secret": {missing, "failed", nil, CodeMissingSecret},
		"passphrase":     {nil, "error: incorrect passphrase", nil, CodePassphrase},
		"gate":           {nil, "failed", []string{"urn:pulumi:dev::killrvideo::killrvideo:rollout:Gate::gate-dev"}, CodeGate},
		"port":           {nil, "failed", []string{"port 8000 is already in use"}, CodePort},
		"anything else":  {nil, "failed", []string{"no"}, CodeFailed},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := diagnose("up", "dev", test.program, errors.New(test.text), test.failed)
			if ExitCode(err) != test.code {
				t.Errorf("exit code %d, want %d: %v", ExitCode(err), test.code, err)
			}
		})
	}
}
