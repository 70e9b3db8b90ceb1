package api_test

import (
	"encoding/json"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/gin-gonic/gin"
	"github.com/google/go-cmp/cmp"

	"github.com/killrvideo/killrvideo-go/service/api"
)

// spec is as much of an OpenAPI document as is looked at here.
type spec struct {
	OpenAPI    string                                `json:"openapi"`
	Paths      map[string]map[string]json.RawMessage `json:"paths"`
	Components struct {
		Schemas map[string]schema `json:"schemas"`
	} `json:"components"`
}

type operation struct {
	OperationID string                     `json:"operationId"`
	Summary     string                     `json:"summary"`
	Security    []map[string][]string      `json:"security"`
	RequestBody json.RawMessage            `json:"requestBody"`
	Parameters  []json.RawMessage          `json:"parameters"`
	Responses   map[string]json.RawMessage `json:"responses"`
}

type schema struct {
	Required   []string                   `json:"required"`
	Properties map[string]json.RawMessage `json:"properties"`
	AllOf      []struct {
		Ref string `json:"$ref"`
		schemaFields
	} `json:"allOf"`
}

type schemaFields struct {
	Required   []string                   `json:"required"`
	Properties map[string]json.RawMessage `json:"properties"`
}

func document(t *testing.T) (spec, string) {
	t.Helper()
	w := get(platform(nil), "/openapi.json")
	var s spec
	if err := json.Unmarshal(w.Body.Bytes(), &s); err != nil || w.Code != http.StatusOK {
		t.Fatalf("%d %v", w.Code, err)
	}
	return s, w.Body.String()
}

// operations are those of the document, as "METHOD /path".
func operations(t *testing.T, s spec) map[string]operation {
	t.Helper()
	all := map[string]operation{}
	for path, item := range s.Paths {
		for method, raw := range item {
			if method == "parameters" {
				continue
			}
			var o operation
			if err := json.Unmarshal(raw, &o); err != nil {
				t.Fatal(err)
			}
			all[strings.ToUpper(method)+" "+path] = o
		}
	}
	return all
}

// undocumented are the pages of the documentation itself.
var undocumented = []string{"GET /openapi.json", "GET /docs", "GET /redoc", "GET /docs/assets/{name}"}

func TestDocumentMatchesTheRoutes(t *testing.T) {
	t.Parallel()
	s, _ := document(t)
	parameter := regexp.MustCompile(`:(\w+)`)
	engine, ok := platform(nil).(*gin.Engine)
	if !ok {
		t.Fatal("the handler is no router")
	}
	routes := slices.Clone(undocumented)[:0]
	for _, r := range engine.Routes() {
		route := r.Method + " " + parameter.ReplaceAllString(r.Path, "{$1}")
		if !slices.Contains(undocumented, route) {
			routes = append(routes, route)
		}
	}
	slices.Sort(routes)
	documented := slices.Sorted(maps.Keys(operations(t, s)))
	if diff := cmp.Diff(routes, documented); diff != "" {
		t.Errorf("routes (-) and document (+) differ:\n%s", diff)
	}
}

func TestEveryOperationIsComplete(t *testing.T) {
	t.Parallel()
	s, _ := document(t)
	ids := map[string]string{}
	for name, o := range operations(t, s) {
		if other, taken := ids[o.OperationID]; taken || o.OperationID == "" || o.Summary == "" {
			t.Errorf("%s: operationId %q (also of %q), summary %q", name, o.OperationID, other, o.Summary)
		}
		ids[o.OperationID] = name
		want := []string{}
		if strings.Contains(name, " "+api.Prefix+"/") && !strings.HasSuffix(name, "/health") {
			want = append(want, "500", "503")
		}
		if len(o.Security) == 1 && o.Security[0]["bearer"] != nil { // two are none and one: a token that may be left out is never refused
			want = append(want, "401", "403", "404")
		}
		if len(o.RequestBody) > 0 {
			want = append(want, "408", "413", "415", "422")
		}
		if len(o.Responses["304"]) > 0 != (strings.Contains(string(slices.Concat(o.Parameters...)), "IfNoneMatch")) {
			t.Errorf("%s: If-None-Match and 304 belong together", name)
		}
		if len(o.Parameters) > 1 || len(o.Parameters) > 0 && len(o.Responses["304"]) == 0 { // others than If-None-Match
			want = append(want, "422")
		}
		for _, status := range want {
			if _, ok := o.Responses[status]; !ok {
				t.Errorf("%s: no response %s", name, status)
			}
		}
	}
}

func TestReferencesResolveAndComponentsAreUsed(t *testing.T) {
	t.Parallel()
	_, text := document(t)
	var tree map[string]any
	if err := json.Unmarshal([]byte(text), &tree); err != nil {
		t.Fatal(err)
	}
	used := map[string]bool{}
	for _, match := range regexp.MustCompile(`"\$ref":"#/components/(\w+)/(\w+)"`).FindAllStringSubmatch(text, -1) {
		used[match[1]+"/"+match[2]] = true
	}
	for kind, all := range tree["components"].(map[string]any) {
		for name := range all.(map[string]any) {
			// PaginatedResponse is there for clients that name it.
			if kind != "securitySchemes" && name != "PaginatedResponse" && !used[kind+"/"+name] {
				t.Errorf("components/%s/%s is not used", kind, name)
			}
			delete(used, kind+"/"+name)
		}
	}
	for name := range used {
		t.Errorf("components/%s does not exist", name)
	}
	if tree["openapi"] != "3.1.0" || tree["info"].(map[string]any)["version"] != "1.2.3" {
		t.Errorf("openapi %v, info %v", tree["openapi"], tree["info"])
	}
}

// fields of a schema, those of allOf included.
func (s spec) fields(name string) (properties, required []string) {
	top := s.Components.Schemas[name]
	properties, required = slices.Collect(maps.Keys(top.Properties)), slices.Clone(top.Required)
	for _, part := range top.AllOf {
		if part.Ref != "" {
			p, r := s.fields(part.Ref[strings.LastIndex(part.Ref, "/")+1:])
			properties, required = append(properties, p...), append(required, r...)
		}
		properties = append(properties, slices.Collect(maps.Keys(part.Properties))...)
		required = append(required, part.Required...)
	}
	slices.Sort(properties)
	slices.Sort(required)
	return properties, required
}

func TestSchemasHaveTheFieldsThatAreSent(t *testing.T) {
	t.Parallel()
	s, _ := document(t)
	for name, sent := range api.Views() {
		properties, required := s.fields(name)
		if diff := cmp.Diff(sent, properties); diff != "" {
			t.Errorf("%s: sent (-) and documented (+) differ:\n%s", name, diff)
		}
		if name != "Problem" && !slices.Equal(properties, required) {
			t.Errorf("%s: every field is always sent, so all are required", name)
		}
	}
}

func TestAnswersMatchTheirSchemas(t *testing.T) {
	t.Parallel()
	s, _ := document(t)
	for path, name := range map[string]string{"/": "Message", "/health": "Health", "/health/serving": "Serving", "/health/ready": "Ready",
		"/version": "Version"} {
		body := decode(t, get(platform(nil), path))
		properties, _ := s.fields(name)
		if diff := cmp.Diff(properties, slices.Sorted(maps.Keys(body))); diff != "" {
			t.Errorf("%s: %s", path, diff)
		}
	}
}
