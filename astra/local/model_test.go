package local_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/killrvideo/killrvideo-go/astra/local"
)

// modelRow is a row as a child would keep it: values by column. A row that an
// insert made is there even without values.
type modelRow struct {
	P        string
	C        int
	N        *int
	T        *string
	S        []string
	inserted bool
}

type modelKey struct {
	P string
	C int
}

// model is what the table should hold.
type model map[modelKey]modelRow

// change draws one command and does it to the model.
func (m model) change(r *rapid.T) string {
	k := modelKey{rapid.SampledFrom([]string{"a", "b", "c"}).Draw(r, "p"), rapid.IntRange(0, 6).Draw(r, "c")}
	key := fmt.Sprintf(`"p":%q,"c":%d`, k.P, k.C)
	row := m[k]
	row.P, row.C = k.P, k.C
	n, text := rapid.IntRange(0, 3).Draw(r, "n"), rapid.SampledFrom([]string{"x", "y", "z"}).Draw(r, "t")
	switch rapid.SampledFrom([]string{"insert", "insert", "insert", "set", "push", "unset", "delete", "partition"}).Draw(r, "change") {
	case "insert":
		row.N, row.T, row.inserted = &n, &text, true
		m[k] = row
		return fmt.Sprintf(`{"insertOne":{"document":{%s,"n":%d,"t":%q}}}`, key, n, text)
	case "set":
		row.N = &n
		m.keep(k, row)
		return fmt.Sprintf(`{"updateOne":{"filter":{%s},"update":{"$set":{"n":%d}}}}`, key, n)
	case "push":
		if !slices.Contains(row.S, text) {
			row.S = append(slices.Clone(row.S), text)
		}
		m.keep(k, row)
		return fmt.Sprintf(`{"updateOne":{"filter":{%s},"update":{"$push":{"s":%q}}}}`, key, text)
	case "unset":
		row.N, row.T, row.S = nil, nil, nil
		m.keep(k, row)
		return fmt.Sprintf(`{"updateOne":{"filter":{%s},"update":{"$unset":{"n":"","t":"","s":""}}}}`, key)
	case "delete":
		delete(m, k)
		return fmt.Sprintf(`{"deleteOne":{"filter":{%s}}}`, key)
	}
	maps.DeleteFunc(m, func(other modelKey, _ modelRow) bool { return other.P == k.P })
	return fmt.Sprintf(`{"deleteMany":{"filter":{"p":%q}}}`, k.P)
}

// keep stores a row that an update left: one without values that no insert
// made is gone.
func (m model) keep(k modelKey, row modelRow) {
	if row.N == nil && row.T == nil && len(row.S) == 0 && !row.inserted {
		delete(m, k)
		return
	}
	m[k] = row
}

// condition is a filter as it is sent, and what it means.
type condition struct {
	json string
	pass func(modelRow) bool
}

func drawCondition(r *rapid.T, depth int) condition {
	if depth > 0 && rapid.IntRange(0, 2).Draw(r, "compound") == 0 {
		a, b := drawCondition(r, depth-1), drawCondition(r, depth-1)
		if rapid.Bool().Draw(r, "and") {
			return condition{`{"$and":[` + a.json + `,` + b.json + `]}`, func(row modelRow) bool { return a.pass(row) && b.pass(row) }}
		}
		return condition{`{"$or":[` + a.json + `,` + b.json + `]}`, func(row modelRow) bool { return a.pass(row) || b.pass(row) }}
	}
	switch rapid.SampledFrom([]string{"p", "c", "n", "t", "s"}).Draw(r, "column") {
	case "p":
		return compared(r, "p", quoted("a", "b", "d"), func(row modelRow) *string { s := fmt.Sprintf("%q", row.P); return &s })
	case "c":
		return compared(r, "c", quoted(0, 1, 2, 3, 4, 5), func(row modelRow) *string { return shown(&row.C) })
	case "n":
		return compared(r, "n", quoted(0, 1, 2, 3), func(row modelRow) *string { return shown(row.N) })
	case "t":
		return compared(r, "t", quoted("x", "y", "z"), func(row modelRow) *string { return shown(row.T) })
	}
	return members(r)
}

// within narrows a condition to a partition or a row of it, half of the time.
func within(r *rapid.T, c condition) condition {
	if rapid.Bool().Draw(r, "anywhere") {
		return c
	}
	p := rapid.SampledFrom([]string{"a", "b"}).Draw(r, "within")
	return condition{fmt.Sprintf(`{"p":%q,"$and":[%s]}`, p, c.json), func(row modelRow) bool { return row.P == p && c.pass(row) }}
}

func quoted[T any](values ...T) []string {
	var all []string
	for _, v := range values {
		all = append(all, *shown(&v))
	}
	return all
}

// shown is a value as JSON; of one digit or letter, so that the texts order as
// the values do.
func shown[T any](v *T) *string {
	if v == nil {
		return nil
	}
	text, _ := json.Marshal(v)
	s := string(text)
	return &s
}

// compared draws a comparison with one value or several. No comparison lets a
// null pass.
func compared(r *rapid.T, column string, values []string, of func(modelRow) *string) condition {
	value := rapid.SampledFrom(values)
	op := rapid.SampledFrom([]string{"$eq", "$ne", "$gt", "$gte", "$lt", "$lte", "$in", "$nin"}).Draw(r, "op")
	list := rapid.SliceOfN(value, 1, 3).Draw(r, "values")
	operand := list[0]
	if op == "$in" || op == "$nin" {
		operand = "[" + strings.Join(list, ",") + "]"
	}
	return condition{fmt.Sprintf(`{%q:{%q:%s}}`, column, op, operand), func(row modelRow) bool {
		v := of(row)
		if v == nil {
			return false
		}
		switch op {
		case "$eq":
			return *v == list[0]
		case "$ne":
			return *v != list[0]
		case "$gt":
			return *v > list[0]
		case "$gte":
			return *v >= list[0]
		case "$lt":
			return *v < list[0]
		case "$lte":
			return *v <= list[0]
		}
		return slices.Contains(list, *v) == (op == "$in")
	}}
}

func members(r *rapid.T) condition {
	op := rapid.SampledFrom([]string{"$in", "$nin", "$all"}).Draw(r, "op")
	list := rapid.SliceOfN(rapid.SampledFrom([]string{"x", "y", "z"}), 1, 2).Draw(r, "members")
	return condition{fmt.Sprintf(`{"s":{%q:[%s]}}`, op, strings.Join(quoted(list...), ",")), func(row modelRow) bool {
		has := func(s string) bool { return slices.Contains(row.S, s) }
		if op == "$all" {
			return !slices.ContainsFunc(list, func(s string) bool { return !has(s) })
		}
		return slices.ContainsFunc(list, has) == (op == "$in")
	}}
}

// TestTableMatchesModel: whatever was written, and whatever is asked for,
// with indexes and without, in pages of three rows, forwards and backwards.
func TestTableMatchesModel(t *testing.T) {
	t.Parallel()
	for name, indexes := range map[string][]string{"without indexes": nil, "with indexes": {"n", "t", "s", "c"}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := startWith(t, local.Config{PageSize: 3})
			e.done(t, inKeyspace, `{"createTable":{"name":"m","definition":{"columns":{"p":"text","c":"int","n":"int","t":"text",
				"s":{"type":"set","valueType":"text"}},
				"primaryKey":{"partitionBy":["p"],"partitionSort":{"c":-1}}}}}`)
			on := inKeyspace + "/m"
			for _, column := range indexes {
				e.done(t, on, `{"createIndex":{"name":"by_`+column+`","definition":{"column":"`+column+`"}}}`)
			}
			rapid.Check(t, func(r *rapid.T) {
				e.done(t, on, `{"deleteMany":{"filter":{}}}`)
				m := model{}
				for range rapid.IntRange(1, 25).Draw(r, "changes") {
					e.done(t, on, m.change(r))
				}
				for range 4 {
					wanted := within(r, drawCondition(r, 2))
					m.holds(r, wanted, e.rows(t, on, `"filter":`+wanted.json))
				}
				e.inOrder(t, r, m, on)
			})
		})
	}
}

// holds compares rows with the model's, in any order.
func (m model) holds(r *rapid.T, wanted condition, got []modelRow) {
	want := map[modelKey]string{}
	for k, row := range m {
		if wanted.pass(row) {
			want[k] = row.String()
		}
	}
	for _, row := range got {
		k := modelKey{row.P, row.C}
		if want[k] != row.String() {
			r.Fatalf("%s gives %s, want %q", wanted.json, row, want[k])
		}
		delete(want, k)
	}
	if len(want) > 0 {
		r.Fatalf("%s does not give %v", wanted.json, want)
	}
}

// String is all of a row.
func (row modelRow) String() string {
	row.S = append([]string{}, row.S...)
	slices.Sort(row.S)
	text, _ := json.Marshal(row)
	return string(text)
}

// inOrder reads a partition both ways.
func (e *embedded) inOrder(t *testing.T, r *rapid.T, m model, on string) {
	t.Helper()
	for _, direction := range []int{1, -1} {
		var want, got []int
		for k := range m {
			if k.P == "a" {
				want = append(want, k.C)
			}
		}
		slices.SortFunc(want, func(a, b int) int { return (a - b) * direction })
		for _, row := range e.rows(t, on, fmt.Sprintf(`"filter":{"p":"a"},"sort":{"c":%d}`, direction)) {
			got = append(got, row.C)
		}
		if !slices.Equal(got, want) {
			r.Fatalf("sorted by c %d: %v, want %v", direction, got, want)
		}
	}
}

// rows reads all pages.
func (e *embedded) rows(t *testing.T, on, query string) (all []modelRow) {
	t.Helper()
	state := "null"
	for {
		var page struct {
			Data struct {
				Documents     []modelRow
				NextPageState *string
			}
		}
		r := e.done(t, on, find(query+`,"options":{"pageState":`+state+`}`))
		if err := json.Unmarshal([]byte(r.text), &page); err != nil {
			t.Fatal(err)
		}
		all = append(all, page.Data.Documents...)
		if page.Data.NextPageState == nil {
			return all
		}
		state = `"` + *page.Data.NextPageState + `"`
	}
}
