package provider_test

import (
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/property"

	"github.com/killrvideo/killrvideo-go/infra/provider/resource"
)

func codesInputs(generation string, names ...string) map[string]property.Value {
	var all []property.Value
	for _, name := range names {
		all = append(all, str(name))
	}
	return map[string]property.Value{"names": property.New(all), "generation": str(generation)}
}

// codes are those of the state, by name.
func (s *stack) codes(t *testing.T) map[string]string {
	t.Helper()
	if !s.state.Get("codes").Secret() {
		t.Error("the codes are not secret")
	}
	byName := map[string]string{}
	for _, pair := range strings.Split(s.text("codes"), ",") {
		at := strings.LastIndexByte(pair, '=')
		byName[pair[:at]] = pair[at+1:]
	}
	return byName
}

func TestANameKeepsItsCode(t *testing.T) {
	t.Parallel()
	s := newStack(t, newServer(t, nil), resource.OneTimeCodesType)
	must(t, s.create(codesInputs("1", "ada@example.org", "a=b@example.org")))
	first := s.codes(t)
	if len(first) != 2 || len(first["ada@example.org"]) < 26 || first["ada@example.org"] == first["a=b@example.org"] {
		t.Errorf("%d codes, or short or equal ones", len(first))
	}
	_, err := s.update(codesInputs("1", "grace@example.org", "ada@example.org"), false)
	must(t, err)
	second := s.codes(t)
	if len(second) != 2 || second["ada@example.org"] != first["ada@example.org"] || second["grace@example.org"] == "" {
		t.Error("a name that stays has another code, or one that is new has none")
	}
	_, err = s.update(codesInputs("2", "grace@example.org", "ada@example.org"), false)
	must(t, err)
	for name, code := range s.codes(t) {
		if code == second[name] {
			t.Errorf("%s has the code of the generation before", name)
		}
	}
	noSecretOutside(t, s.state, first["ada@example.org"], s.codes(t)["ada@example.org"])
}

func TestAPreviewMakesNoCodes(t *testing.T) {
	t.Parallel()
	s := newStack(t, newServer(t, nil), resource.OneTimeCodesType)
	if preview := s.previewCreate(codesInputs("1", "ada@example.org")); !preview.Get("codes").HasComputed() {
		t.Error("a preview shows codes")
	}
}

func TestNamesThatCannotHaveCodes(t *testing.T) {
	t.Parallel()
	for name, inputs := range map[string]map[string]property.Value{
		"a comma": codesInputs("1", "a,b"), "whitespace": codesInputs("1", " a"), "nothing": codesInputs("1", ""),
		"twice": codesInputs("1", "a", "a"),
	} {
		s := newStack(t, newServer(t, nil), resource.OneTimeCodesType)
		_, failures := s.check(inputs)
		if len(failures) != 1 || failures[0].Property != "names" {
			t.Errorf("%s: %v", name, failures)
		}
	}
}
