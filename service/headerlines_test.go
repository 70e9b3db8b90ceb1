package main

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"strings"
	"testing"
)

// TestHeaderLinesAreBounded sends several requests over each connection: every
// one has the whole allowance, whatever its body has.
func TestHeaderLinesAreBounded(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{ConnState: nextHeader, Handler: http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_ = r.ParseForm() // reads the body
	})}
	t.Cleanup(func() { _ = server.Close() })
	go func() { _ = server.Serve(headerLines{listener}) }() // ends with Close
	body := strings.Repeat("\n", 4*maxHeaderLines)
	request := func(lines int) string {
		return "POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n" +
			fmt.Sprintf("Content-Length: %d\r\n", len(body)) + strings.Repeat("a: b\r\n", lines-4) + "\r\n" + body
	}
	conn, err := net.Dial("tcp", listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	answers := bufio.NewReader(conn)
	for i, want := range []int{200, 200, 200, 400} {
		lines := maxHeaderLines
		if want == 400 {
			lines++
		}
		if _, err := conn.Write([]byte("\r\n\r\n"[:4*min(i, 1)] + request(lines))); err != nil {
			t.Fatal(err)
		}
		response, err := http.ReadResponse(answers, nil)
		if err != nil {
			t.Fatalf("request %d: %v", i, err)
		}
		_ = response.Body.Close()
		if response.StatusCode != want {
			t.Errorf("request %d, of %d header lines: %s, want %d", i, lines, response.Status, want)
		}
	}
}
