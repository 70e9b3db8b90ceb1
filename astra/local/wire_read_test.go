package local_test

import (
	"fmt"
	"strings"
	"testing"
)

func find(inside string) string { return `{"find":{` + inside + `}}` }

// withEvents has a partition of 120 events, newest first, and a small one.
func withEvents(t *testing.T) *embedded {
	t.Helper()
	e := withTables(t)
	for from := 0; from < 120; from += 60 {
		var rows []string
		for i := from; i < from+60; i++ {
			rows = append(rows, fmt.Sprintf(`{"day":"a","at":"2026-01-01T%02d:%02d:00Z","id":%d,"what":"w%d"}`, i/60, i%60, i, i%3))
		}
		e.done(t, inKeyspace+"/events", `{"insertMany":{"documents":[`+strings.Join(rows, ",")+`]}}`)
	}
	e.done(t, inKeyspace+"/events", insert(`"day":"b","at":"2026-01-01T00:00:00Z","id":1`))
	return e
}

func TestFilters(t *testing.T) {
	t.Parallel()
	e := withEvents(t)
	on := inKeyspace + "/events"
	e.hold(t, []exchange{
		{name: "nothing", target: on, send: find(`"filter":{}`), warns: "ZERO_FILTER_OPERATIONS"},
		{name: "a partition", target: on, send: find(`"filter":{"day":"b"}`), want: []string{`"id":1`}},
		{name: "a range of it", target: on, send: find(`"filter":{"day":"a","at":{"$gte":"2026-01-01T01:58:00Z"}}`),
			want: []string{`"id":119`, `"id":118`}},
		{name: "two partitions", target: on, send: find(`"filter":{"day":{"$in":["b","c"]}}`), want: []string{`"day":"b"`}},
		{name: "without the partition", target: on, send: find(`"filter":{"at":"2026-01-01T00:00:00Z"}`), warns: "INCOMPLETE_PRIMARY_KEY_FILTER"},
		{name: "without an index", target: on, send: find(`"filter":{"what":"w1"},"options":{"limit":1}`), warns: "MISSING_INDEX",
			want: []string{`"what":"w1"`}},
		{name: "unknown column", target: on, send: find(`"filter":{"nope":1}`), code: "UNKNOWN_TABLE_COLUMNS"},
		{name: "unknown column and an object", target: on, send: find(`"filter":{"nope":{"a":1}}`), code: "FILTER_UNSUPPORTED_DATA_TYPE"},
		{name: "unknown column and operator", target: on, send: find(`"filter":{"nope":{"$a":1}}`), code: "FILTER_UNSUPPORTED_OPERATOR"},
		{name: "bad value", target: on, send: find(`"filter":{"day":7}`), code: "INVALID_FILTER_COLUMN_VALUES"},
		{name: "unknown operator", target: on, send: find(`"filter":{"day":{"$regex":"a"}}`), code: "FILTER_UNSUPPORTED_OPERATOR"},
		{name: "exists", target: on, send: find(`"filter":{"day":{"$exists":true}}`), code: "FILTER_UNSUPPORTED_OPERATOR"},
		{name: "an array for a scalar", target: on, send: find(`"filter":{"day":["a"]}`), code: "FILTER_INVALID_EXPRESSION"},
		{name: "an object", target: on, send: find(`"filter":{"day":{"x":1}}`), code: "FILTER_UNSUPPORTED_DATA_TYPE"},
		{name: "too many values", target: on, send: find(`"filter":{"id":{"$in":[` + strings.TrimSuffix(strings.Repeat("1,", 101), ",") +
			`]}}`), code: "FILTER_INVALID_EXPRESSION"},
		{name: "a range of durations", target: inKeyspace + "/things", send: find(`"filter":{"span":{"$gt":"1h"}}`),
			code: "UNSUPPORTED_COMPARISON_FILTER_AGAINST_DURATION"},
	})
}

func TestSetAndMapFilters(t *testing.T) {
	t.Parallel()
	e := withTables(t)
	on := inKeyspace + "/things"
	e.done(t, on, `{"createIndex":{"name":"tags_idx","definition":{"column":"tags"}}}`)
	e.done(t, on, `{"createIndex":{"name":"keys_idx","definition":{"column":{"map":"$keys"}}}}`)
	e.done(t, on, `{"createIndex":{"name":"name_idx","definition":{"column":"name"}}}`)
	e.done(t, on, insert(`"id":`+idA+`,"name":"one","tags":["x","y"],"map":{"k":1}`))
	e.done(t, on, insert(`"id":`+idB+`,"name":"two","tags":["y"]`))
	e.hold(t, []exchange{
		{name: "any of", target: on, send: find(`"filter":{"tags":{"$in":["x","z"]}}`), want: []string{idA}},
		{name: "all of", target: on, send: find(`"filter":{"tags":{"$all":["x","y"]}}`), want: []string{idA}},
		{name: "keys", target: on, send: find(`"filter":{"map":{"$keys":{"$in":["k"]}}}`), want: []string{idA}},
		{name: "or", target: on, send: find(`"filter":{"$or":[{"name":"one"},{"name":"two"}]}`), want: []string{idA, idB}},
		{name: "not equal", target: on, send: find(`"filter":{"name":{"$ne":"one"}}`), want: []string{idB},
			warns: "NOT_EQUALS_UNSUPPORTED_BY_INDEXING"},
		{name: "a range of text", target: on, send: find(`"filter":{"name":{"$gt":"one"}}`), want: []string{idB},
			warns: "COMPARISON_FILTER_UNSUPPORTED_BY_INDEXING"},
		{name: "none of", target: on, send: find(`"filter":{"name":{"$nin":["one"]}}`), want: []string{idB},
			warns: "NOT_IN_FILTER_UNSUPPORTED_BY_INDEXING"},
	})
}

// An index may compare texts without their case and accents.
func TestAnalyzedTexts(t *testing.T) {
	t.Parallel()
	e := withTables(t)
	on := inKeyspace + "/things"
	e.done(t, on, insert(`"id":`+idA+`,"name":"Café Müller"`))
	e.done(t, on, `{"createIndex":{"name":"name_idx","definition":{"column":"name","options":{"ascii":true,
		"caseSensitive":false,"normalize":true}}}}`)
	e.done(t, on, insert(`"id":`+idB+`,"name":"CAFE MULLER"`))
	e.hold(t, []exchange{
		{name: "equal", target: on, send: find(`"filter":{"name":"cafe müller"}`), want: []string{idA, idB}},
		{name: "one of", target: on, send: find(`"filter":{"name":{"$in":["x","Cafe Muller"]}}`), want: []string{idA, idB}},
		{name: "none of", target: on, send: find(`"filter":{"name":{"$nin":["cafe muller"]}}`), want: []string{`"documents":[]`},
			warns: "NOT_IN_FILTER_UNSUPPORTED_BY_INDEXING"},
		{name: "another", target: on, send: find(`"filter":{"name":"cafe"}`), want: []string{`"documents":[]`}},
	})
	e.done(t, on, `{"deleteMany":{"filter":{}}}`)
	e.hold(t, []exchange{{name: "deleted", target: on, send: find(`"filter":{"name":"cafe muller"}`), want: []string{`"documents":[]`}}})
}

func TestSortAndPages(t *testing.T) {
	t.Parallel()
	e := withEvents(t)
	on := inKeyspace + "/events"
	e.hold(t, []exchange{
		{name: "declared order", target: on, send: find(`"filter":{"day":"a"},"sort":{"at":-1},"options":{"limit":1}`),
			want: []string{`"id":119`, `"nextPageState":null`}},
		{name: "reversed", target: on, send: find(`"filter":{"day":"a"},"sort":{"at":1},"options":{"limit":1}`), want: []string{`"id":0`}},
		{name: "in memory", target: on, send: find(`"filter":{"day":"a"},"sort":{"what":1}`),
			want: []string{`"sortedRowCount":120`, `"nextPageState":null`}, warns: "IN_MEMORY_SORTING_DUE_TO_NON_PARTITION_SORTING"},
		{name: "with skip", target: on, send: find(`"filter":{"day":"a"},"sort":{"at":-1},"options":{"skip":1,"limit":1}`),
			want: []string{`"id":118`}, warns: "IN_MEMORY_SORTING_DUE_SKIP_OPTIONS"},
		{name: "without the partition", target: on, send: find(`"filter":{"at":{"$gt":"2026-01-01T01:00:00Z"}},"sort":{"at":-1}`),
			warns: "IN_MEMORY_SORTING_DUE_TO_PARTITION_KEY_NOT_RESTRICTED,INCOMPLETE_PRIMARY_KEY_FILTER"},
		{name: "skip without sort", target: on, send: find(`"filter":{"day":"a"},"options":{"skip":1}`), code: "COMMAND_FIELD_VALUE_INVALID"},
		{name: "limit 0", target: on, send: find(`"filter":{"day":"a"},"options":{"limit":0}`), code: "COMMAND_FIELD_VALUE_INVALID"},
		{name: "unknown column", target: on, send: find(`"filter":{"day":"a"},"sort":{"nope":1}`), code: "CANNOT_SORT_UNKNOWN_COLUMNS"},
		{name: "projection", target: on, send: find(`"filter":{"day":"b"},"projection":{"id":1}`),
			want: []string{`"documents":[{"id":1}]`, `"projectionSchema":{"id":{"type":"int"}}`}},
		{name: "mixed projection", target: on, send: find(`"filter":{"day":"b"},"projection":{"id":1,"at":0}`),
			code: "UNSUPPORTED_PROJECTION_PARAM"},
	})
	_, state, _ := strings.Cut(e.done(t, on, find(`"filter":{"day":"a"}`)).text, `"nextPageState":"`)
	state, _, _ = strings.Cut(state, `"`)
	e.hold(t, []exchange{
		{name: "page 2 of a sort in memory", target: on,
			send: find(`"filter":{"day":"a"},"sort":{"what":1},"options":{"pageState":"` + state + `"}`),
			code: "UNSUPPORTED_PAGINATION_WITH_IN_MEMORY_SORTING"},
		{name: "none of ours with such a sort", target: on, send: find(`"filter":{"day":"a"},"sort":{"what":1},"options":{"pageState":"AAAA"}`),
			code: "UNSUPPORTED_PAGINATION_WITH_IN_MEMORY_SORTING"},
		{name: "no page state of ours", target: on, send: find(`"filter":{"day":"a"},"options":{"pageState":"AAAA"}`),
			code: "UNEXPECTED_DRIVER_ERROR"},
	})
	if seen := e.walk(t, on, `"filter":{"day":"a"}`); len(seen) != 3 || seen[0] != 50 || seen[1] != 50 || seen[2] != 20 {
		t.Errorf("the pages have %v rows, want 50, 50, 20", seen)
	}
}

// walk reads all pages and gives the number of rows of each.
func (e *embedded) walk(t *testing.T, target, query string) (rows []int) {
	t.Helper()
	state := "null"
	for range 10 {
		r := e.done(t, target, find(query+`,"options":{"pageState":`+state+`}`))
		rows = append(rows, strings.Count(r.text, `"day":"a"`))
		_, after, _ := strings.Cut(r.text, `"nextPageState":`)
		if strings.HasPrefix(after, "null") {
			return rows
		}
		state = `"` + strings.SplitN(after, `"`, 3)[1] + `"`
	}
	t.Fatal("the pages do not end")
	return nil
}

func TestVectorSort(t *testing.T) {
	t.Parallel()
	e := withTables(t)
	on := inKeyspace + "/things"
	e.done(t, on, insert(`"id":`+idA+`,"vec":[1,0,0]`))
	e.done(t, on, insert(`"id":`+idB+`,"vec":[0,1,0]`))
	near := `"sort":{"vec":[0.9,0.1,0]}`
	e.hold(t, []exchange{{name: "without an index", target: on, send: find(near), code: "CANNOT_VECTOR_SORT_NON_INDEXED_VECTOR_COLUMNS"}})
	e.done(t, on, `{"createVectorIndex":{"name":"v","definition":{"column":"vec","options":{"metric":"cosine"}}}}`)
	e.hold(t, []exchange{
		{name: "nearest first", target: on, send: find(near +
			`,"projection":{"id":1},"options":{"limit":1,"includeSimilarity":true,"includeSortVector":true}`),
			want: []string{`"documents":[{"id":` + idA, `"$similarity":0.99`, `"sortVector":[0.9,0.1,0`, `"nextPageState":null`}},
		{name: "base64", target: on, send: find(`"sort":{"vec":{"$binary":"PczMzT5MzM0+mZma"}}`), want: []string{idA, idB}},
		{name: "too short", target: on, send: find(`"sort":{"vec":[1]}`), code: "CANNOT_VECTOR_SORT_ON_MISMATCHED_VECTOR_DIMENSIONS"},
		{name: "with skip", target: on, send: find(near + `,"options":{"skip":1}`), code: "CANNOT_VECTOR_SORT_WITH_SKIP_OPTION"},
		{name: "too many", target: on, send: find(near + `,"options":{"limit":1001}`), code: "CANNOT_VECTOR_SORT_WITH_LIMIT_EXCEEDS_MAX"},
		{name: "with another column", target: on, send: find(`"sort":{"vec":[1,0,0],"n":1}`), code: "CANNOT_SORT_ON_SPECIAL_WITH_OTHERS"},
		{name: "filtered by a vector", target: on, send: find(`"filter":{"vec":[1,0,0]}`), code: "FILTER_INVALID_EXPRESSION"},
	})
}

// TestNearestRowsAreComplete has far more rows than are asked for, in no
// order, so that most are looked at in part only.
func TestNearestRowsAreComplete(t *testing.T) {
	t.Parallel()
	e := withTables(t)
	on := inKeyspace + "/things"
	e.done(t, on, `{"createVectorIndex":{"name":"v","definition":{"column":"vec","options":{"metric":"cosine"}}}}`)
	var rows []string
	for i := range 60 {
		away := (i * 37) % 60 // each once
		rows = append(rows, fmt.Sprintf(`{"id":"00000000-0000-4000-8000-0000000000%02d","name":"away %d","vec":[60,%d,0]}`, i, away, away))
	}
	e.done(t, on, `{"insertMany":{"documents":[`+strings.Join(rows, ",")+`]}}`)
	e.hold(t, []exchange{
		{name: "of all", target: on, send: find(`"sort":{"vec":[1,0,0]},"projection":{"name":1},"options":{"limit":3}`),
			want: []string{`"documents":[{"name":"away 0"},{"name":"away 1"},{"name":"away 2"}]`}},
		{name: "of some", target: on, warns: "MISSING_INDEX",
			send: find(`"filter":{"name":{"$gt":"away 4"}},"sort":{"vec":[1,0,0]},"projection":{"name":1},"options":{"limit":2}`),
			want: []string{`"documents":[{"name":"away 5"},{"name":"away 6"}]`}},
		{name: "as vectors too", target: on, send: find(`"sort":{"vec":[1,0,0]},"projection":{"vec":1,"name":1},"options":{"limit":1}`),
			want: []string{`"name":"away 0"`, `"vec":[60`}},
	})
}
