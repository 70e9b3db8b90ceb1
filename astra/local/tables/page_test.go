package tables

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestDocsListEveryCommand: what the page for users says that there is, is
// there, and the other way round.
func TestDocsListEveryCommand(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../../../docs/embedded-astra.md")
	if err != nil {
		t.Fatal(err)
	}
	h := &Handler{}
	for part, commands := range map[string][]string{"database": h.names(database), "keyspace": h.names(keyspace), "table": h.names(table),
		"collection": h.names(collection)} {
		_, row, _ := strings.Cut(string(page), "\n| "+part+" | ")
		row, _, _ = strings.Cut(row, " | ")
		named := regexp.MustCompile("`([^`]+)`").FindAllStringSubmatch(row, -1)
		var names []string
		for _, one := range named {
			names = append(names, one[1])
		}
		slices.Sort(names)
		if !slices.Equal(names, commands) {
			t.Errorf("the page names the commands of a %s as %v, and they are %v", part, names, commands)
		}
	}
}
