package cursors_test

import (
	"context"
	"encoding/json"
	"testing"

	"github.com/killrvideo/killrvideo-go/astra/dataapi/cursors"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/filter"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/internal/call"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/options"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/sort"
)

// pages answers every find with the next of some bodies, and then with an
// empty page.
type pages struct {
	bodies [][]byte
	asked  int
}

func (p *pages) Call(context.Context, call.Command) (*call.Response, error) {
	p.asked++
	response := &call.Response{}
	if p.asked > len(p.bodies) {
		return response, nil
	}
	return response, json.Unmarshal(p.bodies[p.asked-1], response)
}

// FuzzPages: whatever a server answers, a walk ends within its limit, with all
// rows decoded or with an error.
func FuzzPages(f *testing.F) {
	for _, seed := range []string{
		`{}`, `{"data":{"documents":[{"a":1},{"a":2}],"nextPageState":"x"},
			"status":{"projectionSchema":{"a":{"type":"int"},"s":{"type":"set"}},"sortVector":[1],"warnings":[{}]}}`,
		`{"data":{"documents":[null],"nextPageState":null},"status":{"projectionSchema":{"a":{"type":"int"}}}}`,
		`{"data":{"documents":[1,"x",[]]}}`, `{"data":null,"status":null}`,
		`{"data":{"documents":[],"nextPageState":"again"}}`, `{"data":{"documents":{}}}`, `{"status":{"projectionSchema":{"a":null}}}`,
	} {
		f.Add([]byte(seed), []byte(`{"data":{"documents":[{"a":3}]}}`), uint8(2))
	}
	f.Fuzz(func(t *testing.T, first, second []byte, limit uint8) {
		server := &pages{bodies: [][]byte{first, second}}
		cursor := cursors.NewTableFindCursor(server, call.Command{Name: "find", Table: "t"}, nil,
			options.TableFindOptions{Limit: ptr(int(limit))})
		var rows []map[string]any
		err := cursor.DecodeAll(t.Context(), &rows)
		if limit > 0 && len(rows) > int(limit) || server.asked > 3 {
			t.Fatalf("%d rows of %d, in %d calls", len(rows), limit, server.asked)
		}
		for _, row := range rows {
			if row == nil && err == nil {
				t.Fatal("a row that is none passed")
			}
		}
	})
}

func ptr[T any](v T) *T { return &v }

// FuzzBody: any sort is written as JSON, with its columns in their order.
func FuzzBody(f *testing.F) {
	f.Add("a", "b", "c")
	f.Add("", "\x00", "\xff\"")
	f.Fuzz(func(t *testing.T, a, b, value string) {
		clauses := sort.Asc(a).Desc(b).By("v", value)
		text, err := json.Marshal(cursors.Body(filter.F{a: b}, options.TableFind().SetSort(clauses), value))
		if err != nil || !json.Valid(text) {
			t.Fatalf("%s: %v", text, err)
		}
	})
}
