package main

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"path"
	"slices"
	"strings"
)

const index = "index.html"

// handler serves the pages in dir, and the API below /api/.
func handler(dir string, api *url.URL) http.Handler {
	pages, proxy := pages{dir}, proxyTo(api)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/api/") {
			proxy.ServeHTTP(w, r)
			return
		}
		pages.ServeHTTP(w, r)
	})
}

// proxyTo passes requests on as they are. The host stays that of the page, so
// that the API sees requests of its own origin.
func proxyTo(api *url.URL) http.Handler {
	return &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(api)
			r.Out.Host = r.In.Host
			r.SetXForwarded()
		},
		// The API's process is replaced by every deployment: a connection that is
		// kept could be one that it closes.
		Transport: &http.Transport{DisableKeepAlives: true},
		ErrorHandler: func(w http.ResponseWriter, r *http.Request, err error) {
			if r.Context().Err() != nil { // no one waits for an answer
				return
			}
			fmt.Fprintf(os.Stderr, "pass %s %s on to %s: %v\n", r.Method, r.URL.Path, api, err)
			w.Header().Set("Content-Type", "application/problem+json")
			w.WriteHeader(http.StatusBadGateway)
			_ = json.NewEncoder(w).Encode(map[string]any{
				"status": http.StatusBadGateway, "title": http.StatusText(http.StatusBadGateway), "detail": "the API does not answer",
			})
		},
	}
}

// pages are the files of a folder. Any other path is a page of the front end's
// own router, which index.html begins.
type pages struct{ dir string }

func (p pages) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("Content-Security-Policy", "frame-ancestors 'none'")
	// A file is asked about each time, since the next build may change it.
	w.Header().Set("Cache-Control", "no-cache")
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "only /api/ takes "+r.Method, http.StatusMethodNotAllowed)
		return
	}
	root, err := os.OpenRoot(p.dir) // no link leads out of it; opened each time, since a build may replace the folder
	if err != nil {
		http.Error(w, fmt.Sprintf("the folder of the front end cannot be read: %v", err), http.StatusNotFound)
		return
	}
	defer func() { _ = root.Close() }()
	name := strings.TrimPrefix(path.Clean("/"+r.URL.Path), "/")
	if !isFile(root, name) {
		if path.Ext(name) != "" || hidden(name) {
			http.NotFound(w, r)
			return
		}
		name = index
	}
	if !isFile(root, name) {
		http.Error(w, fmt.Sprintf("there is no %s in %s; build the front end", index, p.dir), http.StatusNotFound)
		return
	}
	http.ServeFileFS(w, r, root.FS(), name)
}

// isFile tells whether a file may be served; devices and pipes may not.
func isFile(root *os.Root, name string) bool {
	if name == "" || hidden(name) {
		return false
	}
	info, err := fs.Stat(root.FS(), name)
	return err == nil && info.Mode().IsRegular()
}

// hidden tells whether a path leads to what tools keep beside the pages, such as
// .git and .env.
func hidden(name string) bool {
	return slices.ContainsFunc(strings.Split(name, "/"), func(part string) bool {
		return strings.HasPrefix(part, ".") && part != ".well-known"
	})
}
