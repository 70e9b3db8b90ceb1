package dataapi_test

import (
	"errors"
	"reflect"
	"slices"
	"testing"

	"github.com/killrvideo/killrvideo-go/astra/dataapi/datatypes"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/filter"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/options"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/results"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/sort"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/table"
)

func TestTableLifecycle(t *testing.T) {
	t.Parallel()
	db := embedded(t)
	tb := films(t, db)
	films(t, db) // ifNotExists lets the second pass
	if err := tb.Alter(t.Context(), table.AddColumns{Columns: table.Columns{{Name: "plot", Column: table.Text()}}}); err != nil {
		t.Fatal(err)
	}
	if err := tb.Alter(t.Context(), table.DropColumns{Columns: []string{"poster"}}); err != nil {
		t.Fatal(err)
	}
	tables, err := db.ListTables(t.Context())
	if err != nil || len(tables) != 1 {
		t.Fatalf("%+v, %v", tables, err)
	}
	definition := tables[0].Definition
	if _, there := definition.Columns.Get("poster"); there {
		t.Error("a dropped column is listed")
	}
	if plot, _ := definition.Columns.Get("plot"); plot.Type != "text" {
		t.Errorf("an added column is %+v", plot)
	}
	if vector, _ := definition.Columns.Get("like"); !reflect.DeepEqual(vector, table.Vector(3)) {
		t.Errorf("the vector is %+v", vector)
	}
	if !slices.Equal(definition.PrimaryKey.PartitionSort, table.PartitionSort{{Name: "no", Order: table.SortDescending}}) {
		t.Errorf("the key is %+v", definition.PrimaryKey)
	}
	if err := db.DropTable(t.Context(), "films"); err != nil {
		t.Fatal(err)
	}
	if err := db.DropTable(t.Context(), "films", options.DropTable().SetIfExists(true)); err != nil {
		t.Error(err)
	}
	if err := db.DropTable(t.Context(), "films"); !results.HasCode(err, "CANNOT_DROP_UNKNOWN_TABLE") {
		t.Errorf("got %v", err)
	}
	if names, err := db.ListTableNames(t.Context()); err != nil || len(names) != 0 {
		t.Errorf("%v, %v", names, err)
	}
}

func TestIndexLifecycle(t *testing.T) {
	t.Parallel()
	db := embedded(t)
	tb := films(t, db)
	if err := tb.CreateIndex(t.Context(), "by_tag", "tags", options.CreateIndex().SetIfNotExists(true)); err != nil {
		t.Fatal(err)
	}
	if err := tb.CreateVectorIndex(t.Context(), "by_like", "like", options.CreateVectorIndex().SetMetric(options.MetricCosine)); err != nil {
		t.Fatal(err)
	}
	indexes, err := tb.ListIndexes(t.Context())
	if err != nil || len(indexes) != 2 {
		t.Fatalf("%+v, %v", indexes, err)
	}
	for _, index := range indexes {
		if index.Name == "by_like" && (index.IndexType != "vector" || index.Definition.Options.Metric != "cosine") {
			t.Errorf("the vector index is %+v", index)
		}
	}
	if err := db.DropTableIndex(t.Context(), "by_tag"); err != nil {
		t.Fatal(err)
	}
	if names, err := tb.ListIndexNames(t.Context()); err != nil || !slices.Equal(names, []string{"by_like"}) {
		t.Errorf("%v, %v", names, err)
	}
}

func TestRowsBySimilarity(t *testing.T) {
	t.Parallel()
	tb := films(t, embedded(t))
	near := sort.By("like", datatypes.NewVector([]float32{1, 0, 0}))
	if err := tb.Find(nil, options.TableFind().SetSort(near)).DecodeAll(t.Context(), &[]film{}); err == nil {
		t.Error("a vector sort passed without an index")
	}
	if err := tb.CreateVectorIndex(t.Context(), "by_like", "like"); err != nil {
		t.Fatal(err)
	}
	for i, vector := range [][]float32{{0, 1, 0}, {1, 0.1, 0}, {1, 1, 0}} {
		if _, err := tb.InsertOne(t.Context(), map[string]any{"shelf": "a", "no": i, "like": datatypes.NewVector(vector)}); err != nil {
			t.Fatal(err)
		}
	}
	cursor := tb.Find(nil, options.TableFind().SetSort(near).SetLimit(2).
		SetIncludeSimilarity(true).SetIncludeSortVector(true))
	if by := cursor.GetSortVector(t.Context()); by == nil || !reflect.DeepEqual(*by, datatypes.NewVector([]float32{1, 0, 0})) {
		t.Errorf("sorted by %v", by)
	}
	var rows []struct {
		No         int     `json:"no"`
		Similarity float64 `json:"$similarity"`
	}
	if err := cursor.DecodeAll(t.Context(), &rows); err != nil {
		t.Fatal(err)
	}
	if len(rows) != 2 || rows[0].No != 1 || rows[1].No != 2 || rows[0].Similarity <= rows[1].Similarity {
		t.Errorf("got %+v", rows)
	}
}

func TestCursorResumesAtPageState(t *testing.T) {
	t.Parallel()
	tb := films(t, embedded(t))
	if _, err := tb.InsertMany(t.Context(), []film{full(1), full(2), full(3), full(4)}); err != nil {
		t.Fatal(err)
	}
	first := tb.Find(filter.Eq("shelf", "a"))
	defer first.Close()
	if !first.Next(t.Context()) {
		t.Fatal(first.Err())
	}
	state := first.NextPageState()
	if rest := numbers(t, tb, filter.Eq("shelf", "a"), options.TableFind().SetPageState(state)); !slices.Equal(rest, []int{1}) {
		t.Errorf("the second page is %v", rest)
	}
}

func TestRefusalsAreTyped(t *testing.T) {
	t.Parallel()
	db := embedded(t)
	tb := films(t, db)
	for code, err := range map[string]error{
		"UNKNOWN_TABLE_COLUMNS":       tb.FindOne(t.Context(), filter.Eq("nothing", 1)).Err(),
		"UNKNOWN_KEYSPACE":            db.Table("films", options.API().SetKeyspace("nowhere")).FindOne(t.Context(), nil).Err(),
		"UNKNOWN_COLLECTION_OR_TABLE": db.Table("nothing").FindOne(t.Context(), nil).Err(),
		"CANNOT_ADD_EXISTING_INDEX":   twice(func() error { return tb.CreateIndex(t.Context(), "i", "id") }),
	} {
		var one *results.DataAPIError
		if !results.HasCode(err, code) || !errors.As(err, &one) || one.Family != "REQUEST" || one.ID == "" {
			t.Errorf("%s: got %v", code, err)
		}
	}
}

func twice(do func() error) error {
	if err := do(); err != nil {
		return err
	}
	return do()
}
