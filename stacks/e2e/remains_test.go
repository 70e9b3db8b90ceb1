package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// nothingGranted starts the embedded Astra on the data that `down` left and
// asks what it still grants.
func nothingGranted(t *testing.T, m *machine, token string) {
	t.Helper()
	binaries, _ := filepath.Glob(filepath.Join(m.home, "bin", "astra-local-*"))
	if len(binaries) == 0 {
		t.Fatal("no embedded Astra was built")
	}
	data := filepath.Join(m.home, "run", "dev", "astra-data")
	cmd := exec.Command(binaries[0], "-dir", data, "-addr", "127.0.0.1:"+strconv.Itoa(m.astra))
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		_ = cmd.Wait()
	}()
	admin := []string{"Authorization", "Bearer " + m.adminToken()}
	eventually(t, func() bool { return ask(t, "GET", m.devops("/currentOrg"), nil, admin...).status == 200 })
	roles := ask(t, "GET", m.devops("/organizations/roles"), nil, admin...).want(t, 200, "list roles")
	if strings.Contains(roles.text, "killrvideo-dev") {
		t.Errorf("the role is left: %s", roles.text)
	}
	clients := ask(t, "GET", m.devops("/clientIdSecrets"), nil, admin...).want(t, 200, "list tokens")
	if id := strings.Split(token, ":")[1]; strings.Contains(clients.text, id) {
		t.Errorf("the token is left: %s", clients.text)
	}
	refused(t, m, token)
}

// eventually waits for a condition, at most three minutes.
func eventually(t *testing.T, holds func() bool) {
	t.Helper()
	deadline := time.Now().Add(3 * time.Minute)
	for tick := time.NewTicker(50 * time.Millisecond); ; <-tick.C {
		if holds() {
			tick.Stop()
			return
		}
		if time.Now().After(deadline) {
			t.Fatal("the condition did not come true in three minutes")
		}
	}
}

// TestCanaries looks for secrets of every setting wherever they must not be.
func TestCanaries(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	// All of them are made up for this test and open nothing.
	canaries := map[string]string{
		"jwtSecretKey":     madeUpKey(),
		"nvidiaApiKey":     "nvapi-canary-5b1f0e7d9c3a48662f10",
		"youtubeApiKey":    "AIza-canary-7d20c1b9e8f34a5566a1",
		"metricsToken":     "canary-metrics-31c0ffee9a7b6d5e",
		"otlpHeaders":      "api-key=canary-90f1e2d3c4b5a697",
		"astraDeployToken": "AstraCS:canary:" + strings.Repeat("ca", 32),
	}
	for key, value := range canaries {
		m.pulumi("config", "set", "--secret", key, value, "--stack", "dev")
	}
	previewed, _ := m.run("preview")
	_, deployed := m.up()
	seen := map[string]string{
		"preview": previewed, "up": deployed,
		"state":     m.pulumi("stack", "export", "--stack", "dev"),
		"outputs":   m.pulumi("stack", "output", "--json", "--stack", "dev"),
		"the API's": m.apiLog(),
	}
	canaries["minted token"] = m.serviceToken()
	canaries["administrator"] = m.adminToken()
	for where, text := range seen {
		for what, value := range canaries {
			if strings.Contains(text, value) {
				t.Errorf("%s shows the %s", where, what)
			}
		}
	}
	for what, value := range canaries {
		onlyInSecretFiles(t, m.home, what, value)
	}
	refusedCanary(t, m)
}

// refusedCanary gives the service a token of its own that opens nothing: what
// is said about the failure must not say the token.
func refusedCanary(t *testing.T, m *machine) {
	t.Helper()
	own := "AstraCS:own-canary:" + strings.Repeat("0c", 32)
	m.pulumi("config", "set", "--secret", "astraToken", own, "--stack", "dev")
	printed, code := m.run("up")
	if code == 0 {
		t.Fatalf("a token that opens nothing was taken:\n%s", printed)
	}
	for where, text := range map[string]string{"up": printed, "state": m.pulumi("stack", "export", "--stack", "dev"),
		"the API's": m.apiLog()} {
		if strings.Contains(text, own) {
			t.Errorf("%s shows the given token", where)
		}
	}
	onlyInSecretFiles(t, m.home, "given token", own)
}

// onlyInSecretFiles looks through everything that was written.
func onlyInSecretFiles(t *testing.T, dir, what, value string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, entry os.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return err
		}
		info, err := entry.Info()
		if err != nil || info.Size() > 5<<20 {
			return err
		}
		text, err := os.ReadFile(path)
		if err == nil && strings.Contains(string(text), value) && !secretFile(path, info) {
			t.Errorf("the %s stands in %s, mode %v", what, path, info.Mode())
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func secretFile(path string, info os.FileInfo) bool {
	return info.Mode().Perm() == 0o600 && (strings.Contains(path, "/secrets/") || filepath.Base(path) == "admin-token")
}
