package api

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/killrvideo/killrvideo-go/service/killrvideo"
)

// unmatched is the route of requests that match none. One name for all of
// them bounds the number of metrics a scanner can make.
const unmatched = "none"

func newRouter(a *API) *gin.Engine {
	gin.SetMode(gin.ReleaseMode)
	r := gin.New()
	r.HandleMethodNotAllowed = true
	r.Use(a.head(r))
	a.trustProxies(r)
	r.Use(a.tagRequest, a.trace, a.observe, a.recover, a.secure)
	r.Use(a.crossOrigin()...)
	r.Use(a.limit, a.throttle(), a.traceWork())
	r.RedirectTrailingSlash = false // it would bypass the middleware
	r.NoRoute(a.noRoute)
	r.NoMethod(a.noMethod)
	a.platformRoutes(r)
	g := r.Group(Prefix, a.checkQuery)
	a.sessionRoutes(g)
	a.passwordRoutes(g)
	a.userRoutes(g)
	a.videoRoutes(g)
	a.ratingRoutes(g)
	a.commentRoutes(g)
	a.activityRoutes(g)
	a.moderationRoutes(g)
	a.searchRoutes(g)
	a.methods = map[string][]string{}
	for _, route := range r.Routes() {
		if !strings.Contains(route.Path, ":") {
			a.methods[route.Path] = append(a.methods[route.Path], route.Method)
		}
	}
	return r
}

// noMethod answers 405. Gin's Allow includes the methods of a route that has a
// parameter where this path has a word, so those of the exact path win.
func (a *API) noMethod(c *gin.Context) {
	allowed := c.Writer.Header().Get("Allow")
	if methods := a.methods[c.Request.URL.Path]; len(methods) > 0 {
		allowed = strings.Join(methods, ", ")
	}
	c.Header("Allow", strings.Replace(allowed, http.MethodGet, http.MethodGet+", "+http.MethodHead, 1))
	a.problem(c, http.StatusMethodNotAllowed, "Method Not Allowed", nil)
}

// platformRoutes adds the routes that any service has.
func (a *API) platformRoutes(r *gin.Engine) {
	r.GET("/", a.root)
	r.GET("/health", a.health)
	r.GET(Prefix+"/health", a.health)
	store := &readiness{ask: a.Ready, now: a.Now}
	r.GET("/health/serving", a.serving(store))
	r.GET("/health/ready", a.ready(store))
	r.GET("/version", a.version)
	r.GET("/metrics", a.scraper, gin.WrapH(a.Metrics.Handler()))
	r.POST("/tasks/sweep", a.sweeper, a.answer(http.StatusOK, a.sweep))
	if !a.WithoutDocs {
		a.docsRoutes(r)
	}
}

// route is the template of the request's route.
func route(c *gin.Context) string {
	if path := c.FullPath(); path != "" {
		return path
	}
	return unmatched
}

// noRoute sends a path with a trailing slash to the one without, keeping
// method and body, and answers 404 to all others.
func (a *API) noRoute(c *gin.Context) {
	path := c.Request.URL.EscapedPath()
	if trimmed := strings.Trim(path, "/"); strings.HasSuffix(path, "/") && trimmed != "" {
		// One slash at the front: two would name another host.
		target := url.URL{Path: "/" + trimmed, RawQuery: c.Request.URL.RawQuery}
		if unescaped, err := url.PathUnescape(target.Path); err == nil {
			target.RawPath, target.Path = target.Path, unescaped
			c.Redirect(http.StatusTemporaryRedirect, target.String())
			c.Abort()
			return
		}
	}
	a.fail(c, killrvideo.Errorf(killrvideo.ENOTFOUND, "Not Found"))
}
