package scanners

import (
	"os"
	"testing"

	"gopkg.in/yaml.v3"

	"github.com/killrvideo/killrvideo-go/infra/policy"
)

// catalogue is what catalogue.yaml holds.
type catalogue struct {
	Scanners map[string]struct{ Version, List string }
	Kinds    map[string]kind
	// Files are IDs by scanner, for what is no plan.
	Files map[string]map[string][]string
	// Beside are IDs by what they are really about.
	Beside map[string][]string
}

// kind is what scanners know of a type of resource.
type kind struct {
	// Terraform and Object are what it is called outside Pulumi.
	Terraform, Object string
	// Sibling are IDs that a scanner asks of a like type, and we of this one.
	Sibling []string
	// IDs by scanner.
	IDs map[string][]string `yaml:",inline"`
}

func readCatalogue(t *testing.T) catalogue {
	t.Helper()
	file, err := os.Open("catalogue.yaml")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var c catalogue
	decoder := yaml.NewDecoder(file)
	decoder.KnownFields(true)
	if err := decoder.Decode(&c); err != nil {
		t.Fatal(err)
	}
	return c
}

// ids are all that apply, with the scanner that asks for each.
func (c catalogue) ids() map[string]string {
	all := map[string]string{}
	note := func(group map[string][]string) {
		for scanner, ids := range group {
			for _, id := range ids {
				all[id] = scanner
			}
		}
	}
	for _, k := range c.Kinds {
		note(map[string][]string{sibling: k.Sibling})
	}
	for _, k := range c.Kinds {
		note(k.IDs)
	}
	for _, file := range c.Files {
		note(file)
	}
	return all
}

// sibling is who asks for an ID that applies to a like type only.
const sibling = "sibling"

// TestTheLedgerAnswersTheCatalogue: no ID without a row, no row without an ID.
func TestTheLedgerAnswersTheCatalogue(t *testing.T) {
	t.Parallel()
	c := readCatalogue(t)
	ledger, err := policy.ReadLedger()
	if err != nil {
		t.Fatal(err)
	}
	asked := c.ids()
	for id, scanner := range asked {
		if _, known := ledger[id]; !known {
			t.Errorf("%s of %s has no row in the ledger", id, scanner)
		}
		if _, known := c.Scanners[scanner]; !known && scanner != sibling {
			t.Errorf("%s is asked by %q, of which the catalogue does not say whence its list is", id, scanner)
		}
	}
	for id := range ledger {
		if asked[id] == "" {
			t.Errorf("the ledger has a row for %s, which nobody asks", id)
		}
	}
	for about, ids := range c.Beside {
		for _, id := range ids {
			if _, known := ledger[id]; known || asked[id] != "" {
				t.Errorf("%s is said to be about %s, and applies too", id, about)
			}
		}
	}
}

// TestEveryTypeOfThePlansIsInTheCatalogue: a new type has to be looked up.
func TestEveryTypeOfThePlansIsInTheCatalogue(t *testing.T) {
	t.Parallel()
	c := readCatalogue(t)
	for name, p := range plans(t) {
		for _, r := range p.Resources {
			if _, known := c.Kinds[r.Type]; !known {
				t.Errorf("%s holds a %s; look up what scanners ask of it, and add it to catalogue.yaml", name, r.Type)
			}
		}
	}
	for _, rule := range policy.Rules() {
		for _, name := range rule.Types {
			if _, known := c.Kinds[name]; !known {
				t.Errorf("the rule %q looks at a %s; look up what scanners ask of it, and add it to catalogue.yaml", rule.Name, name)
			}
		}
	}
}
