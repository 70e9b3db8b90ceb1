package devops

import (
	"errors"
	"net/http"
	"testing"
)

func TestParseDRNReadsWhatStringWrites(t *testing.T) {
	t.Parallel()
	for _, want := range []DRN{
		{Org: "o"}, {Org: "o", Database: "d"}, {Org: "o", Database: "*"}, {Org: "o", Database: "d", Keyspace: "k"},
		{Org: "o", Database: "d", Keyspace: "k", Table: "*"},
	} {
		if got, ok := ParseDRN(want.String()); !ok || got != want {
			t.Errorf("%s: got %+v, %v", want, got, ok)
		}
	}
	for _, other := range []string{"", "drn:astra:org:", "drn:astra:db:d", "drn:astra:org:o:keyspace:k", "drn:astra:org:o:db",
		"drn:astra:org:o:db:d:table:t",
		"drn:astra:org:o:db:d:keyspace:k:table:t:row:r"} {
		if got, ok := ParseDRN(other); ok {
			t.Errorf("%q is read as %+v", other, got)
		}
	}
}

func TestUncertain(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		err  error
		want bool
	}{
		"success":   {nil, false},
		"no answer": {errors.New("connection reset"), true},
		"gateway":   {&Error{Status: http.StatusBadGateway}, true},
		"refusal":   {&Error{Status: http.StatusForbidden}, false},
	} {
		if got := Uncertain(test.err); got != test.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
