package stackfile

import (
	"reflect"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
)

func parse(t *testing.T, text string) Settings {
	t.Helper()
	settings := map[string]any{}
	if err := yaml.Unmarshal([]byte(text), &settings); err != nil {
		t.Fatal(err)
	}
	return settings
}

func TestMerge(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ committed, base, working, want, note string }{
		"first use": {
			"config: {a: 1}", "{}", "{}", "config: {a: 1}", ""},
		"set in the working copy": {
			"config: {a: 1}", "config: {a: 1}", "config: {a: 2, b: x}", "config: {a: 2, b: x}", ""},
		"changed in the committed file": {
			"config: {a: 3}", "config: {a: 1}", "config: {a: 1, b: x}", "config: {a: 3, b: x}", ""},
		"changed in both": {
			"config: {a: 3}", "config: {a: 1}", "config: {a: 2}", "config: {a: 3}", "a: was 2 in the working copy and is now 3"},
		"changed alike": {
			"config: {a: 3}", "config: {a: 1}", "config: {a: 3}", "config: {a: 3}", ""},
		"removed from the committed file": {
			"config: {}", "config: {a: 1}", "config: {a: 1, b: x}", "config: {b: x}", ""},
		"removed there, changed here": {
			"config: {}", "config: {a: 1}", "config: {a: 2}", "config: {a: 2}", "a: was removed"},
		"removed from the working copy": {
			"config: {a: 1}", "config: {a: 1}", "config: {}", "config: {}", ""},
		"a member of a group changed, another set here": {
			"config: {g: {region: b}}", "config: {g: {region: a}}", "config: {g: {region: a, domain: d}}", "config: {g: {region: b, domain: d}}",
			""},
		"a member added there, another set here": {
			"config: {g: {region: a, public: true}}", "config: {g: {region: a}}", "config: {g: {region: a, domain: d}}",
			"config: {g: {region: a, public: true, domain: d}}", ""},
		"a member removed there, another set here": {
			"config: {g: {}}", "config: {g: {region: a}}", "config: {g: {region: a, domain: d}}", "config: {g: {domain: d}}", ""},
		"the group removed there, a member set here": {
			"config: {}", "config: {g: {region: a}}", "config: {g: {region: a, domain: d}}", "config: {g: {domain: d}}", ""},
		"the group removed there": {
			"config: {}", "config: {g: {region: a}}", "config: {g: {region: a}}", "config: {}", ""},
		"a group within a group": {
			"config: {g: {labels: {a: 2}}}", "config: {g: {labels: {a: 1}}}", "config: {g: {labels: {a: 1, b: 1}}}",
			"config: {g: {labels: {a: 2, b: 1}}}", ""},
		"a list is one value": {
			"config: {g: {zones: [a, b]}}", "config: {g: {zones: [a]}}", "config: {g: {zones: [a], domain: d}}",
			"config: {g: {zones: [a, b], domain: d}}", ""},
		"a secret within a group": {
			"config: {g: {region: b}}", "config: {g: {region: a}}", "config: {g: {region: a, key: {secure: s}}}",
			"config: {g: {region: b, key: {secure: s}}}", ""},
		"a value where a group was": {
			"config: {g: none}", "config: {g: {a: 1}}", "config: {g: {a: 1}}", "config: {g: none}", ""},
		"the salt of the working copy stays": {
			"config: {a: 1}\nencryptionsalt: theirs", "{}", "config: {}\nencryptionsalt: mine", "config: {a: 1}\nencryptionsalt: mine", ""},
		"the salt of the committed file, as long as there is none": {
			"config: {k: {secure: s}}\nencryptionsalt: theirs", "{}", "{}", "config: {k: {secure: s}}\nencryptionsalt: theirs", ""},
		"a secret of another key": {
			"config: {k: {secure: s}}\nencryptionsalt: theirs", "{}", "config: {}\nencryptionsalt: mine", "config: {}\nencryptionsalt: mine",
			"k: the secret"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			working := parse(t, test.working)
			notes := merge(parse(t, test.committed), parse(t, test.base), working)
			if want := parse(t, test.want); !reflect.DeepEqual(working, want) {
				t.Errorf("got %v, want %v", working, want)
			}
			all := strings.Join(notes, "\n")
			if (all == "") != (test.note == "") || !strings.Contains(all, test.note) {
				t.Errorf("noted %q, want %q", all, test.note)
			}
		})
	}
}

// A note is printed on a terminal and in logs.
func TestNotesShowNoSecret(t *testing.T) {
	t.Parallel()
	working := parse(t, "config: {k: {secure: canary}}")
	notes := merge(parse(t, "config: {k: plain}"), parse(t, "config: {k: {secure: before}}"), working)
	if len(notes) != 1 || strings.Contains(notes[0], "canary") {
		t.Errorf("got %q", notes)
	}
}
