package enginetest

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/auto/optpreview"

	"github.com/killrvideo/killrvideo-go/stacks/enginetest/standin"
)

// secrets are what each secret value is, by the value, which is never
// told to the test's output.
type secrets map[string]string

// learnFrom adds every value that the stack's state keeps as a secret: minted
// tokens and generated keys too.
func (s *stack) learnFrom(exported []byte) {
	s.t.Helper()
	var deployment struct{ Resources []map[string]any }
	must(s.t, json.Unmarshal(exported, &deployment))
	for _, resource := range deployment.Resources {
		urn, _ := resource["urn"].(string)
		s.secrets.collect(urn, resource, false)
	}
}

// shortest is the length below which a value is no secret of ours: a mark or a
// flag may be secret with what it stands beside.
const shortest = 20

// collect walks a value of an exported state, in which a secret is an object
// with its plain text as JSON.
func (all secrets) collect(where string, value any, secret bool) {
	switch v := value.(type) {
	case string:
		if secret && len(v) >= shortest {
			all[v] = "a secret of " + where
		}
	case []any:
		for _, each := range v {
			all.collect(where, each, secret)
		}
	case map[string]any:
		if text, is := v["plaintext"].(string); is {
			var plain any
			if json.Unmarshal([]byte(text), &plain) == nil {
				all.collect(where, plain, true)
			}
			return
		}
		for name, each := range v {
			all.collect(where+"."+name, each, secret)
		}
	}
}

// silent asks that a text that others can read holds no secret of the stack.
func (s *stack) silent(where, text string) {
	s.t.Helper()
	for secret, what := range s.secrets {
		if strings.Contains(text, secret) {
			s.t.Errorf("%s holds %s in plaintext", where, what)
		}
	}
}

// logged asks the same of a log of the engine at its most.
func (s *stack) logged(of, log string) {
	s.t.Helper()
	rest, values := withoutValues(log)
	if values == 0 || rest == "" {
		s.t.Errorf("the engine's log of %s has %d values in %d bytes; look at what it is, the exception for values may be over", of, values,
			len(log))
	}
	s.silent("the engine's log of "+of, rest)
}

// withoutValues leaves out the one exception, and counts it: at level 9 the
// engine itself writes every value that it hands from one process to another,
// which only a lower log level switches off.
func withoutValues(log string) (rest string, values int) {
	var kept strings.Builder
	for line := range strings.Lines(log) {
		if strings.Contains(line, `"msg":"Marshaling property for RPC[`) || strings.Contains(line, `"msg":"Unmarshaling property for RPC[`) {
			values++
			continue
		}
		kept.WriteString(line)
	}
	return kept.String(), values
}

// shown previews a change of every credential in the ways that show most, and
// takes it back.
func shown(t *testing.T, s *stack) {
	change := func(generation, ending string) {
		s.set("astraTokenGeneration", generation)
		s.set("jwtKeyGeneration", generation)
		s.secret("nvidiaApiKey", standin.Canary+ending)
	}
	change("2", "-2")
	defer change("1", "")
	for _, form := range []struct{ name, json string }{{"preview --diff", "false"}, {"preview --json", "true"}} {
		s.auto.Workspace().SetEnvVar("PULUMI_OPTION_JSON", form.json)
		seen := s.watch()
		result, err := s.auto.Preview(t.Context(), optpreview.Diff(), optpreview.EventStreams(seen.channel),
			optpreview.DebugLogging(everything()))
		must(t, err)
		seen.steps(t)
		if is := json.Valid([]byte(result.StdOut)); is != (form.json == "true") || !strings.Contains(result.StdOut, "generation") {
			t.Errorf("%s does not show the change", form.name)
		}
		s.silent(form.name, result.StdOut)
		s.logged(form.name, result.StdErr)
		s.silent("the event log of "+form.name, seen.log.String())
	}
	s.auto.Workspace().UnsetEnvVar("PULUMI_OPTION_JSON")
}

// sound asks that no rule of the cloud was broken, and that neither the stack's
// state nor what the native provider wrote holds a secret in plaintext.
func (s *stack) sound(t *testing.T) {
	t.Helper()
	files := 0
	state := os.DirFS(s.backend)
	must(t, fs.WalkDir(state, ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		files++
		info, err := entry.Info()
		if err != nil {
			return err
		}
		// One that was searched holds nothing that became known later.
		written := fmt.Sprint(info.ModTime().UnixNano(), info.Size())
		if s.searched[path] == written {
			return nil
		}
		s.searched[path] = written
		text, err := fs.ReadFile(state, path)
		s.silent("the state's "+entry.Name(), string(text))
		return err
	}))
	if files == 0 {
		t.Error("the stack has no state; the reading must be wrong")
	}
	log, err := os.ReadFile(s.pluginLog) // there since the provider began; its own words go to the engine
	must(t, err)
	s.silent("the native provider's log", string(log))
	if s.cloud == nil {
		return
	}
	for _, rule := range s.cloud.Broken() {
		t.Error(rule)
	}
}
