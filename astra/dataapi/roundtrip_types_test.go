package dataapi_test

import (
	"encoding/json"
	"errors"
	"net/netip"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/killrvideo/killrvideo-go/astra/dataapi/datatypes"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/filter"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/options"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/results"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/sort"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/table"
)

type everyType struct {
	ID       datatypes.UUID     `json:"id"`
	Small    int16              `json:"small"`
	Tiny     int8               `json:"tiny"`
	Varint   json.Number        `json:"varint"`
	Decimal  json.Number        `json:"decimal"`
	Float    float32            `json:"float"`
	Double   float64            `json:"double"`
	ASCII    string             `json:"ascii"`
	At       time.Time          `json:"at"`
	Day      datatypes.DateOnly `json:"day"`
	Hour     datatypes.TimeOnly `json:"hour"`
	Span     datatypes.Duration `json:"span"`
	Address  netip.Addr         `json:"address"`
	Home     map[string]any     `json:"home"`
	Homes    []map[string]any   `json:"homes"`
	ByNumber map[string]string  `json:"by_number"`
}

func TestEveryColumnTypeRoundTrip(t *testing.T) {
	t.Parallel()
	db := embedded(t)
	home := table.UDTDefinition{Fields: table.Columns{{Name: "street", Column: table.Text()}, {Name: "no", Column: table.Int()}}}
	if err := db.CreateType(t.Context(), "home", home, options.CreateType().SetIfNotExists(true)); err != nil {
		t.Fatal(err)
	}
	tb, err := db.CreateTable(t.Context(), "every", table.Definition{PrimaryKey: table.PrimaryKey{PartitionBy: []string{"id"}},
		Columns: table.Columns{
			{Name: "id", Column: table.UUID()}, {Name: "small", Column: table.SmallInt()}, {Name: "tiny", Column: table.TinyInt()},
			{Name: "varint", Column: table.Varint()}, {Name: "decimal", Column: table.Decimal()}, {Name: "float", Column: table.Float()},
			{Name: "double", Column: table.Double()}, {Name: "ascii", Column: table.Ascii()}, {Name: "at", Column: table.Timestamp()},
			{Name: "day", Column: table.Date()}, {Name: "hour", Column: table.Time()}, {Name: "span", Column: table.Duration()},
			{Name: "address", Column: table.Inet()}, {Name: "home", Column: table.UDT("home")},
			{Name: "homes", Column: table.List(table.UDT("home"))},
			{Name: "by_number", Column: table.Map(table.TypeText, table.Text())},
		}})
	if err != nil {
		t.Fatal(err)
	}
	want := everyType{
		ID: datatypes.NewUUIDv4(), Small: -300, Tiny: -3, Varint: "123456789012345678901234567890", Decimal: "1.1", Float: 1.5,
		Double: 1e300, ASCII: "a",
		At: time.Date(2026, 1, 2, 3, 4, 5, 6e6, time.UTC), Day: datatypes.NewDateOnly(-44, 3, 15), Hour: datatypes.NewTimeOnly(4, 5, 6, 7),
		Span: datatypes.Duration{Months: 14, Days: 3, Nanoseconds: 5}, Address: netip.MustParseAddr("192.0.2.1"),
		Home: map[string]any{"street": "Elm", "no": 7.0}, Homes: []map[string]any{{"street": "Oak", "no": 8.0}},
		ByNumber: map[string]string{"1": "one"},
	}
	if _, err := tb.InsertOne(t.Context(), want); err != nil {
		var one *results.DataAPIError
		if errors.As(err, &one) {
			t.Fatal(one.Message)
		}
		t.Fatal(err)
	}
	var got everyType
	if err := tb.FindOne(t.Context(), filter.Eq("id", want.ID)).Decode(&got); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v, %v\nwant %+v", got, err, want)
	}
	described, err := tb.Definition(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if column, _ := described.Definition.Columns.Get("homes"); column.ValueType == nil || *column.ValueType.UDTName != "home" {
		t.Errorf("the list of a user-defined type is %+v", column)
	}
}

func TestTypeLifecycle(t *testing.T) {
	t.Parallel()
	db, ctx := embedded(t), t.Context()
	if err := db.CreateType(ctx, "home", table.UDTDefinition{Fields: table.Columns{{Name: "street", Column: table.Text()}}}); err != nil {
		t.Fatal(err)
	}
	for _, operation := range []table.AlterTypeOperation{
		table.AddTypeFields{Fields: table.Columns{{Name: "no", Column: table.Int()}}},
		table.RenameTypeFields{Fields: map[string]string{"street": "road"}},
	} {
		if err := db.AlterType(ctx, "home", operation); err != nil {
			t.Fatal(err)
		}
	}
	types, err := db.ListTypes(ctx)
	want := table.Columns{{Name: "no", Column: table.Int()}, {Name: "road", Column: table.Text()}}
	if err != nil || len(types) != 1 || types[0].Name != "home" || !reflect.DeepEqual(types[0].Definition.Fields, want) {
		t.Errorf("%+v, %v", types, err)
	}
	if err := db.DropType(ctx, "home"); err != nil {
		t.Error(err)
	}
	if err := db.DropType(ctx, "home", options.DropType().SetIfExists(true)); err != nil {
		t.Error(err)
	}
	if err := db.DropType(ctx, "home"); !results.HasCode(err, "CANNOT_DROP_UNKNOWN_TYPE") && err == nil {
		t.Error("a missing type was dropped")
	}
	if names, err := db.ListTypeNames(ctx); err != nil || len(names) != 0 {
		t.Errorf("%v, %v", names, err)
	}
}

func TestWordsAndMapEntries(t *testing.T) {
	t.Parallel()
	tb, ctx := films(t, embedded(t)), t.Context()
	if err := tb.Alter(ctx, table.AddColumns{Columns: table.Columns{{Name: "plot", Column: table.Text()}}}); err != nil {
		t.Fatal(err)
	}
	if err := tb.CreateTextIndex(ctx, "by_plot", "plot", options.CreateTextIndex().UpdateAnalyzer("standard")); err != nil {
		t.Fatal(err)
	}
	if err := tb.CreateIndex(ctx, "by_label", map[string]string{"labels": "$keys"}); err != nil {
		t.Fatal(err)
	}
	for no, row := range []map[string]any{
		{"plot": "a cat and a dog", "labels": map[string]string{"k": "v"}}, {"plot": "a dog", "labels": map[string]string{"l": "v"}},
		{"plot": "a cat"},
	} {
		row["shelf"], row["no"] = "a", no
		if _, err := tb.InsertOne(ctx, row); err != nil {
			t.Fatal(err)
		}
	}
	if got := numbers(t, tb, filter.Table.LexicalMatch("plot", "dog")); !slices.Equal(got, []int{1, 0}) {
		t.Errorf("with the word: %v", got)
	}
	if got := numbers(t, tb, filter.Table.Keys(filter.In("labels", "k"))); !slices.Equal(got, []int{0}) {
		t.Errorf("with the key: %v", got)
	}
	if got := numbers(t, tb, filter.F{}, options.TableFind().SetSort(sort.By("plot", "cat"))); !slices.Equal(got, []int{2, 0}) {
		t.Errorf("by the word: %v", got)
	}
}
