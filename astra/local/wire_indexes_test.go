package local_test

import (
	"database/sql"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/killrvideo/killrvideo-go/astra/local"
)

// TestCollectionsUseTheVectorIndex changes a collection that is large enough for
// the index, after the index was built, and restarts the server.
func TestCollectionsUseTheVectorIndex(t *testing.T) {
	t.Parallel()
	const count, limit = 2300, 20
	source, dir, rows := rand.New(rand.NewPCG(9, 10)), t.TempDir(), map[int]vectorRow{}
	e := serve(t, dir)
	e.done(t, inKeyspace, fmt.Sprintf(`{"createCollection":{"name":"c","options":{"vector":{"dimension":%d}}}}`, vectorLength))
	on := inKeyspace + "/c"
	for from := 0; from < count; from += 100 {
		var documents []string
		for id := from; id < from+100; id++ {
			rows[id] = vectorRow{id, randomVector(source)}
			documents = append(documents, fmt.Sprintf(`{"_id":%d,"n":%d,"$vector":%s}`, id, id%7, asJSON(rows[id].vector)))
		}
		e.done(t, on, `{"insertMany":{"documents":[`+strings.Join(documents, ",")+`]}}`)
	}
	nearest := func(to []float32, filter string) (ids []int) {
		t.Helper()
		query := fmt.Sprintf(`"filter":{%s},"sort":{"$vector":%s},"options":{"limit":%d}`, filter, asJSON(to), limit)
		for _, d := range e.documents(t, on, query) {
			ids = append(ids, d.ID)
		}
		return ids
	}
	agree := func(when string) {
		t.Helper()
		missed := 0
		for range 10 {
			to := randomVector(source)
			got, want := nearest(to, ""), exactIDs(rows, to, limit, "cosine")
			if len(got) != limit || got[0] != want[0] {
				t.Errorf("%s: %v, want %v", when, got, want)
			}
			missed += len(slices.DeleteFunc(want, func(id int) bool { return slices.Contains(got, id) }))
		}
		if recall := 1 - float64(missed)/(10*limit); recall < 0.98 {
			t.Errorf("%s: recall %.3f", when, recall)
		}
	}
	agree("when built")
	rows[5] = vectorRow{5, randomVector(source)}
	e.done(t, on, fmt.Sprintf(`{"updateOne":{"filter":{"_id":5},"update":{"$set":{"$vector":%s}}}}`, asJSON(rows[5].vector)))
	if got := nearest(rows[5].vector, ""); got[0] != 5 {
		t.Errorf("the changed vector of 5 is not found: %v", got)
	}
	e.done(t, on, `{"deleteOne":{"filter":{"_id":8}}}`)
	e.done(t, on, `{"updateOne":{"filter":{"_id":9},"update":{"$unset":{"$vector":""}}}}`)
	delete(rows, 8)
	delete(rows, 9)
	agree("after changes")
	for _, id := range nearest(randomVector(source), `"n":3`) {
		if id%7 != 3 {
			t.Errorf("a filter lets %d through", id)
		}
	}
	e.end()
	e = serve(t, dir)
	defer func() { e.end() }()
	agree("after a restart")
	e.done(t, on, `{"deleteMany":{"filter":{}}}`)
	if got := nearest(randomVector(source), ""); len(got) != 0 {
		t.Errorf("an empty collection has %v", got)
	}
}

// TestFolderOfAnEarlierRelease removes what earlier releases did not store from
// a folder, and opens it.
func TestFolderOfAnEarlierRelease(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	e := serve(t, dir)
	e.done(t, inKeyspace, `{"createCollection":{"name":"c","options":{"vector":{"dimension":2}}}}`)
	e.done(t, inKeyspace+"/c", `{"insertMany":{"documents":[{"_id":1,"$lexical":"red cat","$vector":[1,0]},{"_id":2,"$lexical":"blue cat"}]}}`)
	e.done(t, inKeyspace, create(`"id":"int","t":"text"`, `"id"`))
	e.done(t, inKeyspace+"/made", `{"createTextIndex":{"name":"by_t","definition":{"column":"t"}}}`)
	e.done(t, inKeyspace+"/made", `{"insertMany":{"documents":[{"id":1,"t":"red cat"},{"id":2,"t":"blue cat"}]}}`)
	e.end()

	db, err := sql.Open("sqlite", filepath.Join(dir, "astra.sqlite"))
	if err != nil {
		t.Fatal(err)
	}
	var rows, index int
	if err := db.QueryRow(`SELECT id, def ->> '$.Indexes[0].ID' FROM tables WHERE def ->> '$.Name' = 'made'`).Scan(&rows, &index); err != nil {
		t.Fatal(err)
	}
	for _, statement := range []string{
		`UPDATE tables SET def = json_set(def, '$.Indexes', json('[]')) WHERE def ->> '$.Name' = 'c'`,
		fmt.Sprintf(`DROP TABLE i%d`, index), fmt.Sprintf(`CREATE TABLE i%d (k BLOB PRIMARY KEY) WITHOUT ROWID`, index),
		fmt.Sprintf(`UPDATE r%d SET k = substr(k, 9)`, rows), `DROP TABLE texts`, `PRAGMA user_version = 0`,
	} {
		if _, err := db.Exec(statement); err != nil {
			t.Fatal(statement, err)
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}

	e = serve(t, dir)
	defer func() { e.end() }()
	for target, find := range map[string]string{
		"/c":    `{"find":{"sort":{"$lexical":"red"}}}`,
		"/made": `{"find":{"sort":{"t":"red"}}}`,
	} {
		r := e.done(t, inKeyspace+target, find)
		if !strings.Contains(r.text, `id":1`) || strings.Contains(r.text, `id":2`) {
			t.Errorf("%s answers %s", find, r.text)
		}
	}
	if r := e.done(t, inKeyspace+"/made", `{"findOne":{"filter":{"id":2}}}`); !strings.Contains(r.text, "blue") {
		t.Errorf("by its key: %s", r.text)
	}
	if r := e.done(t, inKeyspace+"/c", `{"find":{"filter":{"$lexical":{"$match":"blue"}}}}`); !strings.Contains(r.text, `"_id":2`) {
		t.Errorf("a filter answers %s", r.text)
	}
}

// TestFolderOfALaterRelease is left as it is.
func TestFolderOfALaterRelease(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	serve(t, dir).end()
	db, err := sql.Open("sqlite", filepath.Join(dir, "astra.sqlite"))
	if err == nil {
		_, err = db.Exec("PRAGMA user_version = 1000")
	}
	if err != nil || db.Close() != nil {
		t.Fatal(err)
	}
	if _, err := local.Open(local.Config{Dir: dir}); err == nil || !strings.Contains(err.Error(), "layout 1000") {
		t.Errorf("opened: %v", err)
	}
}

// TestLexicalScoresFollowTheRows orders texts by their words after changes: the
// sizes of an index must count what is there.
func TestLexicalScoresFollowTheRows(t *testing.T) {
	t.Parallel()
	e := startWith(t, local.Config{})
	e.done(t, inKeyspace, create(`"id":"int","t":"text","n":"int"`, `"id"`))
	on := inKeyspace + "/made"
	e.done(t, on, `{"createTextIndex":{"name":"by_t","definition":{"column":"t"}}}`)
	e.done(t, on, `{"insertMany":{"documents":[{"id":1,"t":"red"},{"id":2,"t":"red and blue and green"},{"id":3,"t":"blue"},{"id":4}]}}`)
	order := func(query string) (ids []int) {
		t.Helper()
		var at [2]int
		r := e.done(t, on, `{"find":{`+query+`,"projection":{"id":1}}}`)
		for id := 1; id <= 4; id++ {
			if i := strings.Index(r.text, fmt.Sprintf(`{"id":%d}`, id)); i > 0 {
				ids = append(ids, id)
				at[min(len(ids)-1, 1)] = i
			}
		}
		if len(ids) == 2 && at[0] > at[1] {
			slices.Reverse(ids)
		}
		return ids
	}
	red := `"sort":{"t":"red"}`
	if got := order(red); !slices.Equal(got, []int{1, 2}) {
		t.Errorf("by red: %v", got)
	}
	e.done(t, on, `{"insertOne":{"document":{"id":3,"t":"red red"}}}`)                       // written over
	e.done(t, on, `{"updateOne":{"filter":{"id":2},"update":{"$set":{"t":"green"}}}}`)       // no longer red
	e.done(t, on, `{"updateOne":{"filter":{"id":4},"update":{"$set":{"t":"a red thing"}}}}`) // newly red
	e.done(t, on, `{"deleteOne":{"filter":{"id":1}}}`)
	if got := order(red); !slices.Equal(got, []int{3, 4}) {
		t.Errorf("by red after changes: %v", got)
	}
	if got := order(`"filter":{"t":{"$match":"red thing"}}`); !slices.Equal(got, []int{4}) {
		t.Errorf("matching both words: %v", got)
	}
	if got := order(`"filter":{"t":{"$match":"and"}}`); len(got) != 0 {
		t.Errorf("matching a word that is gone: %v", got)
	}
	e.done(t, on, `{"deleteMany":{"filter":{}}}`)
	e.done(t, on, `{"insertOne":{"document":{"id":1,"t":"red"}}}`)
	if got := order(red); !slices.Equal(got, []int{1}) {
		t.Errorf("by red after a truncation: %v", got)
	}
}
