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

// web answers as the service would.
type web struct{ server *httptest.Server }

// Start runs a cloud until the test ends. The second result is what the
// engine's PULUMI_DEBUG_PROVIDERS must name to find it.
func Start(t *testing.T, kind Kind) (cloud *Cloud, attach string) {
	t.Helper()
	c := &Cloud{kind: kind, made: map[string]int{}, effect: takesEffect}
	c.web = &web{httptest.NewServer(http.HandlerFunc(c.answer))}
	t.Cleanup(c.web.server.Close)
	server, err := p.RawServer(kind.Package, "99.0.0", c.provider())(nil)
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

// answer is the service's own word on what runs.
func (c *Cloud) answer(w http.ResponseWriter, _ *http.Request) {
	c.mu.Lock()
	revision := c.serving.revision
	if c.mute {
		revision = ""
	}
	c.mu.Unlock()
	w.Header().Set("Content-Type", "application/json")
	if revision == "" {
		w.WriteHeader(http.StatusServiceUnavailable)
	}
	_ = json.NewEncoder(w).Encode(map[string]string{"status": "ready", "database": "connected", "revision": revision})
}
