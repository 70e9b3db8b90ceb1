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

// The policies admit what each page loads: its own scripts, nothing from other
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

// assets gives every asset, compressed, when it is first asked for.
func assets() map[string]func() ([]byte, error) {
	all := map[string]func() ([]byte, error){
		"redoc.js": sync.OnceValues(func() ([]byte, error) { return compress([]byte(redoc.JavaScript)) }),
	}
	for _, name := range []string{"swagger-ui.css", "swagger-ui-bundle.js", "swagger-ui-standalone-preset.js"} {
		all[name] = func() ([]byte, error) { return static.FS.ReadFile(name + ".gz") }
	}
	for _, name := range []string{"swagger-init.js", "redoc-init.js", "redoc.css"} {
		all[name] = sync.OnceValues(func() ([]byte, error) {
			text, err := docsPages.ReadFile("docs/" + name)
			if err != nil {
				return nil, err
			}
			return compress(text)
		})
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

func (a *API) asset(all map[string]func() ([]byte, error)) gin.HandlerFunc {
	return func(c *gin.Context) {
		name := c.Param("name")
		read, found := all[name]
		if !found {
			a.fail(c, killrvideo.Errorf(killrvideo.ENOTFOUND, "Not Found"))
			return
		}
		body, err := read()
		if err == nil && !strings.Contains(c.GetHeader("Accept-Encoding"), "gzip") {
			body, err = expand(body)
		} else {
			c.Header("Content-Encoding", "gzip")
		}
		if err != nil {
			c.Writer.Header().Del("Content-Encoding")
			a.fail(c, err)
			return
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
