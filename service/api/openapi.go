package api

import (
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"net/http"
	"strings"
	"sync"

	"github.com/gin-gonic/gin"
	"github.com/goccy/go-yaml"
)

// openapiFiles are the document, written by hand: document.yaml is its frame,
// and each resource has a file of its operations and one of the schemas they
// refer to. Tests hold it to the router and to the views.
//
//go:embed openapi/*.yaml
var openapiFiles embed.FS

// Document gives the OpenAPI document as JSON, with version as the API's.
func Document(version string) ([]byte, error) {
	document, err := parseYAML("openapi/document.yaml")
	if err != nil {
		return nil, err
	}
	paths, err := merge("openapi/operations-*.yaml")
	if err != nil {
		return nil, err
	}
	schemas, err := merge("openapi/schemas-*.yaml")
	if err != nil {
		return nil, err
	}
	components, ok := document["components"].(map[string]any)
	if !ok {
		return nil, fmt.Errorf("openapi/document.yaml has no components")
	}
	complete(paths)
	document["paths"], components["schemas"] = paths, schemas
	if info, ok := document["info"].(map[string]any); ok && version != "" {
		info["version"] = version
	}
	text, err := json.Marshal(document)
	if err != nil {
		return nil, fmt.Errorf("encode the OpenAPI document: %w", err)
	}
	return text, nil
}

// merge puts the files of a pattern together. Two may describe different
// methods of one path; nothing may be described twice.
func merge(pattern string) (map[string]any, error) {
	names, err := fs.Glob(openapiFiles, pattern)
	if err != nil {
		return nil, fmt.Errorf("find %s: %w", pattern, err)
	}
	all := map[string]any{}
	for _, name := range names {
		part, err := parseYAML(name)
		if err != nil {
			return nil, err
		}
		for key, value := range part {
			if err := add(all, key, value); err != nil {
				return nil, fmt.Errorf("%s: %w", name, err)
			}
		}
	}
	return all, nil
}

// complete adds what is the same for every operation of a kind, unless its file
// says something else: who may use it, and what any body and any write may be
// answered.
func complete(paths map[string]any) {
	for _, item := range paths {
		methods, _ := item.(map[string]any)
		for method, value := range methods {
			operation, ok := value.(map[string]any)
			responses, described := operation["responses"].(map[string]any)
			if !ok || !described {
				continue
			}
			if _, said := operation["security"]; !said {
				operation["security"] = []any{} // public
			}
			if method != "get" {
				refer(responses, "429", "TooManyRequests")
			}
			if _, has := operation["requestBody"]; has {
				refer(responses, "408", "TooSlow")
				refer(responses, "413", "TooLarge")
				refer(responses, "415", "UnsupportedMediaType")
			}
		}
	}
}

func refer(responses map[string]any, status, to string) {
	if _, described := responses[status]; !described {
		responses[status] = map[string]any{"$ref": "#/components/responses/" + to}
	}
}

func add(all map[string]any, key string, value any) error {
	there, twice := all[key]
	if !twice {
		all[key] = value
		return nil
	}
	old, isPath := there.(map[string]any)
	more, ok := value.(map[string]any)
	if !ok || !isPath || !strings.HasPrefix(key, "/") {
		return fmt.Errorf("%s is described twice", key)
	}
	for method, operation := range more {
		if _, twice := old[method]; twice {
			return fmt.Errorf("%s %s is described twice", method, key)
		}
		old[method] = operation
	}
	return nil
}

func parseYAML(name string) (map[string]any, error) {
	text, err := openapiFiles.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("read the OpenAPI document: %w", err)
	}
	var part map[string]any
	if err := yaml.Unmarshal(text, &part); err != nil {
		return nil, fmt.Errorf("parse %s: %w", name, err)
	}
	return part, nil
}

// openapi serves the document. It is made for the first who asks, so that it
// costs the start nothing.
func (a *API) openapi() gin.HandlerFunc {
	document := sync.OnceValues(func() ([]byte, error) { return Document(a.Version) })
	return func(c *gin.Context) {
		text, err := document()
		if err != nil {
			a.fail(c, err)
			return
		}
		c.Data(http.StatusOK, "application/json", text)
	}
}
