package e2e_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/killrvideo/killrvideo-go/service/store/astratest"
)

// schemathesis finds the program: SCHEMATHESIS, or on PATH. Without it the test
// is skipped, or fails where SCHEMATHESIS_TESTS=1 says that it must be there.
func schemathesis(t *testing.T) string {
	t.Helper()
	name := os.Getenv("SCHEMATHESIS")
	if name == "" {
		name = "schemathesis"
	}
	path, err := exec.LookPath(name)
	if err != nil && os.Getenv("SCHEMATHESIS_TESTS") == "1" {
		t.Fatalf("SCHEMATHESIS_TESTS=1, but: %v", err)
	}
	if err != nil {
		t.Skip("no schemathesis: requests are not made up from the OpenAPI document")
	}
	return path
}

// accepted says which refusals of good requests are right: 400 is for what is
// well formed and still cannot be done, such as an e-mail that is taken; and
// what a cursor or a vector must be, or which passwords are common, no schema
// can say.
func accepted(t *testing.T) string {
	t.Helper()
	// No schema says that texts are without NUL; the document does, in words.
	text := `[generation]
allow-x00 = false
[checks]
positive_data_acceptance.expected-statuses = ["2xx", "3xx", "400", "401", "403", "404", "409", "429"]
negative_data_rejection.expected-statuses = ["400", "401", "403", "404", "405", "406", "409", "413", "415", "422", "428", "429"]
`
	for _, o := range document(t) {
		cursor := slices.ContainsFunc(o.parameters, func(p parameter) bool { return p.Name == "cursor" })
		password := slices.Contains([]string{"registerUser", "changePassword", "resetPassword"}, o.id)
		if cursor || password || o.id == "ingestVector" {
			text += fmt.Sprintf(`
[[operations]]
include-name = "%s %s"
checks.positive_data_acceptance.expected-statuses = ["2xx", "3xx", "400", "401", "403", "404", "409", "422", "429"]
`, o.method, o.path)
		}
	}
	return text
}

// Requests made up from the document, good ones and bad ones, alone and in
// sequences: none is answered with 5xx or with what the document does not say.
func TestGeneratedRequestsMatchTheDocument(t *testing.T) {
	t.Parallel()
	program := schemathesis(t)
	p, grace := alone(t, "LOGIN_MAX_FAILURES=0", "SWEEP_TOKEN="+astratest.SigningKey())
	token := grace.token
	ctx, cancel := context.WithTimeout(t.Context(), 15*time.Minute)
	defer cancel()
	config := filepath.Join(t.TempDir(), "schemathesis.toml")
	if err := os.WriteFile(config, []byte(accepted(t)), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(ctx, program, "--config-file", config, "run", p.url+"/openapi.json", "--checks", "all",
		"--exclude-operation-id", "logOut", // would end the session of all that follows
		"--header", "Authorization:Bearer "+token, "--max-examples", "30", "--seed", "1", "--no-color", "--warnings", "off",
		"--continue-on-failure", "--request-timeout", "30", "--report-dir", t.TempDir())
	cmd.Dir = t.TempDir()
	// What is asked about YouTube is answered here, and nothing leaves.
	cmd.Env = append(os.Environ(), "NO_PROXY=127.0.0.1")
	output, err := cmd.CombinedOutput()
	if err != nil {
		t.Errorf("%v\n%s", err, strings.ReplaceAll(string(output), token, "[token]"))
	}
	if !strings.Contains(string(output), "Stateful") {
		t.Errorf("no sequences of requests were tried:\n%s", output)
	}
}
