package dataapi_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"

	"go.uber.org/goleak"

	"github.com/killrvideo/killrvideo-go/astra/dataapi"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/options"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/results"
)

// accepting answers insertMany with the keys it got; the chunk that holds the
// row `bad` loses it.
func accepting(t testing.TB, chunks *atomic.Int32) *dataapi.Db {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		chunks.Add(1)
		var body struct {
			InsertMany struct{ Documents []struct{ ID int } }
		}
		_ = json.NewDecoder(r.Body).Decode(&body)
		ids, failure := []any{}, ""
		for _, row := range body.InsertMany.Documents {
			if row.ID < 0 {
				failure = `,"errors":[{"errorCode":"INVALID_COLUMN_VALUES","message":"m"}]`
				continue
			}
			ids = append(ids, []int{row.ID})
		}
		text, _ := json.Marshal(ids)
		_, _ = fmt.Fprintf(w, `{"status":{"insertedIds":%s}%s}`, text, failure)
	}))
	t.Cleanup(server.Close)
	return dataapi.NewClient(options.API().SetToken(canary).SetHTTPClient(server.Client())).Database(server.URL)
}

type idRow struct{ ID int }

func rows(n int) []idRow {
	list := make([]idRow, n)
	for i := range list {
		list[i] = idRow{i}
	}
	return list
}

func TestInsertManyGoesInChunks(t *testing.T) {
	before := goleak.IgnoreCurrent()
	t.Cleanup(func() { goleak.VerifyNone(t, before) })
	for n, chunks := range map[int]int32{1: 1, 50: 1, 51: 2, 1000: 20} {
		var seen atomic.Int32
		db := accepting(t, &seen)
		result, err := db.Table("tb").InsertMany(t.Context(), rows(n))
		if err != nil || result.InsertedCount() != n || seen.Load() != chunks {
			t.Errorf("%d rows: %d inserted in %d chunks, %v", n, result.InsertedCount(), seen.Load(), err)
		}
		db.CloseIdleConnections()
	}
}

func TestARowThatFailsDoesNotHideTheOthers(t *testing.T) {
	t.Parallel()
	var seen atomic.Int32
	list := append(rows(120), idRow{-1})
	result, err := accepting(t, &seen).Table("tb").InsertMany(t.Context(), list)
	var failure *results.InsertManyError
	if !errors.As(err, &failure) || failure.Inserted != 120 || result.InsertedCount() != 120 {
		t.Fatalf("got %v", err)
	}
	if !results.HasCode(err, "INVALID_COLUMN_VALUES") {
		t.Errorf("the cause is lost: %v", err)
	}
}

func TestInsertManyWantsRows(t *testing.T) {
	t.Parallel()
	var seen atomic.Int32
	tb := accepting(t, &seen).Table("tb")
	for _, bad := range []any{nil, []idRow{}, idRow{}, "x"} {
		if _, err := tb.InsertMany(t.Context(), bad); err == nil {
			t.Errorf("%v is accepted", bad)
		}
	}
}

func BenchmarkInsertMany(b *testing.B) {
	var seen atomic.Int32
	tb := accepting(b, &seen).Table("tb")
	list := rows(1000)
	for b.Loop() {
		if _, err := tb.InsertMany(b.Context(), list); err != nil {
			b.Fatal(err)
		}
	}
}
