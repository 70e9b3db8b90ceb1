package local_test

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/killrvideo/killrvideo-go/astra/local"
)

// modelDocument is a document of the model; nil members are absent.
type modelDocument struct {
	ID     int       `json:"_id"`
	N      *int      `json:"n,omitempty"`
	Tags   []string  `json:"tags,omitempty"`
	Words  *string   `json:"$lexical,omitempty"`
	Vector []float64 `json:"$vector,omitempty"`
}

// documentModel is what the collection should hold, by _id.
type documentModel map[int]modelDocument

var words = []string{"red", "green", "blue", "red green", "green blue blue", "red red red blue"}

func drawDocument(r *rapid.T, id int) modelDocument {
	d := modelDocument{ID: id}
	if rapid.Bool().Draw(r, "has n") {
		n := rapid.IntRange(0, 4).Draw(r, "n")
		d.N = &n
	}
	d.Tags = rapid.SliceOfN(rapid.SampledFrom([]string{"x", "y", "z"}), 0, 3).Draw(r, "tags")
	if rapid.Bool().Draw(r, "has words") {
		text := rapid.SampledFrom(words).Draw(r, "words")
		d.Words = &text
	}
	if rapid.Bool().Draw(r, "has a vector") {
		d.Vector = []float64{1, float64(rapid.IntRange(0, 1000).Draw(r, "v"))}
	}
	return d
}

// change draws one command, does it to the model and returns it with the number
// of documents that it should change, or the code of its error.
func (m documentModel) change(r *rapid.T) (command, want string) {
	id := rapid.IntRange(0, 9).Draw(r, "id")
	old, found := m[id]
	n, tag := rapid.IntRange(0, 4).Draw(r, "to"), rapid.SampledFrom([]string{"x", "y", "z"}).Draw(r, "tag")
	changed := func(update string, change func(*modelDocument)) (string, string) {
		if found {
			old.Tags = slices.Clone(old.Tags)
			change(&old)
			m[id] = old
		}
		return fmt.Sprintf(`{"updateOne":{"filter":{"_id":%d},"update":%s}}`, id, update), fmt.Sprintf(`"matchedCount":%d`, number(found))
	}
	switch rapid.SampledFrom([]string{"insert", "insert", "insert", "replace", "set", "inc", "push", "unset", "words", "delete", "delete " +
		"many"}).Draw(r, "change") {
	case "insert":
		d := drawDocument(r, id)
		command = `{"insertOne":{"document":` + asJSON(d) + `}}`
		if found {
			return command, "DOCUMENT_ALREADY_EXISTS"
		}
		m[id] = d
		return command, `"insertedIds"`
	case "replace":
		d := drawDocument(r, id)
		m[id] = d
		return fmt.Sprintf(`{"findOneAndReplace":{"filter":{"_id":%d},"replacement":%s,"options":{"upsert":true}}}`, id, asJSON(d)), `"status"`
	case "set":
		return changed(fmt.Sprintf(`{"$set":{"n":%d}}`, n), func(d *modelDocument) { d.N = &n })
	case "inc":
		return changed(`{"$inc":{"n":2}}`, func(d *modelDocument) {
			sum := 2
			if d.N != nil {
				sum += *d.N
			}
			d.N = &sum
		})
	case "push":
		return changed(fmt.Sprintf(`{"$push":{"tags":%q}}`, tag), func(d *modelDocument) { d.Tags = append(d.Tags, tag) })
	case "unset":
		return changed(`{"$unset":{"n":"","$lexical":"","$vector":""}}`, func(d *modelDocument) { d.N, d.Words, d.Vector = nil, nil, nil })
	case "words":
		text := rapid.SampledFrom(words).Draw(r, "words")
		return changed(fmt.Sprintf(`{"$set":{"$lexical":%q}}`, text), func(d *modelDocument) { d.Words = &text })
	case "delete":
		delete(m, id)
		return fmt.Sprintf(`{"deleteOne":{"filter":{"_id":%d}}}`, id), fmt.Sprintf(`"deletedCount":%d`, number(found))
	}
	before := len(m)
	maps.DeleteFunc(m, func(_ int, d modelDocument) bool { return slices.Contains(d.Tags, tag) && d.N != nil && *d.N > n })
	return fmt.Sprintf(`{"deleteMany":{"filter":{"tags":%q,"n":{"$gt":%d}}}}`, tag, n), fmt.Sprintf(`"deletedCount":%d`, before-len(m))
}

func number(b bool) int {
	if b {
		return 1
	}
	return 0
}

// documentCondition is a filter as it is sent, and what it means.
type documentCondition struct {
	json string
	pass func(modelDocument) bool
}

// whole is the depth of a whole filter.
const whole = 2

func drawDocumentCondition(r *rapid.T, depth int) documentCondition {
	if depth > 0 && rapid.IntRange(0, 2).Draw(r, "compound") == 0 {
		a, b := drawDocumentCondition(r, depth-1), drawDocumentCondition(r, depth-1)
		switch rapid.SampledFrom([]string{"$and", "$or"}).Draw(r, "operator") {
		case "$and":
			return documentCondition{`{"$and":[` + a.json + `,` + b.json + `]}`, func(d modelDocument) bool { return a.pass(d) && b.pass(d) }}
		default:
			return documentCondition{`{"$or":[` + a.json + `,` + b.json + `]}`, func(d modelDocument) bool { return a.pass(d) || b.pass(d) }}
		}
	}
	n, tag := rapid.IntRange(0, 4).Draw(r, "n"), rapid.SampledFrom([]string{"x", "y", "z"}).Draw(r, "tag")
	kinds := []string{"n", "n in", "exists", "tag", "all", "size", "words"}
	if depth == whole { // the Data API takes one comparison of _id
		kinds = append(kinds, "id", "ids")
	}
	switch rapid.SampledFrom(kinds).Draw(r, "condition") {
	case "id":
		return documentCondition{fmt.Sprintf(`{"_id":%d}`, n), func(d modelDocument) bool { return d.ID == n }}
	case "ids":
		return documentCondition{fmt.Sprintf(`{"_id":{"$in":[%d,%d]}}`, n, n+3), func(d modelDocument) bool { return d.ID == n || d.ID == n+3 }}
	case "n":
		op := rapid.SampledFrom([]string{"$eq", "$gt", "$gte", "$lt", "$lte"}).Draw(r, "op")
		return documentCondition{fmt.Sprintf(`{"n":{%q:%d}}`, op, n), func(d modelDocument) bool {
			return d.N != nil && map[string]bool{"$eq": *d.N == n, "$gt": *d.N > n, "$gte": *d.N >= n, "$lt": *d.N < n, "$lte": *d.N <= n}[op]
		}}
	case "n in":
		return documentCondition{fmt.Sprintf(`{"n":{"$in":[%d,0]}}`, n),
			func(d modelDocument) bool { return d.N != nil && (*d.N == n || *d.N == 0) }}
	case "exists":
		exists := n%2 == 0
		return documentCondition{fmt.Sprintf(`{"n":{"$exists":%t}}`, exists), func(d modelDocument) bool { return (d.N != nil) == exists }}
	case "tag":
		return documentCondition{fmt.Sprintf(`{"tags":%q}`, tag), func(d modelDocument) bool { return slices.Contains(d.Tags, tag) }}
	case "all":
		return documentCondition{fmt.Sprintf(`{"tags":{"$all":["x",%q]}}`, tag), func(d modelDocument) bool {
			return slices.Contains(d.Tags, "x") && slices.Contains(d.Tags, tag)
		}}
	case "size":
		n %= 3
		// An empty array is not in the JSON of the model, so it is absent.
		return documentCondition{fmt.Sprintf(`{"tags":{"$size":%d}}`, n+1), func(d modelDocument) bool { return len(d.Tags) == n+1 }}
	}
	word := rapid.SampledFrom([]string{"red", "blue", "green red", "yellow"}).Draw(r, "word")
	return documentCondition{fmt.Sprintf(`{"$lexical":{"$match":%q}}`, word), func(d modelDocument) bool { return d.has(word) }}
}

func (d modelDocument) has(text string) bool {
	if d.Words == nil {
		return false
	}
	terms := strings.Fields(*d.Words)
	return !slices.ContainsFunc(strings.Fields(text), func(w string) bool { return !slices.Contains(terms, w) })
}

// TestCollectionMatchesModel compares a collection with a naive model after
// random commands: filters in pages of three, counts, sorts by vector and by
// words.
func TestCollectionMatchesModel(t *testing.T) {
	t.Parallel()
	e := startWith(t, local.Config{PageSize: 3})
	e.done(t, inKeyspace, `{"createCollection":{"name":"m","options":{"vector":{"dimension":2,"metric":"euclidean"},
		"lexical":{"enabled":true,"analyzer":"whitespace"}}}}`)
	on := inKeyspace + "/m"
	rapid.Check(t, func(r *rapid.T) {
		e.done(t, on, `{"deleteMany":{"filter":{}}}`)
		m := documentModel{}
		for range rapid.IntRange(1, 25).Draw(r, "changes") {
			command, want := m.change(r)
			if got := e.data(t, on, command); !strings.Contains(got.text, want) {
				r.Fatalf("%s answers %s, want %s", command, got.text, want)
			}
		}
		for range 4 {
			wanted := drawDocumentCondition(r, whole)
			m.holds(r, wanted.json, wanted.pass, e.documents(t, on, `"filter":`+wanted.json))
			n := len(slices.DeleteFunc(slices.Collect(maps.Values(m)), func(d modelDocument) bool { return !wanted.pass(d) }))
			if got := e.done(t, on, `{"countDocuments":{"filter":`+wanted.json+`}}`); !strings.Contains(got.text, fmt.Sprintf(`"count":%d}`, n)) {
				r.Fatalf("%s counts %s, want %d", wanted.json, got.text, n)
			}
		}
		m.nearest(t, r, e, on)
		word := rapid.SampledFrom([]string{"red", "blue green"}).Draw(r, "sorted by")
		sorted := e.documents(t, on, fmt.Sprintf(`"sort":{"$lexical":%q},"options":{"limit":1000}`, word))
		if all := e.documents(t, on, fmt.Sprintf(`"filter":{"$lexical":{"$match":%q}}`, word)); len(sorted) != min(3, len(all)) {
			r.Fatalf("a sort by %q gives %d of %d documents", word, len(sorted), len(all))
		}
	})
}

// nearest compares a sort by vector with one of the model.
func (m documentModel) nearest(t *testing.T, r *rapid.T, e *embedded, on string) {
	t.Helper()
	var want []modelDocument
	for _, d := range m {
		if d.Vector != nil {
			want = append(want, d)
		}
	}
	slices.SortFunc(want, func(a, b modelDocument) int { return cmp.Compare(a.Vector[1], b.Vector[1]) })
	got := e.documents(t, on, `"sort":{"$vector":[1,0]}`)
	if len(got) != len(want) {
		r.Fatalf("a sort by vector gives %d of %d documents", len(got), len(want))
	}
	for i := range got {
		if got[i].Vector[1] != want[i].Vector[1] {
			r.Fatalf("document %d by vector is %s, want %s", i, asJSON(got[i]), asJSON(want[i]))
		}
	}
}

func (m documentModel) holds(r *rapid.T, filter string, pass func(modelDocument) bool, got []modelDocument) {
	want := map[int]string{}
	for id, d := range m {
		if pass(d) {
			want[id] = asJSON(d)
		}
	}
	for _, d := range got {
		if want[d.ID] != asJSON(d) {
			r.Fatalf("%s gives %s, want %q", filter, asJSON(d), want[d.ID])
		}
		delete(want, d.ID)
	}
	if len(want) > 0 {
		r.Fatalf("%s does not give %v", filter, want)
	}
}

// documents reads all pages of a find.
func (e *embedded) documents(t *testing.T, on, query string) (all []modelDocument) {
	t.Helper()
	with := ""
	for {
		var page struct {
			Data struct {
				Documents     []modelDocument
				NextPageState *string
			}
		}
		r := e.done(t, on, `{"find":{"projection":{"*":true},`+query+with+`}}`)
		if err := json.Unmarshal([]byte(r.text), &page); err != nil {
			t.Fatal(err)
		}
		all = append(all, page.Data.Documents...)
		if page.Data.NextPageState == nil {
			return all
		}
		with = `,"options":{"pageState":"` + *page.Data.NextPageState + `"}`
	}
}
