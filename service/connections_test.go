package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
)

// named is a connection that only notes that it was closed.
type named struct {
	net.Conn
	name   string
	closed *[]string
}

func (n named) Close() error { *n.closed = append(*n.closed, n.name); return nil }

func TestConnectionsAreEvictedInOrder(t *testing.T) {
	t.Parallel()
	var closed []string
	c := newConnections(3, slog.New(slog.DiscardHandler))
	all := map[string]net.Conn{}
	note := func(name string, states ...http.ConnState) {
		if all[name] == nil {
			all[name] = named{name: name, closed: &closed}
		}
		for _, state := range states {
			c.note(all[name], state)
		}
	}
	for _, step := range []struct {
		name   string
		states []http.ConnState
		closes string
	}{
		{"a", []http.ConnState{http.StateNew, http.StateActive}, ""},
		{"b", []http.ConnState{http.StateNew, http.StateActive, http.StateIdle}, ""},
		{"c", []http.ConnState{http.StateNew}, ""},
		{"d", []http.ConnState{http.StateNew, http.StateActive}, "b"}, // idle
		{"b", []http.ConnState{http.StateClosed}, ""},
		{"e", []http.ConnState{http.StateNew, http.StateActive}, "c"}, // without a request
		{"c", []http.ConnState{http.StateActive}, ""},                 // too late: it is evicted already
		{"f", []http.ConnState{http.StateNew}, "a"},                   // the oldest
		{"d", []http.ConnState{http.StateClosed}, ""},
		{"g", []http.ConnState{http.StateNew}, ""}, // a place was free
		{"e", []http.ConnState{http.StateHijacked}, ""},
		{"h", []http.ConnState{http.StateNew}, ""},
	} {
		closed = nil
		note(step.name, step.states...)
		if got := strings.Join(closed, " "); got != step.closes {
			t.Errorf("%s %v closes %q, want %q", step.name, step.states, got, step.closes)
		}
	}
	if len(c.open) != 3 {
		t.Errorf("%d connections are counted", len(c.open))
	}
}

var residentMemory = regexp.MustCompile(`(?m)^process_resident_memory_bytes (\S+)$`)

// TestManyConnectionsAreBounded opens far more connections than the memory limit
// allows, silent ones and ones that have been used. The process answers health
// checks throughout, closes the oldest and stays within its limit.
func TestManyConnectionsAreBounded(t *testing.T) {
	t.Parallel()
	const memory, limit, each = 128 << 20, 512, 1000
	p := start(t, settings(fmt.Sprintf("GOMEMLIMIT=%d", memory))...)
	if got := p.out.line(t, "listening")["connection_limit"]; got != float64(limit) {
		t.Fatalf("the limit is %v", got)
	}
	address := strings.TrimPrefix(p.url, "http://")
	var all []net.Conn
	for i := range 2 * each {
		conn, err := net.Dial("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		all = append(all, conn)
		if i%2 == 0 {
			request := "GET /version HTTP/1.1\r\nHost: x\r\n\r\n"
			if _, err := io.WriteString(conn, request); err != nil {
				t.Fatal(err)
			}
			if response, err := http.ReadResponse(bufio.NewReader(conn), nil); err != nil || response.StatusCode != http.StatusOK {
				t.Fatalf("connection %d: %v", i, err)
			}
		}
		if i%100 == 0 {
			status(t, p.url+"/health")
		}
	}
	response, err := http.Get(p.url + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, _ := io.ReadAll(response.Body)
	match := residentMemory.FindSubmatch(text)
	if match == nil {
		t.Fatal("process_resident_memory_bytes is not among the metrics")
	}
	if resident, err := strconv.ParseFloat(string(match[1]), 64); err != nil || resident > memory {
		t.Errorf("%.0f MiB resident, %v", resident/(1<<20), err)
	} else {
		t.Logf("%.0f MiB resident", resident/(1<<20))
	}
	if open := stillOpen(t, all); open > limit || open < limit/2 {
		t.Errorf("%d connections are open, the limit is %d", open, limit)
	}
}

// stillOpen counts the connections that the other side has not closed.
func stillOpen(t *testing.T, all []net.Conn) (open int) {
	t.Helper()
	for _, conn := range all {
		if err := conn.SetReadDeadline(time.Now().Add(10 * time.Millisecond)); err != nil {
			t.Fatal(err)
		}
		if _, err := conn.Read(make([]byte, 1)); errors.Is(err, os.ErrDeadlineExceeded) {
			open++
		}
	}
	return open
}
