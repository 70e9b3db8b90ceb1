package api

import (
	"embed"
	"encoding/json"
	"fmt"
	"net/http"
	"sync"

	"github.com/gin-gonic/gin"
	"github.com/goccy/go-yaml"
)

// openapiFiles are the document, written by hand in two files: operations, and
// the schemas they refer to. Tests hold it to the router and to the views.
//
//go:embed openapi/operations.yaml openapi/schemas.yaml
var openapiFiles embed.FS

// Document gives the OpenAPI document as JSON, with version as the API's.
func Document(version string) ([]byte, error) {
	var document, schemas map[string]any
	for name, into := range map[string]*map[string]any{"operations": &document, "schemas": &schemas} {
		text, err := openapiFiles.ReadFile("openapi/" + name + ".yaml")
		if err != nil {
			return nil, fmt.Errorf("read the OpenAPI document: %w", err)
		}
		if err := yaml.Unmarshal(text, into); err != nil {
			return nil, fmt.Errorf("parse openapi/%s.yaml: %w", name, err)
		}
	}
	components, ok := document["components"].(map[string]any)
	if !ok {
		return nil, fmt.Errorf("openapi/operations.yaml has no components")
	}
	components["schemas"] = schemas
	if info, ok := document["info"].(map[string]any); ok && version != "" {
		info["version"] = version
	}
	text, err := json.Marshal(document)
	if err != nil {
		return nil, fmt.Errorf("encode the OpenAPI document: %w", err)
	}
	return text, nil
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
