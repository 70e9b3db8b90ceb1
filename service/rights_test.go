package main

import (
	"os"
	"strings"
	"testing"

	"github.com/killrvideo/killrvideo-go/service/store/astratest"
)

// TestBroadTokensAreReported runs the real program with tokens that may do
// more than application code must, and with tokens that may not.
func TestBroadTokensAreReported(t *testing.T) {
	t.Parallel()
	astra := astratest.New(t)
	mint := func(name string, actions []string) string { return astra.MustMint(t, name, actions).Reveal() }
	writes, reads := mint("writes", astratest.WriteActions()), mint("reads", astratest.ReadActions())
	for name, test := range map[string]struct {
		token, readOnly string
		want            []string
	}{
		"least rights":     {writes, reads, nil},
		"one token":        {writes, "", nil},
		"administrator":    {astra.Admin.Reveal(), reads, []string{"ASTRA_DB_APPLICATION_TOKEN", "Organization Administrator"}},
		"reads administer": {writes, astra.Admin.Reveal(), []string{"ASTRA_DB_READ_ONLY_TOKEN", "Organization Administrator", "may write"}},
		"reads write":      {writes, writes, []string{"ASTRA_DB_READ_ONLY_TOKEN", "may write"}},
	} {
		t.Run(name, func(t *testing.T) {
			p := start(t, settings("ASTRA_DB_API_ENDPOINT="+astra.URL, "LOG_LEVEL=DEBUG", "ASTRA_DB_APPLICATION_TOKEN="+test.token,
				"ASTRA_DB_READ_ONLY_TOKEN="+test.readOnly)...)
			p.out.line(t, "the rights of the Astra tokens were looked at")
			if err := p.Process.Signal(os.Interrupt); err != nil {
				t.Fatal(err)
			}
			p.end(t)
			warned := warnings(p.out.String())
			for _, want := range test.want {
				if !strings.Contains(warned, want) {
					t.Errorf("the warnings do not say %q:\n%s", want, warned)
				}
			}
			if len(test.want) == 0 && warned != "" {
				t.Errorf("warned of tokens with the least rights:\n%s", warned)
			}
			if strings.Contains(p.out.String(), "AstraCS:") {
				t.Error("a token is in the log")
			}
		})
	}
}

// warnings are the lines of a log that warn of a token.
func warnings(log string) string {
	var all []string
	for line := range strings.Lines(log) {
		if strings.Contains(line, `"level":"WARN"`) && strings.Contains(line, "token") {
			all = append(all, line)
		}
	}
	return strings.Join(all, "")
}

func TestDevOpsEndpointOfADataAPI(t *testing.T) {
	t.Parallel()
	for endpoint, want := range map[string]string{
		"https://00000000-0000-4000-8000-000000000001-us-east1.apps.astra.datastax.com": "https://api.astra.datastax.com/v2",
		"http://127.0.0.1:8181/":         "http://127.0.0.1:8181/v2",
		"https://data.example.org":       "",
		"https://astra.datastax.com.evi": "",
	} {
		if got := devopsEndpoint(endpoint); got != want {
			t.Errorf("%s: %q, want %q", endpoint, got, want)
		}
	}
}
