package tables

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/killrvideo/killrvideo-go/astra/local/jsonv"
	"github.com/killrvideo/killrvideo-go/astra/local/rowstore"
	"github.com/killrvideo/killrvideo-go/astra/local/schema"
	"github.com/killrvideo/killrvideo-go/astra/local/value"
	"github.com/killrvideo/killrvideo-go/astra/local/vectorize"
)

func object(text string) *jsonv.Object {
	in, err := jsonv.Decode([]byte(text))
	if err != nil {
		return nil
	}
	o, _ := in.(*jsonv.Object)
	return o
}

// ofAllTypes is a table with a column of each type, named after it, and a
// call on it.
func ofAllTypes(t testing.TB) *call {
	t.Helper()
	table, err := schema.Parse("ks", "t", object(`{"columns":{"p":"text","c":"int","d":"timestamp","ascii":"ascii","bigint":"bigint",
		"blob":"blob","boolean":"boolean","date":"date",
		"decimal":"decimal","double":"double","duration":"duration","float":"float","inet":"inet","text":"text","time":"time",
			"uuid":"uuid","varint":"varint",
		"list":{"type":"list","valueType":"int"},"set":{"type":"set","valueType":"text"},"map":{"type":"map","keyType":"text","valueType":"int"},
		"pairs":{"type":"map","keyType":"int","valueType":"text"},"vector":{"type":"vector","service":{"provider":"nvidia",
			"modelName":"NV-Embed-QA"}}},
		"primaryKey":{"partitionBy":["p"],"partitionSort":{"c":-1,"d":1}}}`), nil)
	if err != nil {
		t.Fatal(err)
	}
	table.Indexes = []schema.Index{
		{ID: 1, Name: "v", Column: "vector", Kind: schema.Vector, Options: map[string]any{"metric": "cosine"}},
		{ID: 2, Name: "t", Column: "text", Kind: schema.Regular, Options: map[string]any{"caseSensitive": false}},
		{ID: 3, Name: "s", Column: "set", Kind: schema.Regular, Function: "$values"},
		{ID: 4, Name: "a", Column: "ascii", Kind: schema.Text, Options: map[string]any{"analyzer": schema.Standard}},
	}
	return &call{h: &Handler{Embed: vectorize.Ask}, table: table, tableName: "t", name: "find"}
}

// full is a row with a value in every column.
func full(t testing.TB, c *call) rowstore.Row {
	t.Helper()
	row, err := c.parseRow(object(`{"p":"a","c":1,"d":{"$date":0},"ascii":"a","bigint":1,"blob":{"$binary":"AQI="},"boolean":true,
		"date":"2026-01-02","decimal":1.5,"double":1,
		"duration":"1h","float":"NaN","inet":"::1","text":"a","time":"10:00","uuid":"a0000000-0000-4000-8000-000000000001","varint":1,
		"list":[1],"set":["a"],"map":{"a":1},"pairs":[[1,"a"]],"vector":"cats"}`))
	if err != nil {
		t.Fatal(err)
	}
	return row
}

// FuzzFilter: a filter that is accepted can be applied to any row, and its
// opposite lets no row pass that it lets pass.
func FuzzFilter(f *testing.F) {
	for _, seed := range []string{
		`{}`, `{"p":"a","c":{"$gt":1,"$lte":2}}`, `{"$and":[{"p":"a"},{"$or":[{"c":1},{"$not":{"c":2}}]}]}`, `{"$not":{}}`, `{"$or":[]}`,
		`{"set":{"$in":["a"]},"list":{"$all":[1,2]},"map":{"$keys":{"$nin":["a"]}}}`, `{"pairs":{"$in":[[1,"a"]]}}`,
		`{"map":{"$in":[["a",1]]}}`, `{"map":{"$in":[{"a":1}]}}`,
		`{"blob":{"$binary":"AQI="}}`, `{"d":{"$gte":{"$date":0}}}`, `{"duration":"1h"}`, `{"float":"NaN"}`, `{"vector":[1]}`,
		`{"text":{"$in":[]}}`, `{"set":{"$in":[]}}`,
		`{"p":{"$in":["a","b"]},"c":{"$in":[1,2]},"d":{"$lt":{"$date":1}}}`, `{"text":"A"}`, `{"boolean":{"$ne":null}}`,
		`{"map":{"$values":{"$all":[1]}}}`, `{"map":{"$in":[[]]}}`,
		`{"ascii":{"$match":"a b"}}`, `{"map":{"$in":[{}]}}`, `{"set":{"$not":{"$in":["a"]}}}`, `{"inet":{"$gt":"1.2.3.4"}}`,
	} {
		f.Add(seed)
	}
	c := ofAllTypes(f)
	rows := []rowstore.Row{{"p": "a", "c": int64(1), "d": int64(0)}, full(f, c)}
	f.Fuzz(func(t *testing.T, text string) {
		o := object(text)
		if o == nil {
			return
		}
		filter, err := c.parseFilter(o)
		if err != nil {
			return
		}
		not := jsonv.NewObject()
		not.Set("$not", o)
		opposite, err := c.parseFilter(not)
		if err != nil && !matches(filter) {
			t.Fatalf("%s is accepted, its opposite is not: %v", text, err)
		}
		p := makePlan(c.table, filter)
		for _, row := range rows {
			if filter.match(row) && !matches(filter) && !hollow(filter) && opposite.match(row) {
				t.Fatalf("%s and its opposite let %v pass", text, row)
			}
			if filter.match(row) && !reaches(c.table, p, row) {
				t.Fatalf("%s lets %v pass, and its plan %+v does not come there", text, row, p)
			}
		}
	})
}

// matches reports whether there is a $match, which has no opposite.
func matches(n *node) bool { return n.op == "$match" || slices.ContainsFunc(n.kids, matches) }

// hollow reports whether there is an operator over nothing, which is no filter
// and has no opposite.
func hollow(n *node) bool {
	return (n.op == "$and" || n.op == "$or") && len(n.kids) == 0 || slices.ContainsFunc(n.kids, hollow)
}

// reaches reports whether a plan comes by a row.
func reaches(t *schema.Table, p plan, row rowstore.Row) bool {
	if p.index != nil {
		return true
	}
	key := string(rowstore.Key(t, row))
	for _, s := range p.spans {
		if key >= string(s.Lo) && (s.Hi == nil || key < string(s.Hi)) {
			return true
		}
	}
	return false
}

// FuzzCommand: sorts, projections, updates and rows are accepted or refused,
// never a crash; what an update makes of a row can be stored.
func FuzzCommand(f *testing.F) {
	for _, seed := range []string{
		`{}`, `{"c":1,"d":-1}`, `{"vector":"cats"}`, `{"ascii":"a"}`, `{"vector":[1,2]}`, `{"text":"x"}`, `{"*":1}`, `{"c":1,"text":0}`,
		`{"$set":{"text":"b","vector":"dogs"},"$unset":{"list":1}}`,
		`{"$push":{"list":{"$each":[1,2]},"map":["k",1],"set":"b","pairs":{"$each":[[2,"b"]]}},"$pullAll":{"list":[1]}}`,
		`{"$pullAll":{"map":["a"],"set":["a","b"],"pairs":[1]}}`,
		`{"$set":{"map":null}}`, `{"$push":{"map":{"$each":[{"a":1,"b":2}]}}}`, `{"p":"a","c":1,"d":"2026-01-02T03:04:05Z","vector":" "}`,
		`{"$push":{"list":null}}`,
	} {
		f.Add(seed)
	}
	c := ofAllTypes(f)
	f.Fuzz(func(t *testing.T, text string) {
		o := object(text)
		if o == nil {
			return
		}
		c.body = jsonv.NewObject()
		c.body.Set("projection", o)
		c.body.Set("update", o)
		_, _ = c.parseSort(o)
		_, _ = c.parseProjection()
		_, _ = c.parseRow(o)
		steps, err := c.parseUpdate()
		if err != nil {
			return
		}
		for _, row := range []rowstore.Row{{}, full(t, c)} {
			for _, s := range steps {
				s.change(row)
			}
			for name, v := range row {
				if col, _ := c.table.Column(name); !value.Empty(v) {
					if _, err := json.Marshal(value.Render(col.Type, v)); err != nil {
						t.Fatalf("%s makes %s %v: %v", text, name, v, err)
					}
				}
			}
		}
	})
}

// FuzzPageState: only what a page gave is accepted, and means the same.
func FuzzPageState(f *testing.F) {
	for _, seed := range []string{"", "AAAA", pageState{After: []byte("key"), Sent: 50}.String(), "e30=", "eyJhIjoiQQ==", "bnVsbA==",
		"eyJhIjoiQUE9PSIsIm4iOi0xfQ=="} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		state, err := parsePageState(text)
		if err != nil || state == nil {
			return
		}
		again, err := parsePageState(state.String())
		if err != nil || string(again.After) != string(state.After) || again.Sent != state.Sent {
			t.Fatalf("%q is %+v and then %+v: %v", text, state, again, err)
		}
	})
}
