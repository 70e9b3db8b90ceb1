package devops

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strconv"
	"testing"
)

func TestDatabasesAreListedPageByPage(t *testing.T) {
	t.Parallel()
	const count = 2*pageOfDatabases + 3
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		limit, _ := strconv.Atoi(r.URL.Query().Get("limit"))
		after, err := strconv.Atoi(r.URL.Query().Get("starting_after"))
		if err != nil {
			after = 0
		}
		page := []Database{}
		for id := after + 1; id <= min(after+limit, count); id++ {
			page = append(page, Database{ID: strconv.Itoa(id)})
		}
		_ = json.NewEncoder(w).Encode(page)
	}))
	t.Cleanup(server.Close)
	c, err := NewClient(server.URL, canary, server.Client())
	if err != nil {
		t.Fatal(err)
	}
	all, err := c.Databases(t.Context())
	if err != nil || len(all) != count || all[count-1].ID != strconv.Itoa(count) {
		t.Errorf("%d databases, %v", len(all), err)
	}
}
