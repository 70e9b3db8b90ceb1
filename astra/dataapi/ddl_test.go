package dataapi_test

import (
	"encoding/json"
	"reflect"
	"testing"

	"github.com/killrvideo/killrvideo-go/astra/dataapi/options"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/table"
)

func definition() table.Definition {
	return table.Definition{
		Columns: table.Columns{
			{Name: "day", Column: table.Text()}, {Name: "z", Column: table.Timestamp()}, {Name: "a", Column: table.UUID()},
			{Name: "tags", Column: table.Set(table.Text())}, {Name: "v", Column: table.Vector(3)},
			{Name: "m", Column: table.Map(table.Text(), table.Float())},
		},
		PrimaryKey: table.PrimaryKey{
			PartitionBy:   []string{"day"},
			PartitionSort: table.PartitionSort{table.Desc("z"), table.Asc("a")},
		},
	}
}

func TestCreateTableKeepsTheOrderOfTheKey(t *testing.T) {
	t.Parallel()
	text, err := json.Marshal(definition().PrimaryKey)
	if err != nil || string(text) != `{"partitionBy":["day"],"partitionSort":{"z":-1,"a":1}}` {
		t.Errorf("got %s, %v", text, err)
	}
	r, db := serve(t, ok(`{"status":{"ok":1}}`))
	if _, err := db.CreateTable(t.Context(), "tb", definition(), options.CreateTable().SetIfNotExists(true)); err != nil {
		t.Fatal(err)
	}
	if r.paths[0] != "/api/json/v1/ks" {
		t.Errorf("it went to %s", r.paths[0])
	}
	sent := r.bodies[0]["createTable"].(map[string]any)
	columns := sent["definition"].(map[string]any)["columns"].(map[string]any)
	if !reflect.DeepEqual(columns["v"], map[string]any{"type": "vector", "dimension": 3.0}) || len(columns) != 6 {
		t.Errorf("the columns are %v", columns)
	}
	if !reflect.DeepEqual(sent["options"], map[string]any{"ifNotExists": true}) {
		t.Errorf("the options are %v", sent["options"])
	}
}

func TestADefinitionReadsBackAsWritten(t *testing.T) {
	t.Parallel()
	text, err := json.Marshal(definition())
	if err != nil {
		t.Fatal(err)
	}
	var back table.Definition
	if err := json.Unmarshal(text, &back); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(back.PrimaryKey, definition().PrimaryKey) || len(back.Columns) != 6 {
		t.Errorf("got %+v", back)
	}
	if column, ok := back.Columns.Get("tags"); !ok || column != table.Set(table.Text()) {
		t.Errorf("tags are %+v", column)
	}
	if _, ok := back.Columns.Get("nowhere"); ok {
		t.Error("a column is there that is not")
	}
	if _, err := json.Marshal(table.Columns{{Name: "a"}, {Name: "a"}}); err == nil {
		t.Error("a column may be defined twice")
	}
}

func TestListsInShortAndLongForm(t *testing.T) {
	t.Parallel()
	_, db := serve(t, ok(`{"status":{"tables":[{"name":"tb","definition":{"columns":{"id":"uuid"},"primaryKey":"id"}}],
		"indexes":[{"name":"i","definition":{"column":"id","options":{}},"indexType":"regular"}]}}`))
	tables, err := db.ListTables(t.Context())
	if err != nil || tables[0].Definition.PrimaryKey.PartitionBy[0] != "id" || tables[0].Definition.Columns[0].Column.Type != "uuid" {
		t.Errorf("got %+v, %v", tables, err)
	}
	indexes, err := db.Table("tb").ListIndexes(t.Context())
	if err != nil || indexes[0].Name != "i" || indexes[0].Definition.Column != "id" {
		t.Errorf("got %+v, %v", indexes, err)
	}
	_, db = serve(t, ok(`{"status":{"tables":["a","b"],"indexes":["i"]}}`))
	names, err := db.ListTableNames(t.Context())
	if err != nil || len(names) != 2 {
		t.Errorf("got %v, %v", names, err)
	}
	if names, err := db.Table("a").ListIndexNames(t.Context()); err != nil || names[0] != "i" {
		t.Errorf("got %v, %v", names, err)
	}
}

func TestSchemaCommandsTravel(t *testing.T) {
	t.Parallel()
	r, db := serve(t, ok(`{"status":{"ok":1}}`))
	tb := db.UseKeyspace("other").Table("tb")
	for _, err := range []error{
		tb.Alter(t.Context(), table.Add(table.Columns{{Name: "c", Column: table.Int()}})),
		tb.CreateVectorIndex(t.Context(), "vi", "v", options.CreateVectorIndex().SetMetric(options.MetricCosine).SetIfNotExists(true)),
		db.DropTable(t.Context(), "tb", options.DropTable().SetIfExists(true)),
		db.DropTableIndex(t.Context(), "vi"),
	} {
		if err != nil {
			t.Error(err)
		}
	}
	for n, want := range []string{
		`{"alterTable":{"operation":{"add":{"columns":{"c":{"type":"int"}}}}}}`,
		`{"createVectorIndex":{"definition":{"column":"v","options":{"metric":"cosine"}},"name":"vi","options":{"ifNotExists":true}}}`,
		`{"dropTable":{"name":"tb","options":{"ifExists":true}}}`,
		`{"dropIndex":{"name":"vi","options":{"ifExists":false}}}`,
	} {
		if got := r.body(t, n); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
	if r.paths[0] != "/api/json/v1/other/tb" || r.paths[3] != "/api/json/v1/ks" {
		t.Errorf("the paths are %v", r.paths)
	}
}
