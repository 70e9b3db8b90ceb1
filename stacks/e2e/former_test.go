package e2e

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/killrvideo/killrvideo-go/stacks/enginetest"
)

// TestLocalStackOfAnEarlierVersion takes over a state that has the former names
// of the native provider and of its resources: nothing restarts, and down works.
func TestLocalStackOfAnEarlierVersion(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	outputs, _ := m.up()
	clients, api, astra := m.tokenIDs(), m.pid(t, "killrvideo-dev"), m.pid(t, "astra-dev")
	m.writeFormerNames()

	printed, code := m.run("preview")
	if code != 0 || strings.Contains(printed, " to replace") || strings.Contains(printed, " to update") {
		t.Errorf("a preview ended with %d and shows changes:\n%s", code, printed)
	}
	m.pulumi("refresh", "--yes", "--stack", "dev")
	now, _ := m.up()
	if now["revision"] != outputs["revision"] || strings.Join(m.tokenIDs(), " ") != strings.Join(clients, " ") {
		t.Errorf("the revision is %s with tokens %v, it was %s with %v", now["revision"], m.tokenIDs(), outputs["revision"], clients)
	}
	if m.pid(t, "killrvideo-dev") != api || m.pid(t, "astra-dev") != astra {
		t.Error("a process was started again")
	}
	if state := m.pulumi("stack", "export", "--stack", "dev"); strings.Contains(state, "killrvideo:local:") {
		t.Error("up left former names in the state")
	}
	m.unchanged(t)

	m.writeFormerNames()
	down(t, m)
}

// writeFormerNames puts the former names into the stack's state.
func (m *machine) writeFormerNames() {
	m.t.Helper()
	file := filepath.Join(m.t.TempDir(), "state.json")
	m.pulumi("stack", "export", "--stack", "dev", "--file", file)
	text, err := os.ReadFile(file)
	if err == nil {
		err = os.WriteFile(file, enginetest.FormerState(m.t, text), 0o600)
	}
	if err != nil {
		m.t.Fatal(err)
	}
	m.pulumi("stack", "import", "--stack", "dev", "--file", file)
}

// TestTheCLIReadsTheProvidersSchema as `pulumi package get-schema` does.
func TestTheCLIReadsTheProvidersSchema(t *testing.T) {
	t.Parallel()
	root, err := filepath.Abs(checkout)
	check(t, err)
	enginetest.CLI(t, root)
	plugin := filepath.Join(t.TempDir(), "pulumi-resource-astradb")
	enginetest.Provider(t, root, plugin)
	cli := lookIn(os.Getenv("PATH") + ":" + filepath.Join(root, ".killrvideo", "bin"))
	get := exec.Command(cli, "package", "get-schema", plugin)
	get.Dir = t.TempDir()
	get.Env = append(os.Environ(), "PULUMI_SKIP_UPDATE_CHECK=true", "PULUMI_HOME="+t.TempDir())
	text, err := get.Output()
	check(t, err)
	var schema struct {
		Name, Repository, License, PluginDownloadURL string
		Resources, Functions                         map[string]any
	}
	check(t, json.Unmarshal(text, &schema))
	if schema.Name != "astradb" || schema.License == "" || schema.PluginDownloadURL == "" {
		t.Errorf("the package is %s, %s, from %s", schema.Name, schema.License, schema.PluginDownloadURL)
	}
	for _, name := range []string{"Database", "Keyspace", "Role", "Token", "Schema", "AccessList", "SigningKey", "Gate", "Process"} {
		if schema.Resources["astradb:index:"+name] == nil {
			t.Errorf("the schema has no %s", name)
		}
	}
	if schema.Functions["astradb:index:getDatabase"] == nil || schema.Functions["astradb:index:getRegions"] == nil {
		t.Errorf("the functions are %v", schema.Functions)
	}
}
