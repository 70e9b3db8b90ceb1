package dataapi_test

import (
	"encoding/json"
	"errors"
	"reflect"
	"testing"

	"github.com/killrvideo/killrvideo-go/astra/dataapi"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/options"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/table"
)

func definition() table.Definition {
	return table.Definition{
		Columns: table.Columns{
			{Name: "day", Column: table.Text()}, {Name: "z", Column: table.Timestamp()}, {Name: "a", Column: table.UUID()},
			{Name: "tags", Column: table.Set(table.Text())}, {Name: "v", Column: table.Vector(3)},
			{Name: "m", Column: table.Map(table.TypeText, table.Float())},
		},
		PrimaryKey: table.PrimaryKey{
			PartitionBy:   []string{"day"},
			PartitionSort: table.PartitionSort{{Name: "z", Order: table.SortDescending}, {Name: "a", Order: table.SortAscending}},
		},
	}
}

func TestCreateTableKeepsKeyOrder(t *testing.T) {
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

func TestDefinitionRoundTrip(t *testing.T) {
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
	if column, ok := back.Columns.Get("tags"); !ok || !reflect.DeepEqual(column, table.Set(table.Text())) {
		t.Errorf("tags are %+v", column)
	}
	if _, ok := back.Columns.Get("nowhere"); ok {
		t.Error("a column is there that is not")
	}
	if _, err := json.Marshal(table.Columns{{Name: "a"}, {Name: "a"}}); err == nil {
		t.Error("a column may be defined twice")
	}
}

func TestNamesAndDescriptors(t *testing.T) {
	t.Parallel()
	_, db := serve(t, ok(`{"status":{"tables":[{"name":"tb","definition":{"columns":{"id":"uuid"},"primaryKey":"id"}}],
		"types":[{"udtName":"ty","definition":{"fields":{"f":"int"}}}],
		"indexes":[{"name":"i","definition":{"column":"id","options":{}},"indexType":"regular"}]}}`))
	tables, err := db.ListTables(t.Context())
	if err != nil || tables[0].Definition.PrimaryKey.PartitionBy[0] != "id" || tables[0].Definition.Columns[0].Column.Type != "uuid" {
		t.Errorf("got %+v, %v", tables, err)
	}
	types, err := db.ListTypes(t.Context())
	if err != nil || types[0].Name != "ty" || types[0].Definition.Fields[0].Name != "f" {
		t.Errorf("got %+v, %v", types, err)
	}
	if one, err := db.Table("tb").Definition(t.Context()); err != nil || one.Name != "tb" {
		t.Errorf("got %+v, %v", one, err)
	}
	if one, err := db.Table("none").Definition(t.Context()); !errors.Is(err, dataapi.ErrNotFound) {
		t.Errorf("got %+v, %v", one, err)
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

func TestSchemaCommandBodies(t *testing.T) {
	t.Parallel()
	r, db := serve(t, ok(`{"status":{"ok":1}}`))
	tb := db.Table("tb", options.API().SetKeyspace("other"))
	for _, err := range []error{
		tb.Alter(t.Context(), table.AddColumns{Columns: table.Columns{{Name: "c", Column: table.Int()}}}),
		tb.CreateVectorIndex(t.Context(), "vi", "v", options.CreateVectorIndex().SetMetric(options.MetricCosine).SetIfNotExists(true)),
		db.DropTable(t.Context(), "tb", options.DropTable().SetIfExists(true)),
		db.DropTableIndex(t.Context(), "vi"),
		tb.CreateIndex(t.Context(), "i", map[string]string{"m": "$keys"}, options.CreateIndex().SetAscii(true).SetCaseSensitive(false)),
		tb.CreateTextIndex(t.Context(), "ti", "c", options.CreateTextIndex().UpdateAnalyzer("standard")),
		tb.Drop(t.Context()),
		db.AlterType(t.Context(), "ty", table.RenameTypeFields{Fields: map[string]string{"a": "b"}}),
	} {
		if err != nil {
			t.Error(err)
		}
	}
	for n, want := range []string{
		`{"alterTable":{"operation":{"add":{"columns":{"c":{"type":"int"}}}}}}`,
		`{"createVectorIndex":{"definition":{"column":"v","options":{"metric":"cosine"}},"name":"vi","options":{"ifNotExists":true}}}`,
		`{"dropTable":{"name":"tb","options":{"ifExists":true}}}`,
		`{"dropIndex":{"name":"vi","options":{}}}`,
		`{"createIndex":{"definition":{"column":{"m":"$keys"},"options":{"ascii":true,"caseSensitive":false}},"name":"i","options":{}}}`,
		`{"createTextIndex":{"definition":{"column":"c","options":{"analyzer":"standard"}},"name":"ti","options":{}}}`,
		`{"dropTable":{"name":"tb","options":{}}}`,
		`{"alterType":{"name":"ty","rename":{"fields":{"a":"b"}}}}`,
	} {
		if got := r.body(t, n); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
	if r.paths[0] != "/api/json/v1/other/tb" || r.paths[3] != "/api/json/v1/ks" {
		t.Errorf("the paths are %v", r.paths)
	}
}
