package e2e

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/killrvideo/killrvideo-go/infra/platform"
)

// TestLocalStack is the life of a stack on this machine, in the order in which
// things happen to one.
func TestLocalStack(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	outputs, _ := m.up()

	t.Run("the url answers with the revision", func(t *testing.T) {
		a := ask(t, "GET", outputs["url"]+"/health/ready", nil).want(t, 200, "ready")
		if a.body["revision"] != outputs["revision"] || outputs["target"] != "local" {
			t.Errorf("ready says %s, the outputs are %v", a.text, outputs)
		}
		ask(t, "GET", outputs["docs"], nil).want(t, 200, "docs")
		release := platform.ReleaseOf(m.root, "service", "astra")
		v := ask(t, "GET", outputs["url"]+"/version", nil).want(t, 200, "version")
		if v.body["version"] != release.Version || v.body["commit"] != release.Commit || release.Commit == "unknown" {
			t.Errorf("/version says %s, want %v", v.text, release)
		}
	})
	t.Run("a second up changes nothing", func(t *testing.T) {
		_, printed := m.up()
		if strings.Contains(printed, "created") || strings.Contains(printed, "updated") || !strings.Contains(printed, "unchanged") {
			t.Errorf("it printed:\n%s", printed)
		}
	})
	t.Run("a submitted video is in latest", func(t *testing.T) {
		token := m.login("ada@example.org")
		submitted := ask(t, "POST", m.api("/api/v1/videos"), map[string]string{
			"youtubeUrl": "https://youtu.be/abcdefghijk", "title": "A first video",
		}, "Authorization", "Bearer "+token).want(t, 202, "submit")
		latest := ask(t, "GET", m.api("/api/v1/videos/latest"), nil).want(t, 200, "latest")
		if !strings.Contains(latest.text, submitted.body["videoId"].(string)) {
			t.Errorf("latest is %s", latest.text)
		}
	})
	t.Run("the minted token may do no more than it must", func(t *testing.T) { leastPrivilege(t, m) })
	t.Run("a new signing key", func(t *testing.T) { rotateKey(t, m, outputs["revision"]) })
	t.Run("a new Astra token", func(t *testing.T) { rotateToken(t, m) })
	t.Run("a refused own token, and recovery", func(t *testing.T) { refusedToken(t, m) })
	t.Run("a killed process is started again", func(t *testing.T) { killed(t, m) })
	t.Run("the committed files are untouched", func(t *testing.T) {
		text, err := os.ReadFile(filepath.Join(m.root, "Pulumi.dev.yaml"))
		if err != nil || strings.Contains(string(text), "encryptionsalt") {
			t.Errorf("Pulumi.dev.yaml is now:\n%s (%v)", text, err)
		}
	})
	t.Run("down leaves nothing", func(t *testing.T) { down(t, m) })
}

func leastPrivilege(t *testing.T, m *machine) {
	token := m.serviceToken()
	data := func(path string) string { return strings.Replace(m.devops(""), "/v2", "/api/json/v1/"+path, 1) }
	create := map[string]any{"createTable": map[string]any{"name": "forbidden", "definition": map[string]any{
		"columns": map[string]any{"id": "uuid"}, "primaryKey": "id",
	}}}
	for what, a := range map[string]answer{
		"create a table":       ask(t, "POST", data("killrvideo"), create, "Token", token),
		"read another space":   ask(t, "POST", data("default_keyspace"), map[string]any{"listTables": map[string]any{}}, "Token", token),
		"call the DevOps API":  ask(t, "GET", m.devops("/organizations/roles"), nil, "Authorization", "Bearer "+token),
		"mint another token":   ask(t, "POST", m.devops("/tokens"), map[string]any{"roles": []string{"x"}}, "Authorization", "Bearer "+token),
		"list the credentials": ask(t, "GET", m.devops("/clientIdSecrets"), nil, "Authorization", "Bearer "+token),
	} {
		if a.status == 0 || a.status < 300 && a.body["errors"] == nil {
			t.Errorf("the token may %s: %d %s", what, a.status, a.text)
		}
	}
}

func rotateKey(t *testing.T, m *machine, before string) {
	old := m.login("ada@example.org")
	// A key generated for this test.
	m.pulumi("config", "set", "--secret", "jwtSecretKey", "kJ4x0Zb1mQ8vT2nY6wR3sU7pC5dF9gHaLeXoViNuBtM=", "--stack", "dev")
	outputs, _ := m.up()
	if outputs["revision"] == before {
		t.Error("the revision did not change")
	}
	ask(t, "GET", m.api("/api/v1/users/me"), nil, "Authorization", "Bearer "+old).want(t, 200, "a token from before")
	fresh := keyID(t, m.login("ada@example.org"))
	if fresh != outputs["jwtKeyId"] || fresh == keyID(t, old) || outputs["jwtPreviousKeyId"] != keyID(t, old) {
		t.Errorf("the new token has kid %s, the old one %s; the outputs are %v", fresh, keyID(t, old), outputs)
	}
}

func rotateToken(t *testing.T, m *machine) {
	old := m.serviceToken()
	m.pulumi("config", "set", "astraTokenGeneration", "2", "--stack", "dev")
	_, printed := m.up()
	if m.serviceToken() == old {
		t.Error("the API still uses the old token")
	}
	gate := strings.LastIndex(printed, "index:Gate gate-dev update")
	revoked := strings.LastIndex(printed, "index:Token token-dev delete")
	if gate < 0 || revoked < gate {
		t.Errorf("the old token did not die after the gate:\n%s", printed)
	}
	refused(t, m, old)
}

// refused asks that Astra does not know the token any more.
func refused(t *testing.T, m *machine, token string) {
	t.Helper()
	url := strings.Replace(m.devops(""), "/v2", "/api/json/v1/killrvideo", 1)
	ask(t, "POST", url, map[string]any{"listTables": map[string]any{}}, "Token", token).want(t, 401, "a revoked token")
}

func refusedToken(t *testing.T, m *machine) {
	working := m.serviceToken()
	// The right form, a made-up signature.
	m.pulumi("config", "set", "--secret", "astraToken", "AstraCS:made-up:"+strings.Repeat("5f", 32), "--stack", "dev")
	printed, code := m.run("up")
	if code == 0 || !strings.Contains(printed, "401") && !strings.Contains(printed, "UNAUTHENTICATED") {
		t.Fatalf("up ended with %d:\n%s", code, printed)
	}
	if m.serviceToken() != working {
		t.Error("the working token was replaced")
	}
	ask(t, "GET", m.api("/health/ready"), nil).want(t, 200, "ready with the old token")
	m.pulumi("config", "rm", "astraToken", "--stack", "dev")
	m.up()
	ask(t, "GET", m.api("/health/ready"), nil).want(t, 200, "ready after the recovery")
}

func killed(t *testing.T, m *machine) {
	process, err := os.FindProcess(m.pid(t, "killrvideo-dev"))
	if err != nil {
		t.Fatal(err)
	}
	if err := process.Kill(); err != nil {
		t.Fatal(err)
	}
	m.up()
	ask(t, "GET", m.api("/health/ready"), nil).want(t, 200, "ready again")
}

// stored is a resource in a stack's state.
type stored struct {
	URN, ID string
	Outputs map[string]any
}

func resourcesIn(t *testing.T, deployment json.RawMessage) []stored {
	t.Helper()
	var state struct{ Resources []stored }
	if err := json.Unmarshal(deployment, &state); err != nil {
		t.Fatal(err)
	}
	return state.Resources
}

// pid reads a process from the stack's state.
func (m *machine) pid(t *testing.T, name string) int {
	t.Helper()
	var state struct{ Deployment json.RawMessage }
	text := m.pulumi("stack", "export", "--stack", "dev")
	if err := json.Unmarshal([]byte(text), &state); err != nil {
		t.Fatal(err)
	}
	for _, r := range resourcesIn(t, state.Deployment) {
		if strings.HasSuffix(r.URN, "index:Process::"+name) {
			return int(r.Outputs["pid"].(float64))
		}
	}
	t.Fatalf("no process %s in the state", name)
	return 0
}

func down(t *testing.T, m *machine) {
	token := m.serviceToken()
	if printed, code := m.run("down"); code != 0 {
		t.Fatalf("down ended with %d:\n%s", code, printed)
	}
	if a := ask(t, "GET", m.api("/health"), nil); a.status != 0 {
		t.Errorf("the API still answers: %d", a.status)
	}
	if a := ask(t, "GET", m.devops("/currentOrg"), nil); a.status != 0 {
		t.Errorf("the embedded Astra still answers: %d", a.status)
	}
	left, _ := filepath.Glob(filepath.Join(m.home, "run", "dev", "*", "secrets", "*", "*"))
	if len(left) > 0 {
		t.Errorf("secret files are left: %v", left)
	}
	nothingGranted(t, m, token)
}
