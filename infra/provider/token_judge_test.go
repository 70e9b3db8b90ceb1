package provider

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/killrvideo/killrvideo-go/astra/dataapi/results"
	"github.com/killrvideo/killrvideo-go/astra/devops"
	"github.com/killrvideo/killrvideo-go/infra/provider/resource"
)

// An API checks rights first: only a refusal shows that a right is missing. An
// overloaded or broken API shows nothing.
func TestWhatAnAnswerToAForbiddenCallShows(t *testing.T) {
	t.Parallel()
	answer := func(status int) error { return fmt.Errorf("call: %w", &devops.Error{Status: status}) }
	for name, test := range map[string]struct {
		err            error
		finding, fails bool
	}{
		"done":               {nil, true, false},
		"accepted":           {devops.ErrUnverified, true, false},
		"unauthorized":       {devops.ErrUnauthorized, false, false},
		"forbidden":          {devops.ErrForbidden, false, false},
		"refused":            {errRefused, false, false},
		"an unseen keyspace": {errUnknownKeyspace, false, false},
		"not found":          {answer(http.StatusNotFound), true, false},
		"conflict":           {answer(http.StatusConflict), true, false},
		"a wrong request":    {answer(http.StatusBadRequest), true, false},
		"too many requests":  {answer(http.StatusTooManyRequests), false, true},
		"broken":             {answer(http.StatusInternalServerError), false, true},
		"bad gateway":        {answer(http.StatusBadGateway), false, true},
		"no answer":          {errors.New("connection reset"), false, true},
	} {
		finding, err := found(test.err, "it may", "do it")
		if (finding != "") != test.finding || (err != nil) != test.fails {
			t.Errorf("%s: found %q, %v", name, finding, err)
		}
	}
}

// What a role grants beyond the tables of one keyspace is named, and a part of
// them is less.
func TestExcessOfARole(t *testing.T) {
	t.Parallel()
	args := TokenArgs{DatabaseID: "d", Keyspace: "k"}
	const keyspace = "drn:astra:org:o:db:d:keyspace:k"
	for name, test := range map[string]struct {
		actions, resources []string
		want               string
	}{
		"the least":             {LeastActions(), drns("o", "d", "k"), ""},
		"one table":             {resource.ReadActions(), []string{keyspace + ":table:t"}, ""},
		"another action":        {[]string{"db-table-drop"}, drns("o", "d", "k"), "allows db-table-drop"},
		"two more":              {[]string{"z-action", "a-action"}, drns("o", "d", "k"), "allows a-action, z-action"},
		"all keyspaces":         {nil, []string{"drn:astra:org:o:db:d:keyspace:*"}, "is on drn:astra:org:o:db:d:keyspace:*"},
		"another keyspace":      {nil, []string{"drn:astra:org:o:db:d:keyspace:other:table:t"}, "keyspace:other:table:t"},
		"another database":      {nil, []string{"drn:astra:org:o:db:e:keyspace:k:table:t"}, "db:e:keyspace:k:table:t"},
		"another organisation":  {nil, []string{"drn:astra:org:p:db:d:keyspace:k:table:t"}, "org:p:db:d"},
		"the organisation":      {nil, []string{"drn:astra:org:o"}, "is on drn:astra:org:o"},
		"what cannot be parsed": {nil, []string{"everything"}, "is on everything"},
		"both":                  {[]string{"db-table-drop"}, []string{"drn:astra:org:o"}, "allows db-table-drop, and is on drn:astra:org:o"},
	} {
		role := devops.Role{Name: "r", Policy: devops.Policy{Effect: "allow", Actions: test.actions, Resources: test.resources}}
		broad := excess([]devops.Role{role}, "o", args)
		if text := strings.Join(broad, "; "); (text == "") != (test.want == "") || !strings.Contains(text, test.want) {
			t.Errorf("%s: %q, want %q", name, text, test.want)
		}
	}
	denies := devops.Role{Policy: devops.Policy{Effect: "deny", Actions: []string{"db-table-drop"}, Resources: []string{"drn:astra:org:o"}}}
	if broad := excess([]devops.Role{denies}, "o", args); len(broad) > 0 {
		t.Errorf("a role that denies grants %v", broad)
	}
}

// A refusal is told by its status or its code, and nothing else is one.
func TestClassesOfDataAPIErrors(t *testing.T) {
	t.Parallel()
	for status, want := range map[int]bool{http.StatusUnauthorized: true, http.StatusForbidden: true, http.StatusNotFound: false,
		http.StatusTooManyRequests: false, http.StatusInternalServerError: false} {
		if err := dataError(&results.HTTPError{Status: status}); err == nil || errors.Is(err, errRefused) != want {
			t.Errorf("status %d: %v", status, err)
		}
	}
	if dataError(nil) != nil {
		t.Error("no error is one")
	}
}
