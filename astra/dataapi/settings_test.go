package dataapi_test

import (
	"errors"
	"testing"

	"github.com/killrvideo/killrvideo-go/astra"
	"github.com/killrvideo/killrvideo-go/astra/dataapi"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/options"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/sort"
)

func TestSettingsOfATableOverrideThoseOfItsDatabase(t *testing.T) {
	t.Parallel()
	r, db := serve(t, ok(`{"data":{"document":{}}}`))
	const other = astra.Token("AstraCS:other:0123456789abcdef") // made up for this test
	tb := db.Table("tb", options.API().SetToken(other).AddHeader("X-One", "1"), nil, options.API().AddHeader("X-Two", "2").SetKeyspace("ks2"))
	if err := tb.FindOne(t.Context(), nil).Err(); err != nil {
		t.Fatal(err)
	}
	added := r.header.Get("X-One") == "1" && r.header.Get("X-Two") == "2"
	if r.header.Get("Token") != other.Reveal() || !added || r.paths[0] != "/api/json/v1/ks2/tb" {
		t.Errorf("headers %v, path %s", r.header, r.paths[0])
	}
	if err := db.Table("tb").FindOne(t.Context(), nil).Err(); err != nil {
		t.Fatal(err)
	}
	if r.header.Get("Token") != canary.Reveal() || r.header.Get("X-One") != "" || r.paths[1] != "/api/json/v1/ks/tb" {
		t.Errorf("the settings of the table changed those of the database: %v, %s", r.header, r.paths[1])
	}
}

func TestTablesShareTheBreakerOfTheirDatabase(t *testing.T) {
	t.Parallel()
	r, db := serve(t, reply{status: 503})
	for range 10 {
		_ = db.Table("one", options.API().AddHeader("X-One", "1")).CreateIndex(t.Context(), "i", "c")
	}
	calls := r.calls()
	if err := db.Collection("two").FindOne(t.Context(), nil).Err(); !errors.Is(err, dataapi.ErrUnavailable) || r.calls() != calls {
		t.Errorf("%d calls more, %v", r.calls()-calls, err)
	}
}

func TestLaterOptionsWin(t *testing.T) {
	t.Parallel()
	r, db := serve(t, page(0, 0, ""))
	cursor := db.Table("tb").Find(nil, options.TableFind().SetLimit(1).SetSort(sort.Asc("a")), nil, options.TableFind().SetLimit(2))
	if cursor.Next(t.Context()) || cursor.Err() != nil {
		t.Fatal(cursor.Err())
	}
	if got := r.body(t, 0); got != `{"find":{"options":{"limit":2},"sort":{"a":1}}}` {
		t.Errorf("got %s", got)
	}
}
