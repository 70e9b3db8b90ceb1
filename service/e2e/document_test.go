package e2e_test

import (
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
)

// described is an operation of the service's own OpenAPI document.
type described struct {
	method, path, id string
	parameters       []parameter
	body             *shape // nil for none
	bodyRequired     bool
	responses        map[string]shape // of JSON, by status
}

type parameter struct {
	Ref, Name, In string
	Required      bool
	Schema        shape
}

// shape is as much of a schema as the tests look at.
type shape struct {
	Ref                  string `json:"$ref"`
	Type                 any
	Format, Pattern      string
	Enum                 []any
	Const                any
	MinLength, MaxLength *int
	Minimum, Maximum     *float64
	MinItems, MaxItems   *int
	Items                *shape
	Required             []string
	Properties           map[string]shape
	AllOf                []shape
}

// is reports whether the shape admits a type.
func (s shape) is(name string) bool {
	if list, ok := s.Type.([]any); ok {
		return slices.Contains(list, any(name))
	}
	return s.Type == name
}

// openAPI is the document, with its references replaced by what they name.
type openAPI struct {
	Paths      map[string]map[string]json.RawMessage
	Components struct {
		Schemas    map[string]shape
		Parameters map[string]parameter
	}
}

func (d openAPI) resolve(s shape) shape {
	if s.Ref != "" {
		s = d.Components.Schemas[s.Ref[strings.LastIndex(s.Ref, "/")+1:]]
	}
	if s.Items != nil {
		items := d.resolve(*s.Items)
		s.Items = &items
	}
	properties := map[string]shape{}
	for _, part := range s.AllOf {
		part = d.resolve(part)
		maps.Copy(properties, part.Properties)
		s.Required = append(slices.Clone(s.Required), part.Required...)
	}
	for name, property := range s.Properties {
		properties[name] = d.resolve(property)
	}
	s.Properties = properties
	return s
}

func (d openAPI) parameter(t *testing.T, raw json.RawMessage) parameter {
	var p struct {
		Ref string `json:"$ref"`
		parameter
	}
	into(t, raw, &p)
	if p.Ref != "" {
		p.parameter = d.Components.Parameters[p.Ref[strings.LastIndex(p.Ref, "/")+1:]]
	}
	p.Schema = d.resolve(p.Schema)
	return p.parameter
}

func into(t *testing.T, raw json.RawMessage, value any) {
	t.Helper()
	if err := json.Unmarshal(raw, value); err != nil {
		t.Fatal(err)
	}
}

// document gives all operations that the service says it has.
func document(t *testing.T) []described {
	t.Helper()
	var d openAPI
	into(t, json.RawMessage(call(t, http.MethodGet, "/openapi.json", "", nil).raw), &d)
	var all []described
	for path, item := range d.Paths {
		var shared []json.RawMessage
		if raw, ok := item["parameters"]; ok {
			into(t, raw, &shared)
			delete(item, "parameters")
		}
		for method, raw := range item {
			all = append(all, d.operation(t, strings.ToUpper(method), path, raw, shared))
		}
	}
	if len(all) < 45 {
		t.Fatalf("only %d operations are described; the reading must be wrong", len(all))
	}
	return all
}

func (d openAPI) operation(t *testing.T, method, path string, raw json.RawMessage, shared []json.RawMessage) described {
	type content map[string]struct{ Schema shape }
	var o struct {
		OperationID string
		Parameters  []json.RawMessage
		RequestBody *struct {
			Required bool
			Content  content
		}
		Responses map[string]struct{ Content content }
	}
	into(t, raw, &o)
	made := described{method: method, path: path, id: o.OperationID, responses: map[string]shape{}}
	for _, raw := range append(slices.Clone(shared), o.Parameters...) {
		made.parameters = append(made.parameters, d.parameter(t, raw))
	}
	if o.RequestBody != nil {
		body := d.resolve(o.RequestBody.Content["application/json"].Schema)
		made.body, made.bodyRequired = &body, o.RequestBody.Required
	}
	for status, response := range o.Responses {
		if json, ok := response.Content["application/json"]; ok {
			made.responses[status] = d.resolve(json.Schema)
		}
	}
	return made
}
