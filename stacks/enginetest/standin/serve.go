package standin

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strconv"
	"testing"

	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi/sdk/v3/go/common/util/rpcutil"
	rpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
)

// Start runs a cloud until the test ends. The second result is what the
// engine's PULUMI_DEBUG_PROVIDERS must name to find it. Tests may wrap its provider.
func Start(t *testing.T, kind Kind, wrap ...func(p.Provider) p.Provider) (cloud *Cloud, attach string) {
	t.Helper()
	c := &Cloud{kind: kind, made: map[string]int{}, had: map[string]bool{}, arrives: takesLong, effect: takesEffect}
	c.server = httptest.NewServer(c.handler())
	t.Cleanup(c.server.Close)
	built := c.provider()
	for _, around := range wrap {
		built = around(built)
	}
	server, err := p.RawServer(kind.Package, "99.0.0", built)(nil)
	if err != nil {
		t.Fatalf("the stand-in for %s: %v", kind.Package, err)
	}
	cancel := make(chan bool)
	handle, err := rpcutil.ServeWithOptions(rpcutil.ServeOptions{
		Cancel: cancel,
		Init: func(s *grpc.Server) error {
			rpc.RegisterResourceProviderServer(s, server)
			return nil
		},
	})
	if err != nil {
		t.Fatalf("the stand-in for %s: %v", kind.Package, err)
	}
	t.Cleanup(func() {
		close(cancel)
		if err := <-handle.Done; err != nil {
			t.Errorf("the stand-in for %s: %v", kind.Package, err)
		}
	})
	return c, kind.Package + ":" + strconv.Itoa(handle.Port)
}

// handler answers as the service does, and as the platform's API.
func (c *Cloud) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/", c.answer)
	mux.HandleFunc(platformPath, c.platform) // a client of AWS adds no slash
	mux.HandleFunc(platformPath+"/", c.platform)
	return mux
}

// answer is the service's own word on what runs.
func (c *Cloud) answer(w http.ResponseWriter, r *http.Request) {
	c.mu.Lock()
	revision := c.answering(r.URL.Path)
	if c.mute || c.silent[revision] {
		revision = ""
	}
	c.mu.Unlock()
	w.Header().Set("Content-Type", "application/json")
	if revision == "" {
		w.WriteHeader(http.StatusServiceUnavailable)
	}
	_ = json.NewEncoder(w).Encode(map[string]string{"status": "ready", "database": "connected", "revision": revision})
}
