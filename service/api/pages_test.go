package api

import (
	"encoding/json"
	"math"
	"net/http/httptest"
	"testing"

	"github.com/gin-gonic/gin"
	"github.com/google/go-cmp/cmp"

	"github.com/killrvideo/killrvideo-go/service/killrvideo"
)

func TestPageQuery(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		want   killrvideo.Page
		fields []string
	}{
		"":                         {killrvideo.Page{Number: 1, Size: 10}, nil},
		"page=3&pageSize=100":      {killrvideo.Page{Number: 3, Size: 100}, nil},
		"page=9223372036854775807": {killrvideo.Page{Number: math.MaxInt, Size: 10}, nil},
		"page=0":                   {fields: []string{"page"}},
		"page=x&pageSize=0":        {fields: []string{"page", "pageSize"}},
		"pageSize=101":             {fields: []string{"pageSize"}},
		"page=":                    {fields: []string{"page"}},
		"page=9223372036854775808": {fields: []string{"page"}},
	}
	for query, test := range tests {
		t.Run(query, func(t *testing.T) {
			t.Parallel()
			c, _ := gin.CreateTestContext(httptest.NewRecorder())
			c.Request = httptest.NewRequest("GET", "/?"+query, nil)
			page, err := pageQuery(c)
			var fields []string
			for _, f := range killrvideo.ErrorFields(err) {
				fields = append(fields, f.Field)
			}
			if diff := cmp.Diff(test.fields, fields); diff != "" {
				t.Error(diff)
			}
			if err == nil && page != test.want {
				t.Errorf("page %+v", page)
			}
		})
	}
}

func TestPaginateShowsAnEmptyListAsAList(t *testing.T) {
	t.Parallel()
	page := killrvideo.Page{Number: 2, Size: 10}
	text, err := json.Marshal(paginate(page, killrvideo.Listing[int]{Total: 11}, func(n *int) int { return *n }))
	want := `{"data":[],"pagination":{"currentPage":2,"pageSize":10,"totalItems":11,"totalPages":2,"nextCursor":null}}`
	if err != nil || string(text) != want {
		t.Errorf("%s %v", text, err)
	}
}
