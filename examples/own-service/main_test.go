package main

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/killrvideo/killrvideo-go/astra/dataapi"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/options"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/table"
	"github.com/killrvideo/killrvideo-go/astra/local"
)

// The embedded Astra answers as Astra does.
func TestNotes(t *testing.T) {
	embedded := local.New(t)
	db := dataapi.NewClient(options.API().SetToken(embedded.Token).SetKeyspace(embedded.Keyspace)).Database(embedded.URL)
	t.Cleanup(db.CloseIdleConnections)
	notes, err := db.CreateTable(t.Context(), "notes", table.Definition{
		Columns: table.Columns{
			{Name: "owner", Column: table.Text()}, {Name: "added", Column: table.Timestamp()}, {Name: "note", Column: table.Text()},
		},
		PrimaryKey: table.PrimaryKey{
			PartitionBy: []string{"owner"}, PartitionSort: table.PartitionSort{{Name: "added", Order: table.SortDescending}},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	h := handler(notes)
	for _, step := range []struct {
		method, path, body string
		status             int
		answer             string
	}{
		{http.MethodGet, "/health", "", http.StatusOK, "ok"},
		{http.MethodGet, "/notes/ada", "", http.StatusOK, "[]"},
		{http.MethodPost, "/notes/ada", `{"note": "buy milk"}`, http.StatusCreated, "buy milk"},
		{http.MethodPost, "/notes/ada", `{}`, http.StatusBadRequest, "needs a note"},
		{http.MethodGet, "/notes/ada", "", http.StatusOK, "buy milk"},
	} {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), step.method, step.path, strings.NewReader(step.body)))
		if w.Code != step.status || !strings.Contains(w.Body.String(), step.answer) {
			t.Errorf("%s %s: %d %s, want %d %s", step.method, step.path, w.Code, w.Body, step.status, step.answer)
		}
	}
}
