package cursors

import (
	"encoding/json"
	"fmt"

	"github.com/killrvideo/killrvideo-go/astra/dataapi/options"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/sort"
)

// Body is what find and findOne carry. What was not set is left out.
func Body(filter any, find options.Find) map[string]any {
	body := map[string]any{}
	put(body, "filter", filter)
	put(body, "projection", find.Projection)
	if clauses, ok := find.Sort.(sort.Clauses); ok {
		body["sort"] = ordered(clauses)
	} else {
		put(body, "sort", find.Sort)
	}
	set := map[string]any{}
	putIf(set, "limit", find.Limit, find.Limit > 0)
	putIf(set, "skip", find.Skip, find.Skip > 0)
	putIf(set, "pageState", find.PageState, find.PageState != "")
	putIf(set, "includeSimilarity", true, find.IncludeSimilarity)
	putIf(set, "includeSortVector", true, find.IncludeSortVector)
	putIf(body, "options", set, len(set) > 0)
	return body
}

func put(m map[string]any, name string, value any) { putIf(m, name, value, value != nil) }

func putIf(m map[string]any, name string, value any, condition bool) {
	if condition {
		m[name] = value
	}
}

// ordered writes the clauses as one object in their order.
type ordered sort.Clauses

// MarshalJSON implements [json.Marshaler].
func (o ordered) MarshalJSON() ([]byte, error) {
	out := []byte{'{'}
	for _, clause := range o {
		for column, value := range clause {
			name, err := json.Marshal(column)
			if err != nil {
				return nil, err
			}
			text, err := json.Marshal(value)
			if err != nil {
				return nil, fmt.Errorf("sort by %s: %w", column, err)
			}
			if len(out) > 1 {
				out = append(out, ',')
			}
			out = append(append(append(out, name...), ':'), text...)
		}
	}
	return append(out, '}'), nil
}
