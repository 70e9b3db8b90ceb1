package e2e_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// The contract's conformance cases have ids, such as V14. Each is a subtest
// whose name begins with its id, in the files cases_*_test.go. Where the
// official back end does something else than it documents, the case expects
// what is documented, or what makes sense; docs/api-differences.md says which.
var caseIDs = map[string]int{
	"R": 2, "U": 16, "V": 23, "C": 5, "G": 5, "S": 6, "P": 2, "F": 3, "M": 8, "A": 3, "O": 3,
}

func TestEveryCaseOfTheContractIsTested(t *testing.T) {
	t.Parallel()
	tested := map[string]bool{}
	for _, match := range regexp.MustCompile(`t\.Run\("([A-Z]\d+) `).FindAllStringSubmatch(sources(t, "cases_*_test.go"), -1) {
		tested[match[1]] = true
	}
	for group, n := range caseIDs {
		for i := 1; i <= n; i++ {
			if id := fmt.Sprint(group, i); !tested[id] {
				t.Errorf("%s is not tested", id)
			}
			delete(tested, fmt.Sprint(group, i))
		}
	}
	for id := range tested {
		t.Errorf("%s is no case of the contract", id)
	}
}

// sources are the files of a pattern, one after the other.
func sources(t *testing.T, pattern string) string {
	t.Helper()
	names, err := filepath.Glob(pattern)
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		all.Write(text)
	}
	return all.String()
}

// setUp is what every case starts from: four accounts and a video of the
// creator's.
type setUp struct {
	viewer, creator, moderator, suspended person
	video                                 string
}

func newSetUp(t *testing.T) setUp {
	t.Helper()
	s := setUp{viewer: viewer(t), creator: creator(t), moderator: moderator(t), suspended: suspended(t)}
	s.video = submit(t, s.creator, nil)
	return s
}

// asked is a request and what is expected of its answer.
type asked struct {
	method, path, token string
	body                any
	status              int
	detail              string // "" for any
}

func askEach(t *testing.T, all ...asked) {
	t.Helper()
	for _, a := range all {
		call(t, a.method, "/api/v1"+a.path, a.token, a.body).want(t, a.status, a.detail)
	}
}

// data are the items of a page.
func (a answer) data(t *testing.T) []map[string]any {
	t.Helper()
	raw, ok := a.body["data"].([]any)
	if !ok {
		t.Fatalf("no page: %s", a.raw)
	}
	return objects(t, raw)
}

func objects(t *testing.T, raw []any) []map[string]any {
	t.Helper()
	items := make([]map[string]any, len(raw))
	for i := range raw {
		item, ok := raw[i].(map[string]any)
		if !ok {
			t.Fatalf("%v is no object", raw[i])
		}
		items[i] = item
	}
	return items
}

// totals are totalItems and totalPages.
func (a answer) totals(t *testing.T) (items, pages float64) {
	t.Helper()
	p, ok := a.body["pagination"].(map[string]any)
	if !ok {
		t.Fatalf("no page: %s", a.raw)
	}
	return p["totalItems"].(float64), p["totalPages"].(float64)
}

// wantTotals fails the test unless the list has so many items on so many pages.
func (a answer) wantTotals(t *testing.T, items, pages float64) answer {
	t.Helper()
	if i, p := a.totals(t); i != items || p != pages {
		t.Errorf("%v items on %v pages, want %v on %v", i, p, items, pages)
	}
	return a
}
