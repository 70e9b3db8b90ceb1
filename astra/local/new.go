package local

import (
	"net"
	"net/http"
	"time"

	"github.com/killrvideo/killrvideo-go/astra"
)

// TB is what New needs of a test.
type TB interface {
	Helper()
	Cleanup(func())
	Fatalf(format string, args ...any)
}

// Instance is an embedded Astra of one test.
type Instance struct {
	*Server
	// URL is its endpoint for the Data API and the DevOps API.
	URL string
	// Token is the administrator's.
	Token astra.Token
	// Keyspace is one that exists.
	Keyspace string
}

// New starts an embedded Astra that lives as long as the test, keeps nothing,
// and takes faults. Options change its configuration.
func New(t TB, options ...func(*Config)) *Instance {
	t.Helper()
	c := Config{Memory: true, Faults: true}
	for _, change := range options {
		change(&c)
	}
	server, err := Open(c)
	if err != nil {
		t.Fatalf("open an embedded Astra: %v", err)
		return nil
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		_ = server.Close()
		t.Fatalf("listen for an embedded Astra: %v", err)
		return nil
	}
	web := &http.Server{Handler: server, ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = web.Serve(ln) }()
	t.Cleanup(func() {
		_ = web.Close()
		if err := server.Close(); err != nil {
			t.Fatalf("close the embedded Astra: %v", err)
		}
	})
	return &Instance{Server: server, URL: "http://" + ln.Addr().String(), Token: astra.Token(server.token), Keyspace: server.keyspace}
}
