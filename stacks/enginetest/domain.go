package enginetest

import (
	"encoding/pem"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"sync/atomic"
	"testing"
)

// Domain deploys a new stack with a domain, whose certificate takes the cloud a
// while: the service is proved at its own address first, the records of DNS are
// an output, and the same up waits for the certificate. The domain is below
// example.com, which httptest has a certificate for.
func Domain(t *testing.T, place Place, domain string, records ...string) {
	t.Helper()
	front := newFront(t, domain)
	place.ProviderEnv = []string{"HTTPS_PROXY=" + front.proxy, "SSL_CERT_FILE=" + front.certFile}
	place.NotAsked = true // the domain is known to the provider's process alone
	s := open(t, place)
	front.to.Store(s.cloud.URL())
	s.group(map[string]any{"domain": domain})
	done := s.up()
	const mapping = "gcp:cloudrun/domainMapping:DomainMapping"
	done.inOrder(t, "create "+place.Cloud.Service, "create "+gate+" gate-dev", "create "+mapping, "create "+gate+" killrvideo-domain-dev")
	if asked := front.pending.Load(); asked > 0 {
		t.Errorf("up did not wait for the certificate: %d questions too early", asked)
	}
	state := s.read()
	var got []string
	listed, _ := state.Output("dnsRecords").([]any)
	for _, record := range listed {
		line, _ := record.(string)
		got = append(got, line)
	}
	if !slices.Equal(got, records) || state.Text("url") != "https://"+domain {
		t.Errorf("the records are %q, the URL is %v", got, state.Text("url"))
	}
	s.again(t)
	// The next revision is proved at its own address first, and the domain stays.
	s.set("logLevel", "DEBUG")
	done = s.up()
	done.inOrder(t, "update "+place.Cloud.Service, "update "+gate+" gate-dev", "update "+gate+" killrvideo-domain-dev")
	done.never(t, "create "+mapping, "delete "+mapping, "update "+wait)
	s.gone()
}

// front is what a cloud has in front of a domain. It is reached by a proxy, since
// no one can look the domain up.
type front struct {
	proxy, certFile string
	to              atomic.Value // the service's own URL
	// pending is how many more connections come before there is a certificate.
	pending atomic.Int32
}

func newFront(t *testing.T, domain string) *front {
	t.Helper()
	f := &front{certFile: filepath.Join(t.TempDir(), "front.pem")}
	f.pending.Store(3)
	server := httptest.NewTLSServer(&httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		own, err := url.Parse(f.to.Load().(string))
		if err == nil {
			r.SetURL(own)
		}
	}})
	t.Cleanup(server.Close)
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	must(t, os.WriteFile(f.certFile, text, 0o600))
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		f.tunnel(w, r, domain, server.Listener.Addr().String())
	}))
	t.Cleanup(proxy.Close)
	f.proxy = proxy.URL
	return f
}

// tunnel connects to the domain, which closes every connection until it has its
// certificate.
func (f *front) tunnel(w http.ResponseWriter, r *http.Request, domain, to string) {
	if r.Method != http.MethodConnect || r.Host != domain+":443" {
		http.Error(w, "this proxy leads to "+domain+" alone", http.StatusBadGateway)
		return
	}
	caller, _, err := w.(http.Hijacker).Hijack()
	if err != nil {
		return
	}
	defer caller.Close()
	if _, err := io.WriteString(caller, "HTTP/1.1 200 OK\r\n\r\n"); err != nil || f.pending.Add(-1) >= 0 {
		return
	}
	back, err := net.Dial("tcp", to)
	if err != nil {
		return
	}
	defer back.Close()
	go func() { _, _ = io.Copy(back, caller) }() // ends with the connection
	_, _ = io.Copy(caller, back)
}
