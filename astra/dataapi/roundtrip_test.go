package dataapi_test

import (
	"errors"
	"reflect"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/killrvideo/killrvideo-go/astra/dataapi"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/datatypes"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/filter"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/options"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/results"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/sort"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/update"
)

type film struct {
	Shelf  string            `json:"shelf"`
	No     int               `json:"no"`
	ID     uuid.UUID         `json:"id"`
	Views  int64             `json:"views"`
	Added  time.Time         `json:"added"`
	Seen   bool              `json:"seen"`
	Tags   []string          `json:"tags"`
	Cast   []string          `json:"cast"`
	Labels map[string]string `json:"labels"`
	Poster datatypes.Blob    `json:"poster"`
	Like   datatypes.Vector  `json:"like"`
}

func key(shelf string, no int) filter.F { return filter.F{"shelf": shelf, "no": no} }

func full(no int) film {
	return film{
		Shelf: "a", No: no, ID: uuid.MustParse("aaaaaaaa-0000-4000-8000-000000000001"),
		Views: 1<<62 + 1, // more digits than a float64 holds
		Added: time.Date(2026, 2, 3, 4, 5, 6, 789e6, time.UTC), Seen: true,
		Tags: []string{"new", "short"}, Cast: []string{"zoe", "adam", "zoe"}, Labels: map[string]string{"k": "v"},
		Poster: datatypes.Blob("\x00\xff"), Like: datatypes.NewVector([]float32{0.1, 0.2, 0.3}),
	}
}

func TestRowRoundTrip(t *testing.T) {
	t.Parallel()
	tb := films(t, embedded(t))
	want := full(1)
	inserted, err := tb.InsertOne(t.Context(), want)
	if err != nil {
		t.Fatal(err)
	}
	var id []any
	if err := inserted.DecodeID(&id); err != nil || !reflect.DeepEqual(id, []any{"a", 1.0}) {
		t.Errorf("inserted key %v, %v", id, err)
	}
	var got film
	if err := tb.FindOne(t.Context(), key("a", 1)).Decode(&got); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

func TestMissingColumnsInMaps(t *testing.T) {
	t.Parallel()
	tb := films(t, embedded(t))
	if _, err := tb.InsertOne(t.Context(), key("a", 1)); err != nil {
		t.Fatal(err)
	}
	var row map[string]any
	if err := tb.FindOne(t.Context(), key("a", 1)).Decode(&row); err != nil {
		t.Fatal(err)
	}
	if v, there := row["views"]; !there || v != nil {
		t.Errorf("views is %v", v)
	}
	if !reflect.DeepEqual(row["tags"], []any{}) || !reflect.DeepEqual(row["labels"], map[string]any{}) {
		t.Errorf("empty collections are %v and %v", row["tags"], row["labels"])
	}
	var typed film
	if err := tb.FindOne(t.Context(), key("a", 1)).Decode(&typed); err != nil || typed.Views != 0 || !typed.Like.IsZero() {
		t.Errorf("%+v, %v", typed, err)
	}
}

func TestUpdatesAndDeletions(t *testing.T) {
	t.Parallel()
	tb := films(t, embedded(t))
	if _, err := tb.InsertMany(t.Context(), []film{full(1), full(2), full(3)}); err != nil {
		t.Fatal(err)
	}
	change := update.Table().Set("views", 7).Unset("seen").Push("cast", "eve").PullAll("tags", "new")
	if err := tb.UpdateOne(t.Context(), key("a", 1), change); err != nil {
		t.Fatal(err)
	}
	var got film
	if err := tb.FindOne(t.Context(), key("a", 1)).Decode(&got); err != nil {
		t.Fatal(err)
	}
	if got.Views != 7 || got.Seen || len(got.Cast) != 4 || !reflect.DeepEqual(got.Tags, []string{"short"}) {
		t.Errorf("after the update: %+v", got)
	}
	if err := tb.DeleteOne(t.Context(), key("a", 1)); err != nil {
		t.Fatal(err)
	}
	if err := tb.FindOne(t.Context(), key("a", 1)).Decode(&got); !errors.Is(err, results.ErrNoDocuments) {
		t.Errorf("a deleted row gives %v", err)
	}
	if err := tb.DeleteMany(t.Context(), filter.Eq("shelf", "a")); err != nil {
		t.Fatal(err)
	}
	if left := numbers(t, tb, filter.F{}); len(left) != 0 {
		t.Errorf("left after deleteMany: %v", left)
	}
}

// numbers lists the rows' numbers in the order in which they come.
func numbers(t *testing.T, tb *dataapi.Table, f filter.Filterable, opts ...options.TableFindOption) []int {
	t.Helper()
	var all []film
	if err := tb.Find(f, opts...).DecodeAll(t.Context(), &all); err != nil {
		t.Fatal(err)
	}
	list := []int{}
	for _, one := range all {
		list = append(list, one.No)
	}
	return list
}

func TestFind(t *testing.T) {
	t.Parallel()
	tb := films(t, embedded(t))
	rows := make([]film, 8)
	for i := range rows {
		rows[i] = full(i)
		rows[i].Like = datatypes.NewVector([]float32{1, float32(i) / 10, 0})
	}
	if _, err := tb.InsertMany(t.Context(), rows); err != nil {
		t.Fatal(err)
	}
	shelf := filter.Eq("shelf", "a")
	for name, test := range map[string]struct {
		filter filter.Filterable
		opts   options.TableFindOption
		want   []int
	}{
		"all pages, as declared": {shelf, options.TableFind(), []int{7, 6, 5, 4, 3, 2, 1, 0}},
		"reversed":               {shelf, options.TableFind().SetSort(sort.Asc("no")), []int{0, 1, 2, 3, 4, 5, 6, 7}},
		"limit over two pages":   {shelf, options.TableFind().SetLimit(4), []int{7, 6, 5, 4}},
		"range":                  {filter.F{"shelf": "a", "no": filter.F{"$gte": 2, "$lt": 5}}, options.TableFind(), []int{4, 3, 2}},
		"one of":                 {filter.And(shelf, filter.In("no", []int{1, 6})), options.TableFind(), []int{6, 1}},
		"either":                 {filter.And(shelf, filter.Or(filter.Eq("no", 0), filter.Gt("no", 6))), options.TableFind(), []int{7, 0}},
		"skip, sorted in memory": {shelf, options.TableFind().SetSort(sort.Asc("no")).SetSkip(2).SetLimit(2), []int{2, 3}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := numbers(t, tb, test.filter, test.opts); !reflect.DeepEqual(got, test.want) {
				t.Errorf("got %v, want %v", got, test.want)
			}
		})
	}
}
