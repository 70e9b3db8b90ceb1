// Package astra holds what everything that talks to Astra DB shares: the type
// of a token, the address of a database and the tuned HTTP transport. Nothing
// that knows a particular API belongs here; that is in dataapi and devops.
package astra

import (
	"fmt"
	"net"
	"net/http"
	"time"
)

// Endpoint returns the base URL of a database's APIs, without a path and
// without a trailing slash.
func Endpoint(databaseID, region string) string {
	return fmt.Sprintf("https://%s-%s.apps.astra.datastax.com", databaseID, region)
}

// A connection of HTTP/2 on which nothing arrived for sendPingAfter is asked
// whether it lives, and closed unless it answers within pingTimeout. Without
// that, a connection whose path was dropped silently is used again until the
// operating system gives up on it, after a quarter of an hour.
const (
	sendPingAfter = 10 * time.Second
	pingTimeout   = 5 * time.Second
)

// maxConnections bounds the connections to one host; requests over it wait for
// one that is free. A host that negotiates HTTP/2 gets one connection until its
// streams are used up. (StrictMaxConcurrentRequests would keep it at one, but then
// requests hang together with MaxConnsPerHost, in Go 1.26.)
const maxConnections = 128

// NewTransport returns a transport made for many small requests to one host. It
// keeps as many idle connections as it opens: the standard default keeps two per
// host, which under load means a TLS handshake for most requests. Make one and
// share it; its idle connections are closed with CloseIdleConnections.
func NewTransport() *http.Transport {
	dialer := &net.Dialer{Timeout: 5 * time.Second, KeepAlive: 30 * time.Second}
	return &http.Transport{
		Proxy:                 http.ProxyFromEnvironment,
		DialContext:           dialer.DialContext,
		ForceAttemptHTTP2:     true,
		MaxConnsPerHost:       maxConnections,
		MaxIdleConnsPerHost:   maxConnections,
		IdleConnTimeout:       90 * time.Second,
		TLSHandshakeTimeout:   5 * time.Second,
		ExpectContinueTimeout: time.Second,
		HTTP2:                 &http.HTTP2Config{SendPingTimeout: sendPingAfter, PingTimeout: pingTimeout},
	}
}
