package astra

import (
	"crypto/tls"
	"crypto/x509"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
)

// counted is a server that counts its connections and the requests by protocol.
func counted(t *testing.T, http2 bool) (server *httptest.Server, opened, byHTTP2 *atomic.Int32) {
	t.Helper()
	opened, byHTTP2 = &atomic.Int32{}, &atomic.Int32{}
	server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.ProtoMajor == 2 {
			byHTTP2.Add(1)
		}
		_, _ = io.Copy(w, r.Body)
	}))
	server.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			opened.Add(1)
		}
	}
	server.EnableHTTP2 = http2
	if http2 {
		server.StartTLS()
	} else {
		server.Start()
	}
	t.Cleanup(server.Close)
	return server, opened, byHTTP2
}

// load sends rounds of requests, so many at the same time.
func load(t *testing.T, client *http.Client, url string, clients, rounds int) {
	t.Helper()
	var all sync.WaitGroup
	for range clients {
		all.Go(func() {
			for range rounds {
				response, err := client.Post(url, "application/json", nil)
				if err != nil {
					t.Error(err)
					return
				}
				_ = response.Body.Close()
			}
		})
	}
	all.Wait()
}

func TestConnectionsAreBoundedAndReused(t *testing.T) {
	t.Parallel()
	server, opened, _ := counted(t, false)
	transport := NewTransport()
	t.Cleanup(transport.CloseIdleConnections)
	load(t, &http.Client{Transport: transport}, server.URL, 500, 10)
	// net/http closes one and opens another now and then.
	if n := opened.Load(); n > maxConnections*5/4 {
		t.Errorf("%d connections for 500 clients; at most %d are allowed at a time", n, maxConnections)
	}
}

func TestHTTP2IsUsedWhereItIsNegotiated(t *testing.T) {
	t.Parallel()
	server, opened, byHTTP2 := counted(t, true)
	transport := NewTransport()
	roots := x509.NewCertPool()
	roots.AddCert(server.Certificate())
	transport.TLSClientConfig = &tls.Config{RootCAs: roots}
	t.Cleanup(transport.CloseIdleConnections)
	client := &http.Client{Transport: transport}
	load(t, client, server.URL, 1, 1) // as the first probe of a service does
	const clients, rounds = 80, 50
	load(t, client, server.URL, clients, rounds)
	if n := byHTTP2.Load(); n != 1+clients*rounds {
		t.Errorf("%d of %d requests came by HTTP/2", n, 1+clients*rounds)
	}
	if n := opened.Load(); n > 20 {
		t.Errorf("%d connections for %d clients over HTTP/2", n, clients)
	}
}
