package policy

import (
	_ "embed" // the ledger lies beside
	"fmt"

	"gopkg.in/yaml.v3"
)

//go:embed ledger.yaml
var ledgerText []byte

// Row is what the ledger says of one public check.
type Row struct {
	// Met names the rule that answers it; Tested a test, as FILE:FUNCTION;
	// Linted a program that make lint runs.
	Met    string `yaml:"met"`
	Tested string `yaml:"tested"`
	Linted string `yaml:"linted"`
	// Excepted is why it is not held, and Lift what changes that.
	Excepted string `yaml:"excepted"`
	Lift     string `yaml:"lift"`
}

// Ledger is the rows by check ID.
type Ledger map[string]Row

// ReadLedger reads the ledger of this version.
func ReadLedger() (Ledger, error) {
	var ledger Ledger
	if err := yaml.Unmarshal(ledgerText, &ledger); err != nil {
		return nil, fmt.Errorf("read the policy ledger: %w", err)
	}
	return ledger, nil
}

// exception is why the ledger lets a rule's findings pass: it has to except
// every ID that the rule answers, and the first one's row says why. A rule of
// our own is never excepted.
func (l Ledger) exception(rule *Rule) (why string) {
	for _, id := range rule.IDs {
		row := l[id]
		if row.Excepted == "" {
			return ""
		}
		if why == "" {
			why = row.Excepted + "; " + row.Lift
		}
	}
	return why
}
