package local_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// pool is what a value of a request is replaced by.
func pool() []string {
	return []string{`null`, `true`, `""`, `"a"`, `"$x"`, `"a.b"`, `"2026-01-02"`, `-1`, `0`, `1.5`, `1e400`, `1e-400`, `9223372036854775808`,
		`2147483648`, `[]`, `{}`, `[[]]`, `[1]`, `["a","a"]`, `[null]`, `[["a",1]]`, `{"$date":1}`, `{"$date":"x"}`, `{"$binary":"AQI="}`,
		`{"$binary":"?"}`, `{"$uuid":"a0000000-0000-4000-8000-000000000001"}`, `{"a":1}`, `{"":1}`, `{"$in":[]}`, `{"$gt":null}`,
		`{"$not":{"$eq":1}}`, `{"$each":[]}`, `{"$keys":{"$in":["a"]}}`, `{"type":"text"}`, `[0,0]`, `{"*":1}`}
}

// mutate replaces, removes or renames one part of a value, which is drawn.
func mutate(r *rapid.T, v any, others []any) any {
	if rapid.IntRange(0, 3).Draw(r, "here") == 0 {
		if rapid.Bool().Draw(r, "from a seed") {
			return rapid.SampledFrom(others).Draw(r, "other")
		}
		return json.RawMessage(rapid.SampledFrom(pool()).Draw(r, "value"))
	}
	switch x := v.(type) {
	case []any:
		if len(x) > 0 {
			x = slices.Clone(x)
			i := rapid.IntRange(0, len(x)-1).Draw(r, "element")
			x[i] = mutate(r, x[i], others)
			return x
		}
	case map[string]any:
		if len(x) > 0 {
			return mutateMember(r, x, others)
		}
	}
	return v
}

func mutateMember(r *rapid.T, x map[string]any, others []any) any {
	keys := make([]string, 0, len(x))
	for k := range x {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	chosen, out := rapid.SampledFrom(keys).Draw(r, "member"), map[string]any{}
	for k, v := range x {
		out[k] = v
	}
	switch rapid.IntRange(0, 9).Draw(r, "member change") {
	case 0:
		delete(out, chosen)
	case 1:
		delete(out, chosen)
		names := []string{"", "$x", "_id", "text", "list", "map", "vector", "p", "$and", "$or", "$set", "$push", "$vector", "$lexical"}
		out[rapid.SampledFrom(names).Draw(r, "name")] = x[chosen]
	default:
		out[chosen] = mutate(r, x[chosen], others)
	}
	return out
}

// parts are the values within a value.
func parts(v any) (all []any) {
	switch x := v.(type) {
	case []any:
		for _, e := range x {
			all = append(all, parts(e)...)
		}
	case map[string]any:
		for _, e := range x {
			all = append(all, parts(e)...)
		}
	}
	return append(all, v)
}

// TestMutatedRequests sends commands with wrong, missing and exchanged parts: the
// server answers each of them, and never with a failure of its own. More of them:
// go test ./local -run Mutated -rapid.seed 0 -rapid.checks 100000
func TestMutatedRequests(t *testing.T) {
	t.Parallel()
	var commands, others []any
	for _, text := range requestSeeds() {
		var v any
		if json.Unmarshal([]byte(text), &v) == nil {
			commands, others = append(commands, v), append(others, parts(v)...)
		}
	}
	slices.SortStableFunc(others, func(a, b any) int { return strings.Compare(text(a), text(b)) })
	var e fuzzed
	t.Cleanup(func() { e.close(t) })
	rapid.Check(t, func(r *rapid.T) {
		if e.server == nil || e.served > 300 {
			e.reset(t)
		}
		v := rapid.SampledFrom(commands).Draw(r, "command")
		for range rapid.IntRange(1, 3).Draw(r, "changes") {
			v = mutate(r, v, others)
		}
		body := text(v)
		for _, target := range []string{"/t", "/docs", ""} {
			e.answer(t, "/v1/"+keyspace+target, body)
		}
		if !strings.Contains(body, `"find`) {
			e.served += 30 // what it holds has changed
		}
	})
}

func text(v any) string {
	raw, _ := json.Marshal(v)
	return string(raw)
}
