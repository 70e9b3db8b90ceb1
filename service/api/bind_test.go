package api

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/gin-gonic/gin"
	"github.com/google/go-cmp/cmp"

	"github.com/killrvideo/killrvideo-go/service/killrvideo"
)

// formOf is the form of a JSON object.
func formOf(t *testing.T, text string) *form {
	t.Helper()
	c, _ := gin.CreateTestContext(httptest.NewRecorder())
	c.Set(bodyKey, []byte(text))
	f, err := bind(c)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestFormDistinguishesAbsentNullAndInvalid(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		body    string
		take    func(*form) any
		want    any
		problem string
	}{
		"text":                 {`{"a":"x"}`, func(f *form) any { return f.text("a") }, "x", ""},
		"text by alias":        {`{"b":"x"}`, func(f *form) any { return f.text("a", "b") }, "x", ""},
		"first name wins":      {`{"b":"x","a":"y"}`, func(f *form) any { return f.text("a", "b") }, "y", ""},
		"text absent":          {`{}`, func(f *form) any { return f.text("a") }, "", "is required"},
		"text null":            {`{"a":null}`, func(f *form) any { return f.text("a") }, "", "must not be null"},
		"text is a number":     {`{"a":1}`, func(f *form) any { return f.text("a") }, "", "must be a string"},
		"optional absent":      {`{}`, func(f *form) any { return f.optionalText("a") == nil }, true, ""},
		"optional null":        {`{"a":null}`, func(f *form) any { return f.optionalText("a") == nil }, true, "must not be null"},
		"nullable null":        {`{"a":null}`, func(f *form) any { _, null := f.nullableText("a"); return null }, true, ""},
		"nullable absent":      {`{}`, func(f *form) any { _, null := f.nullableText("a"); return null }, false, ""},
		"list":                 {`{"a":["x",""]}`, func(f *form) any { v, _ := f.texts("a"); return strings.Join(v, "|") }, "x|", ""},
		"empty list is a list": {`{"a":[]}`, func(f *form) any { v, null := f.texts("a"); return v != nil && !null }, true, ""},
		"list null":            {`{"a":null}`, func(f *form) any { v, null := f.texts("a"); return v == nil && null }, true, ""},
		"null in a list": {`{"a":["x",null]}`, func(f *form) any { v, _ := f.texts("a"); return v == nil }, true,
			"must not contain null, as it does at 1"},
		"list is a text": {`{"a":"x"}`, func(f *form) any { v, _ := f.texts("a"); return v == nil }, true, "must be a list of strings"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := formOf(t, test.body)
			if got := test.take(f); got != test.want {
				t.Errorf("got %v, want %v", got, test.want)
			}
			var want []killrvideo.FieldError
			if test.problem != "" {
				want = []killrvideo.FieldError{{In: "body", Field: "a", Message: test.problem}}
			}
			if diff := cmp.Diff(want, killrvideo.ErrorFields(f.err())); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestBindNeedsAnObject(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "null", "[]", `"x"`, "7"} {
		c, _ := gin.CreateTestContext(httptest.NewRecorder())
		c.Set(bodyKey, []byte(text))
		if _, err := bind(c); killrvideo.ErrorCode(err) != killrvideo.EINVALID {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestParseUUID(t *testing.T) {
	t.Parallel()
	const dashed = "7f1c1f0e-5d5d-4f9b-8a63-000000000001"
	for text, want := range map[string]bool{
		dashed: true, strings.ToUpper(dashed): true, strings.ReplaceAll(dashed, "-", ""): true,
		"": false, "zzz": false, "urn:uuid:" + dashed: false, "{" + dashed + "}": false, dashed + "0": false,
	} {
		if _, ok := parseUUID(text); ok != want {
			t.Errorf("%q: %v", text, ok)
		}
	}
}

// Whatever JSON comes in, taking fields from it neither panics nor gives a
// text that is not in it.
func FuzzForm(f *testing.F) {
	for _, seed := range []string{`{"a":"x"}`, `{"a":null}`, `{"a":[null]}`, `{"a":{}}`, `[]`, `{"a":"\ud800"}`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if !json.Valid([]byte(text)) {
			return
		}
		c, _ := gin.CreateTestContext(httptest.NewRecorder())
		c.Set(bodyKey, []byte(text))
		form, err := bind(c)
		if err != nil {
			return
		}
		value, list := form.text("a"), []string(nil)
		list, _ = form.texts("a")
		if value != "" && list != nil {
			t.Errorf("%s is both a text and a list", text)
		}
		if value == "" && list == nil && form.err() == nil && !strings.Contains(text, `""`) {
			t.Errorf("%s: nothing was taken, and nothing was wrong", text)
		}
	})
}

func TestFormRefusesDuplicateFieldsAndInvalidText(t *testing.T) {
	t.Parallel()
	const noText = "must be Unicode text without NUL"
	for body, want := range map[string]string{
		`{"a":"x","b":"y"}`: "", `{"a":"x","a":"x"}`: "must not be given twice", `{"a":"x\u0000"}`: noText,
		`{"a":"\ud800"}`: noText, `{"a":"\udc00\ud800"}`: noText, `{"a":"\ud83d\ude00"}`: "", `{"a":"�"}`: "", `{"a":"\uFFFD\ufffd"}`: "",
		`{"a":"\ufffd\ud800"}`: noText, `{"a":"😀"}`: "",
	} {
		f := formOf(t, body)
		_ = f.text("a")
		got := ""
		if problems := killrvideo.ErrorFields(f.err()); len(problems) > 0 {
			got = problems[0].Message
		}
		if got != want {
			t.Errorf("%s: %q, want %q", body, got, want)
		}
	}
}

// However much is wrong with a request, its answer stays short, and so does the
// work of finding out.
func TestReportedProblemsAreBounded(t *testing.T) {
	t.Parallel()
	var body strings.Builder
	for i := range 1000 {
		fmt.Fprintf(&body, `,"%d":1,"%d":1`, i, i)
	}
	f := formOf(t, "{"+body.String()[1:]+"}")
	if got := killrvideo.ErrorFields(f.err()); len(got) != mostProblems {
		t.Errorf("%d problems of a body", len(got))
	}
	c, _ := gin.CreateTestContext(httptest.NewRecorder())
	c.Request = httptest.NewRequest(http.MethodGet, "/?"+strings.Repeat("a=%zz&", 1000), nil)
	if got := killrvideo.ErrorFields(queryProblems(c)); len(got) != mostProblems {
		t.Errorf("%d problems of a query", len(got))
	}
}

func TestAcceptedMediaTypes(t *testing.T) {
	t.Parallel()
	for kind, want := range map[string]bool{
		"":                                  true,
		"application/json":                  true,
		"application/json; charset=utf-8":   true,
		"Application/JSON":                  true,
		"application/problem+json":          true,
		"text/plain":                        false,
		"application/x-www-form-urlencoded": false,
		"json":                              false,
		"application/jsonp":                 false,
		";":                                 false,
	} {
		if got := isJSON(kind); got != want {
			t.Errorf("%q: %v", kind, got)
		}
	}
}
