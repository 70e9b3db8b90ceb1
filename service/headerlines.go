package main

import (
	"errors"
	"net"
	"net/http"
)

// maxHeaderLines bounds the lines of a request's header, the request line
// included. Bytes alone do not bound its memory: a line of three bytes takes a
// hundred once it is parsed.
const maxHeaderLines = 100

var errHeaderLines = errors.New("too many header lines")

// headerLines is a listener whose connections refuse headers of too many lines
// while they are read: net/http bounds only their bytes, and a handler runs too
// late for a client that stalls before the end.
type headerLines struct{ net.Listener }

func (l headerLines) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &headerConn{Conn: conn}, nil
}

// headerConn counts the lines of a header until an empty one ends it. Only the
// goroutine that serves the connection reads header bytes.
type headerConn struct {
	net.Conn
	lines   int
	text    bool // the line has more than a carriage return
	through bool // the header has ended; what follows is the body
}

// Read gives what comes before a line too many, and fails after it: net/http
// answers 400 to a request that it cannot read to its end.
func (c *headerConn) Read(p []byte) (int, error) {
	if c.lines > maxHeaderLines {
		return 0, errHeaderLines
	}
	n, err := c.Conn.Read(p)
	for i, b := range p[:n] {
		switch {
		case c.through:
			return n, err
		case b == '\n' && c.text:
			c.lines, c.text = c.lines+1, false
		case b == '\n':
			c.through = c.lines > 0 // net/http skips empty lines before a request
		case b != '\r':
			c.text = true
		}
		if c.lines > maxHeaderLines {
			return i, nil
		}
	}
	return n, err
}

// nextHeader begins to count again once a request is answered.
func nextHeader(conn net.Conn, state http.ConnState) {
	if c, ok := conn.(*headerConn); ok && state == http.StateIdle {
		c.lines, c.text, c.through = 0, false, false
	}
}
