package e2e_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

const (
	youtubeTitle = "A video of the stand-in"
	// unknownVideo is an id that the stand-in knows nothing about.
	unknownVideo = "unknown-vid"
)

// fakeYouTube stands in for www.youtube.com. The service finds it as it would
// find any web site behind a company's proxy: by HTTPS_PROXY and
// SSL_CERT_FILE, so that nothing in it has to know about tests.
type fakeYouTube struct {
	proxy       net.Listener
	connections chan net.Conn
	certFile    string
}

func startYouTube(dir string) (*fakeYouTube, error) {
	cert, pemText, err := certificate("www.youtube.com")
	if err != nil {
		return nil, fmt.Errorf("make a certificate: %w", err)
	}
	y := &fakeYouTube{connections: make(chan net.Conn), certFile: filepath.Join(dir, "youtube.pem")}
	if err := os.WriteFile(y.certFile, pemText, 0o600); err != nil {
		return nil, err
	}
	if y.proxy, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
		return nil, err
	}
	// Both end when close closes the listener.
	go http.Serve(y.proxy, http.HandlerFunc(y.connect))
	go http.Serve(tls.NewListener(y, &tls.Config{Certificates: []tls.Certificate{cert}}), http.HandlerFunc(oEmbed))
	return y, nil
}

// environment points a process at the stand-in.
func (y *fakeYouTube) environment() []string {
	return []string{"HTTPS_PROXY=http://" + y.proxy.Addr().String(), "SSL_CERT_FILE=" + y.certFile, "SSL_CERT_DIR=/nonexistent"}
}

// connect takes a tunnel's connection and serves its far end itself.
func (y *fakeYouTube) connect(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodConnect {
		http.Error(w, "only tunnels", http.StatusMethodNotAllowed)
		return
	}
	conn, _, err := w.(http.Hijacker).Hijack()
	if err != nil {
		return
	}
	if _, err := conn.Write([]byte("HTTP/1.1 200 OK\r\n\r\n")); err == nil {
		y.connections <- conn
	}
}

// Accept, Close and Addr make the tunnels a net.Listener.
func (y *fakeYouTube) Accept() (net.Conn, error) {
	conn, open := <-y.connections
	if !open {
		return nil, net.ErrClosed
	}
	return conn, nil
}

func (y *fakeYouTube) Close() error   { return y.proxy.Close() }
func (y *fakeYouTube) Addr() net.Addr { return y.proxy.Addr() }

func oEmbed(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path != "/oembed" || strings.Contains(r.URL.Query().Get("url"), unknownVideo) {
		http.NotFound(w, r)
		return
	}
	fmt.Fprintf(w, `{"title":%q,"thumbnail_url":"https://i.ytimg.com/vi/abcdefghijk/hqdefault.jpg"}`, youtubeTitle)
}

func certificate(host string) (tls.Certificate, []byte, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, nil, err
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), DNSNames: []string{host}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		return tls.Certificate{}, nil, err
	}
	var text bytes.Buffer
	err = pem.Encode(&text, &pem.Block{Type: "CERTIFICATE", Bytes: der})
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, text.Bytes(), err
}

// The title is YouTube's own, not one made up from the id.
func TestPreviewAsksYouTube(t *testing.T) {
	t.Parallel()
	const path = "/api/v1/videos/preview"
	address := func(url any) map[string]any { return map[string]any{"youtubeUrl": url} }
	a := call(t, http.MethodPost, path, "", address("https://youtu.be/abcdefghijk")).want(t, 200, "")
	if len(a.body) != 1 || a.body["title"] != youtubeTitle {
		t.Errorf("got %s", a.raw)
	}
	call(t, http.MethodPost, path, "", address("https://youtu.be/"+unknownVideo)).want(t, 404,
		"Unable to retrieve video metadata from YouTube")
	call(t, http.MethodPost, path, "", address("https://example.com/x")).want(t, 400, "Invalid YouTube URL or unable to extract video ID")
	for _, body := range []any{map[string]any{}, address(nil), address(7), address("notaurl"), "{bad", ""} {
		call(t, http.MethodPost, path, "", body).want(t, 422, "")
	}
}
