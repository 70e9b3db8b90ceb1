package dataapi_test

import (
	"errors"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/killrvideo/killrvideo-go/astra/dataapi"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/cursors"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/datatypes"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/filter"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/options"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/results"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/sort"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/update"
)

type book struct {
	ID     datatypes.ObjectId `json:"_id"`
	Title  string             `json:"title"`
	Copies int                `json:"copies"`
	Issue  datatypes.UUID     `json:"issue"`
	Added  time.Time          `json:"added"`
	Vector *datatypes.Vector  `json:"$vector,omitempty"`
}

func books(t *testing.T) *dataapi.Collection {
	t.Helper()
	dimension, objectID := 2, options.DefaultIdTypeObjectId
	c, err := embedded(t).CreateCollection(t.Context(), "books", options.CreateCollection().
		SetVector(&options.VectorOptions{Dimension: &dimension}).
		SetDefaultId(&options.CollectionDefaultIdOptions{Type: &objectID}))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func numbered5(t *testing.T, c *dataapi.Collection) []book {
	t.Helper()
	all := make([]book, 5)
	for i := range all {
		vector := datatypes.NewVector([]float32{1, float32(i)})
		all[i] = book{
			ID: datatypes.NewObjectId(), Title: "t", Copies: i, Issue: datatypes.NewUUIDv7(),
			Added: time.Date(2026, 1, 2, 3, 4, 5, 6e6, time.UTC), Vector: &vector,
		}
	}
	inserted, err := c.InsertMany(t.Context(), all, options.CollectionInsertMany().SetOrdered(true).SetChunkSize(2))
	if err != nil || inserted.InsertedCount() != 5 {
		t.Fatal(err)
	}
	var ids []datatypes.ObjectId
	if err := inserted.DecodeIDs(&ids); err != nil || ids[4] != all[4].ID {
		t.Fatalf("inserted %v, %v", ids, err)
	}
	return all
}

func TestDocumentRoundTrip(t *testing.T) {
	t.Parallel()
	c := books(t)
	want := numbered5(t, c)
	everything := map[string]any{"*": true}
	cursor := c.Find(filter.F{}, options.CollectionFind().SetProjection(everything))
	got, err := cursors.DecodeAll[book](t.Context(), cursor)
	slices.SortFunc(got, func(a, b book) int { return a.Copies - b.Copies })
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v, %v\nwant %+v", got, err, want)
	}
	for name, f := range map[string]filter.Filterable{
		"_id": filter.Eq("_id", want[2].ID), "uuid": filter.Eq("issue", want[2].Issue),
		"date": filter.And(filter.Gte("added", want[2].Added), filter.Eq("copies", 2)),
	} {
		var one book
		if err := c.FindOne(t.Context(), f).Decode(&one); err != nil || one.Copies != 2 {
			t.Errorf("by %s: %+v, %v", name, one, err)
		}
	}
	if _, err := c.InsertOne(t.Context(), want[0]); !results.HasCode(err, "DOCUMENT_ALREADY_EXISTS") {
		t.Errorf("an _id twice: %v", err)
	}
	inserted, err := c.InsertOne(t.Context(), map[string]any{"title": "untitled"})
	var id datatypes.ObjectId
	if err != nil || inserted.DecodeID(&id) != nil || id.IsZero() {
		t.Errorf("a default _id: %v, %v", id, err)
	}
}

func TestChangesOfDocuments(t *testing.T) {
	t.Parallel()
	c, ctx := books(t), t.Context()
	numbered5(t, c)
	updated, err := c.UpdateMany(ctx, filter.Lt("copies", 2), update.Coll().Inc("copies", 10))
	if err != nil || updated.ModifiedCount != 2 {
		t.Errorf("updateMany: %+v, %v", updated, err)
	}
	updated, err = c.UpdateOne(ctx, filter.Eq("title", "new"), update.U{"$set": update.U{"copies": 7}},
		options.CollectionUpdateOne().SetUpsert(true))
	if err != nil || updated.UpsertedCount != 1 || updated.UpsertedId == nil {
		t.Errorf("an upsert: %+v, %v", updated, err)
	}
	updated, err = c.ReplaceOne(ctx, filter.Eq("title", "new"), map[string]any{"title": "newer"})
	if err != nil || updated.MatchedCount != 1 {
		t.Errorf("replaceOne: %+v, %v", updated, err)
	}
	var one book
	after := options.CollectionFindOneAndUpdate().SetReturnDocument(options.ReturnDocumentAfter).SetSort(sort.Desc("copies"))
	err = c.FindOneAndUpdate(ctx, filter.Eq("title", "t"), update.Coll().Set("title", "most"), after).Decode(&one)
	if err != nil || one.Title != "most" || one.Copies != 11 {
		t.Errorf("findOneAndUpdate: %+v, %v", one, err)
	}
	err = c.FindOneAndReplace(ctx, filter.Eq("title", "newer"), map[string]any{"title": "newest"}).Decode(&one)
	if err != nil || one.Title != "newer" {
		t.Errorf("findOneAndReplace: %+v, %v", one, err)
	}
	if err := c.FindOneAndDelete(ctx, filter.Eq("title", "newest")).Decode(&one); err != nil || one.Title != "newest" {
		t.Errorf("findOneAndDelete: %+v, %v", one, err)
	}
	if _, err := c.FindOneAndDelete(ctx, filter.Eq("title", "newest")).Raw(); !errors.Is(err, results.ErrNoDocuments) {
		t.Errorf("findOneAndDelete of nothing: %v", err)
	}
	deleted, err := c.DeleteOne(ctx, filter.Eq("title", "t"), options.CollectionDeleteOne().SetSort(sort.Asc("copies")))
	if err != nil || deleted.DeletedCount != 1 {
		t.Errorf("deleteOne: %+v, %v", deleted, err)
	}
	if n, err := c.CountDocuments(ctx, filter.F{}, 100); err != nil || n != 4 {
		t.Errorf("counted %d, %v", n, err)
	}
	if _, err := c.CountDocuments(ctx, nil, 3); !errors.Is(err, results.ErrTooManyDocumentsToCount) {
		t.Errorf("counted beyond the bound: %v", err)
	}
	if n, err := c.EstimatedDocumentCount(ctx); err != nil || n != 4 {
		t.Errorf("estimated %d, %v", n, err)
	}
	if _, err := c.DeleteMany(ctx, nil); !errors.Is(err, dataapi.ErrNilFilter) {
		t.Errorf("deleteMany without a filter: %v", err)
	}
	deleted, err = c.DeleteMany(ctx, filter.Gt("copies", 2))
	if err != nil || deleted.DeletedCount != 4 {
		t.Errorf("deleteMany: %+v, %v", deleted, err)
	}
}

func TestDocumentsBySimilarity(t *testing.T) {
	t.Parallel()
	c := books(t)
	numbered5(t, c)
	near := options.CollectionFind().SetSort(sort.Vector([]float32{1, 4})).SetIncludeSimilarity(true).SetIncludeSortVector(true).SetLimit(2)
	cursor := c.Find(nil, near)
	if v := cursor.GetSortVector(t.Context()); v == nil || v.Dimension() != 2 {
		t.Errorf("sorted by %v", v)
	}
	var copies []int
	for one, err := range cursors.All[book](t.Context(), cursor) {
		if err != nil {
			t.Fatal(err)
		}
		copies = append(copies, one.Copies)
	}
	if !slices.Equal(copies, []int{4, 3}) {
		t.Errorf("got %v", copies)
	}
}

func TestCollectionLifecycle(t *testing.T) {
	t.Parallel()
	c, ctx := books(t), t.Context()
	described, err := c.Options(ctx)
	if err != nil || *described.Definition.Vector.Dimension != 2 || *described.Definition.DefaultId.Type != "objectId" {
		t.Errorf("%+v, %v", described, err)
	}
	if names, err := c.Database().ListCollectionNames(ctx); err != nil || !slices.Equal(names, []string{"books"}) {
		t.Errorf("%v, %v", names, err)
	}
	if err := c.Drop(ctx); err != nil {
		t.Error(err)
	}
	if _, err := c.Options(ctx); !errors.Is(err, dataapi.ErrNotFound) {
		t.Errorf("described after its end: %v", err)
	}
}

func TestOnlyReadsOfCollectionsAreRetried(t *testing.T) {
	t.Parallel()
	one := filter.Eq("_id", 1)
	for name, test := range map[string]struct {
		call  func(*dataapi.Collection) error
		calls int
	}{
		"find one": {func(c *dataapi.Collection) error { return c.FindOne(t.Context(), one).Err() }, 2},
		"count":    {func(c *dataapi.Collection) error { _, err := c.CountDocuments(t.Context(), one, 1); return err }, 2},
		"insert":   {func(c *dataapi.Collection) error { _, err := c.InsertOne(t.Context(), one); return err }, 1},
		"insert many": {func(c *dataapi.Collection) error {
			_, err := c.InsertMany(t.Context(), []filter.F{{}})
			return err
		}, 1},
		"update": {func(c *dataapi.Collection) error {
			_, err := c.UpdateOne(t.Context(), one, update.Coll().Set("a", 1))
			return err
		}, 1},
		"delete": {func(c *dataapi.Collection) error { _, err := c.DeleteOne(t.Context(), one); return err }, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, db := serve(t, reply{status: 503}, ok(`{"data":{"document":{"a":1}},"status":{}}`))
			if err := test.call(db.Collection("c")); r.calls() != test.calls || (err == nil) != (test.calls == 2) {
				t.Errorf("%d calls, %v", r.calls(), err)
			}
		})
	}
}

func TestNamesOfWhatIsThere(t *testing.T) {
	t.Parallel()
	c := books(t)
	db := c.Database()
	all, err := db.ListCollections(t.Context())
	if err != nil || len(all) != 1 || all[0].Name != c.Name() {
		t.Errorf("collections %+v, %v", all, err)
	}
	keyspaces, err := db.ListKeyspaces(t.Context())
	if err != nil || !slices.Contains(keyspaces, db.Keyspace()) || db.Endpoint() == "" {
		t.Errorf("keyspaces %v, %v", keyspaces, err)
	}
	if made := films(t, db); made.Name() != "films" || made.Database() != db {
		t.Errorf("table %s", made.Name())
	}
}
