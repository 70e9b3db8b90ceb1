package api

import (
	"bytes"
	"compress/gzip"
	"embed"
	"io"
	"mime"
	"net/http"
	"path"
	"strings"
	"sync"

	"github.com/gin-gonic/gin"
	"github.com/mvrilo/go-redoc"
	"github.com/swaggest/swgui/v5/static"

	"github.com/killrvideo/killrvideo-go/service/killrvideo"
)

// docsPages are the pages and the few lines of script that start the viewers.
// The libraries' own pages hold their scripts inline, which a policy without
// 'unsafe-inline' forbids.
//
//go:embed docs
var docsPages embed.FS

// The policies allow what each page loads: its own scripts, nothing from other
// hosts. Both viewers write styles inline; ReDoc searches in a worker.
const (
	swaggerPolicy = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; " +
		"connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
	redocPolicy = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; " +
		"connect-src 'self'; worker-src blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)

func (a *API) docsRoutes(r *gin.Engine) {
	r.GET("/openapi.json", a.openapi())
	r.GET("/docs", a.page("docs/swagger.html", swaggerPolicy))
	r.GET("/redoc", a.page("docs/redoc.html", redocPolicy))
	r.GET("/docs/assets/:name", a.asset(assets()))
}

func (a *API) page(name, policy string) gin.HandlerFunc {
	return func(c *gin.Context) {
		text, err := docsPages.ReadFile(name)
		if err != nil {
			a.fail(c, err)
			return
		}
		c.Header("Content-Security-Policy", policy)
		c.Data(http.StatusOK, "text/html; charset=utf-8", text)
	}
}

// asset is compressed and expanded when it is first asked for, and then shared
// by all answers: a client that reads slowly holds no copy of its own.
type asset struct{ compressed, expanded func() ([]byte, error) }

func newAsset(compressed func() ([]byte, error)) asset {
	return asset{compressed: compressed, expanded: sync.OnceValues(func() ([]byte, error) {
		body, err := compressed()
		if err != nil {
			return nil, err
		}
		return expand(body)
	})}
}

func assets() map[string]asset {
	all := map[string]asset{
		"redoc.js": newAsset(sync.OnceValues(func() ([]byte, error) { return compress([]byte(redoc.JavaScript)) })),
	}
	for _, name := range []string{"swagger-ui.css", "swagger-ui-bundle.js", "swagger-ui-standalone-preset.js"} {
		all[name] = newAsset(sync.OnceValues(func() ([]byte, error) { return static.FS.ReadFile(name + ".gz") }))
	}
	for _, name := range []string{"swagger-init.js", "redoc-init.js", "redoc.css"} {
		all[name] = newAsset(sync.OnceValues(func() ([]byte, error) {
			text, err := docsPages.ReadFile("docs/" + name)
			if err != nil {
				return nil, err
			}
			return compress(text)
		}))
	}
	return all
}

func compress(text []byte) ([]byte, error) {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write(text); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

func (a *API) asset(all map[string]asset) gin.HandlerFunc {
	return func(c *gin.Context) {
		name := c.Param("name")
		one, found := all[name]
		if !found {
			a.fail(c, killrvideo.Errorf(killrvideo.ENOTFOUND, "Not Found"))
			return
		}
		read, encoding := one.expanded, ""
		if strings.Contains(c.GetHeader("Accept-Encoding"), "gzip") {
			read, encoding = one.compressed, "gzip"
		}
		body, err := read()
		if err != nil {
			a.fail(c, err)
			return
		}
		if encoding != "" {
			c.Header("Content-Encoding", encoding)
		}
		c.Header("Vary", "Accept-Encoding")
		c.Header("Cache-Control", "public, max-age=3600")
		c.Data(http.StatusOK, mime.TypeByExtension(path.Ext(name)), body)
	}
}

func expand(body []byte) ([]byte, error) {
	r, err := gzip.NewReader(bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(r)
}
