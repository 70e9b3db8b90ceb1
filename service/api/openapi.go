package api

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"net/http"
	"sync"

	"github.com/gin-gonic/gin"
	"github.com/goccy/go-yaml"
)

// openapiYAML is the OpenAPI document. Tests compare it with the routes and the
// views in both directions.
//
//go:embed openapi.yaml
var openapiYAML []byte

// Document returns the OpenAPI document as JSON. A version that is not empty
// replaces the document's.
func Document(version string) ([]byte, error) {
	var document map[string]any
	if err := yaml.Unmarshal(openapiYAML, &document); err != nil {
		return nil, fmt.Errorf("parse openapi.yaml: %w", err)
	}
	if info, ok := document["info"].(map[string]any); ok && version != "" {
		info["version"] = version
	}
	text, err := json.Marshal(document)
	if err != nil {
		return nil, fmt.Errorf("encode openapi.yaml as JSON: %w", err)
	}
	return text, nil
}

// openapi serves the document. The first request parses it, not the start.
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
