package fault

import (
	_ "embed"
	"strconv"
	"strings"
	"sync"
)

// table holds the public catalogue of the Data API, release 1.0.51: family,
// scope, code, HTTP status and title of every error and warning. They are the
// interface, so they must match exactly. Messages are written where the error
// is made.
//
//go:embed catalogue.tsv
var table string

// An Entry is what all errors of a code and scope share.
type Entry struct {
	Family, Scope, Code, Title string
	Status                     int
}

// Entries lists the catalogue in its order.
var Entries = sync.OnceValue(func() []Entry {
	var all []Entry
	for line := range strings.Lines(table) {
		f := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		status, _ := strconv.Atoi(f[3])
		all = append(all, Entry{Family: f[0], Scope: f[1], Code: f[2], Title: f[4], Status: status})
	}
	return all
})

var byCode = sync.OnceValue(func() map[string][]Entry {
	index := map[string][]Entry{}
	for _, e := range Entries() {
		index[e.Code] = append(index[e.Code], e)
	}
	return index
})

// lookup finds the entry of a code. A code of several scopes without a scope
// returns its first.
func lookup(scope *string, code string) (Entry, bool) {
	for _, e := range byCode()[code] {
		if scope == nil || e.Scope == *scope {
			return e, true
		}
	}
	return Entry{}, false
}
