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

func TestInsertManyChunks(t *testing.T) {
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

func TestInsertManyReportsPartialFailure(t *testing.T) {
	t.Parallel()
	var seen atomic.Int32
	list := append(rows(120), idRow{-1})
	_, err := accepting(t, &seen).Table("tb").InsertMany(t.Context(), list)
	var failure *results.InsertManyError
	if !errors.As(err, &failure) || failure.InsertedCount() != 120 || len(failure.Errors) != 1 {
		t.Fatalf("got %v", err)
	}
	var ids [][]int
	if err := failure.DecodeIDs(&ids); err != nil || len(ids) != 120 || ids[119][0] != 119 {
		t.Errorf("the inserted keys are %v, %v", ids, err)
	}
	var one *results.DataAPIError
	if !results.HasCode(err, "INVALID_COLUMN_VALUES") || !errors.As(err, &one) || one.ErrorCode != "INVALID_COLUMN_VALUES" {
		t.Errorf("the error of the Data API is lost: %v", err)
	}
}

func TestOrderedInsertManyStopsAtFirstFailure(t *testing.T) {
	t.Parallel()
	var seen atomic.Int32
	list := append(append(rows(30), idRow{-1}), rows(50)...)
	ordered := options.TableInsertMany().SetOrdered(true).SetChunkSize(20)
	_, err := accepting(t, &seen).Table("tb").InsertMany(t.Context(), list, ordered)
	if !results.HasCode(err, "INVALID_COLUMN_VALUES") || seen.Load() != 2 {
		t.Errorf("%d chunks, %v", seen.Load(), err)
	}
	if _, err := accepting(t, &seen).Table("tb").InsertMany(t.Context(), list, ordered.SetConcurrency(2)); err == nil {
		t.Error("an ordered insertMany of two chunks at a time was accepted")
	}
}

func TestInsertManyReportsChunkWithoutAnswer(t *testing.T) {
	t.Parallel()
	_, db := serve(t, reply{status: 500})
	_, err := db.Table("tb").InsertMany(t.Context(), rows(3))
	var failure *results.InsertManyError
	var status *results.HTTPError
	if !errors.As(err, &failure) || !errors.As(err, &status) || failure.Cause == nil || failure.InsertedCount() != 0 {
		t.Errorf("got %v", err)
	}
}

func TestInsertManyRefusesOtherValues(t *testing.T) {
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
