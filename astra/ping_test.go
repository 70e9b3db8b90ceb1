package astra

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"
)

// TestDroppedConnectionIsDetected: a proxy passes nothing on any more and
// closes nothing. The next requests must not wait for the operating system.
func TestDroppedConnectionIsDetected(t *testing.T) {
	t.Parallel()
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.ProtoMajor != 2 {
			t.Errorf("the request came by %s", r.Proto)
		}
	}))
	server.EnableHTTP2 = true
	server.StartTLS()
	t.Cleanup(server.Close)
	proxy := newProxy(t, server.Listener.Addr().String())
	transport := NewTransport()
	if transport.HTTP2 == nil || transport.HTTP2.SendPingTimeout > 15*time.Second || transport.HTTP2.PingTimeout > 15*time.Second {
		t.Fatalf("connections are not asked whether they live: %+v", transport.HTTP2)
	}
	// The same in shorter times.
	transport.HTTP2.SendPingTimeout, transport.HTTP2.PingTimeout = 100*time.Millisecond, 500*time.Millisecond
	roots := x509.NewCertPool()
	roots.AddCert(server.Certificate())
	transport.TLSClientConfig = &tls.Config{RootCAs: roots, ServerName: "example.com"}
	t.Cleanup(transport.CloseIdleConnections)
	client := &http.Client{Transport: transport}
	if err := ask(t, client, proxy.url, time.Minute); err != nil {
		t.Fatal(err)
	}
	proxy.drop()
	deadline := time.Now().Add(time.Minute)
	for {
		err := ask(t, client, proxy.url, 5*time.Second)
		if err == nil {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("requests still go by the dropped connection: %v", err)
		}
	}
}

func ask(t *testing.T, client *http.Client, url string, patience time.Duration) error {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := client.Do(r)
	if err != nil {
		return err
	}
	return response.Body.Close()
}

// proxy passes bytes on until its connections are dropped; new ones work.
type proxy struct {
	url string

	mu      sync.Mutex
	dropped []chan struct{}
}

func newProxy(t *testing.T, to string) *proxy {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	p := &proxy{url: "https://" + listener.Addr().String()}
	go func() {
		for {
			front, err := listener.Accept()
			if err != nil {
				return
			}
			back, err := net.Dial("tcp", to)
			if err != nil {
				_ = front.Close()
				continue
			}
			t.Cleanup(func() { _, _ = front.Close(), back.Close() })
			dropped := make(chan struct{})
			p.mu.Lock()
			p.dropped = append(p.dropped, dropped)
			p.mu.Unlock()
			go pass(back, front, dropped)
			go pass(front, back, dropped)
		}
	}()
	return p
}

// drop makes the connections there are pass nothing on, without closing them.
func (p *proxy) drop() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, dropped := range p.dropped {
		close(dropped)
	}
	p.dropped = nil
}

func pass(to io.Writer, from io.Reader, dropped chan struct{}) {
	buffer := make([]byte, 32<<10)
	for {
		n, err := from.Read(buffer)
		if err != nil {
			return
		}
		select {
		case <-dropped:
			continue // the bytes are lost
		default:
		}
		if _, err := to.Write(buffer[:n]); err != nil {
			return
		}
	}
}
