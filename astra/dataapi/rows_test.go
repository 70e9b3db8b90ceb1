package dataapi_test

import (
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"

	"github.com/killrvideo/killrvideo-go/astra/dataapi"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/datatypes"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/filter"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/options"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/results"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/sort"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/update"
)

// body is the JSON of the n-th request.
func (r *recorder) body(t *testing.T, n int) string {
	t.Helper()
	text, err := json.Marshal(r.bodies[n])
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestRequestBodies(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		call func(*dataapi.Table) error
		want string
	}{
		"insert": {
			func(tb *dataapi.Table) error { _, err := tb.InsertOne(t.Context(), map[string]any{"a": 1}); return err },
			`{"insertOne":{"document":{"a":1}}}`,
		},
		"update": {
			func(tb *dataapi.Table) error {
				return tb.UpdateOne(t.Context(), filter.Eq("id", 7), update.Table().Set("a", 1).Unset("b"))
			},
			`{"updateOne":{"filter":{"id":7},"update":{"$set":{"a":1},"$unset":{"b":""}}}}`,
		},
		"delete one": {func(tb *dataapi.Table) error { return tb.DeleteOne(t.Context(), filter.Eq("id", 7)) },
			`{"deleteOne":{"filter":{"id":7}}}`},
		"delete many": {func(tb *dataapi.Table) error { return tb.DeleteMany(t.Context(), filter.F{}) }, `{"deleteMany":{"filter":{}}}`},
		"find one": {
			func(tb *dataapi.Table) error {
				return tb.FindOne(t.Context(), filter.Eq("id", 7),
					options.TableFindOne().SetProjection(map[string]any{"a": 1})).Decode(&map[string]any{})
			},
			`{"findOne":{"filter":{"id":7},"projection":{"a":1}}}`,
		},
		"vector sort": {
			func(tb *dataapi.Table) error {
				find := options.TableFind().SetSort(sort.By("v", datatypes.NewVector([]float32{.1, .2, .3}))).SetIncludeSimilarity(true).SetLimit(2)
				return tb.Find(nil, find).DecodeAll(t.Context(), &[]map[string]any{})
			},
			`{"find":{"options":{"includeSimilarity":true,"limit":2},"sort":{"v":{"$binary":"PczMzT5MzM0+mZma"}}}}`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, db := serve(t, ok(`{"data":{"document":{"id":7},"documents":[]},"status":{"insertedIds":[[1]]}}`))
			if err := test.call(db.Table("tb")); err != nil {
				t.Fatal(err)
			}
			if got := r.body(t, 0); got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
			if r.paths[0] != "/api/json/v1/ks/tb" || r.header.Get("Token") != canary.Reveal() {
				t.Errorf("path %s", r.paths[0])
			}
		})
	}
}

func TestNilFilterIsRefused(t *testing.T) {
	t.Parallel()
	r, db := serve(t, ok(`{}`))
	tb := db.Table("tb")
	var none filter.F
	for name, err := range map[string]error{
		"delete many": tb.DeleteMany(t.Context(), nil),
		"typed nil":   tb.DeleteMany(t.Context(), none),
		"delete one":  tb.DeleteOne(t.Context(), nil),
		"update":      tb.UpdateOne(t.Context(), nil, update.U{}),
	} {
		if !errors.Is(err, dataapi.ErrNilFilter) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if r.calls() != 0 {
		t.Errorf("%d requests were sent", r.calls())
	}
}

func TestDecoding(t *testing.T) {
	t.Parallel()
	_, db := serve(t, ok(`{"data":{"document":{"n":9007199254740993,"s":"x"}},"status":{"projectionSchema":{
		"n":{"type":"bigint"},"s":{"type":"text"},"none":{"type":"text"},"tags":{"type":"set"},"prefs":{"type":"map"}}}}`))
	result := db.Table("tb").FindOne(t.Context(), nil)
	var row map[string]any
	if err := result.Decode(&row); err != nil {
		t.Fatal(err)
	}
	want := map[string]any{"n": json.Number("9007199254740993"), "s": "x", "none": nil, "tags": []any{}, "prefs": map[string]any{}}
	if !reflect.DeepEqual(row, want) {
		t.Errorf("got %v, want %v", row, want)
	}
	var typed struct {
		N    int64    `json:"n"`
		Tags []string `json:"tags"`
	}
	if err := result.Decode(&typed); err != nil || typed.N != 9007199254740993 || typed.Tags != nil {
		t.Errorf("got %+v, %v", typed, err)
	}
}

func TestNoMatchingRow(t *testing.T) {
	t.Parallel()
	_, db := serve(t, ok(`{"data":{"document":null},"status":{}}`))
	if err := db.Table("tb").FindOne(t.Context(), nil).Decode(&struct{}{}); !errors.Is(err, results.ErrNoDocuments) {
		t.Errorf("got %v", err)
	}
}

func TestTypedErrorsWithoutToken(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		answer reply
		code   string
		status int
	}{
		"refusal": {ok(`{"errors":[{"errorCode":"UNKNOWN_TABLE_COLUMNS","family":"REQUEST","scope":"DOCUMENT","title":"t",
			"message":"no such column"}]}`), "UNKNOWN_TABLE_COLUMNS", 0},
		"401":     {reply{status: 401, body: `{"errors":[{"errorCode":"UNAUTHENTICATED_REQUEST","message":"m"}]}`}, "UNAUTHENTICATED_REQUEST", 0},
		"404":     {reply{status: 404}, "", 404},
		"gateway": {reply{status: 500, body: "<html>"}, "", 500},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, db := serve(t, test.answer)
			_, err := db.Table("tb").InsertOne(t.Context(), map[string]any{})
			var status *results.HTTPError
			switch {
			case test.code != "" && !results.HasCode(err, test.code):
				t.Errorf("got %v", err)
			case test.status != 0 && (!errors.As(err, &status) || status.Status != test.status):
				t.Errorf("got %v", err)
			case strings.Contains(err.Error(), "canary"):
				t.Error("the error shows the token")
			}
		})
	}
}
