package main

import (
	"container/list"
	"log/slog"
	"math"
	"net"
	"net/http"
	"runtime/debug"
	"sync"
	"time"
)

// How many connections a process holds. An idle one costs up to perConnection
// bytes (buffers of net/http and a stack that has grown); together they may
// take a connectionShare of the memory limit.
const (
	perConnection   = 64 << 10
	connectionShare = 4
	minConnections  = 128
	maxConnections  = 10_000 // also without a memory limit
)

// connectionLimit is the number of connections for the memory limit of the
// process.
func connectionLimit() int {
	limit := debug.SetMemoryLimit(-1)
	if limit == math.MaxInt64 {
		return maxConnections
	}
	return int(min(max(limit/connectionShare/perConnection, minConnections), maxConnections))
}

// connections bounds the open connections of a server. A new connection over
// the limit closes another one: the one that has been idle longest, else the
// oldest without a request, else the oldest with one. So health checks are
// always accepted, which a listener that waits (netutil.LimitListener) would
// not do.
type connections struct {
	limit int
	log   *slog.Logger
	now   func() time.Time

	mu     sync.Mutex
	open   map[net.Conn]*list.Element
	states [3]*list.List // of net.Conn, oldest first, in the order of eviction
	warned time.Time
}

// The order of eviction.
var evictionOrder = map[http.ConnState]int{http.StateIdle: 0, http.StateNew: 1, http.StateActive: 2}

func newConnections(limit int, log *slog.Logger) *connections {
	return &connections{
		limit: limit, log: log, now: time.Now, open: map[net.Conn]*list.Element{},
		states: [3]*list.List{list.New(), list.New(), list.New()},
	}
}

// note is the server's ConnState hook.
func (c *connections) note(conn net.Conn, state http.ConnState) {
	c.mu.Lock()
	defer c.mu.Unlock()
	_, known := c.open[conn]
	c.remove(conn)
	into, counted := evictionOrder[state]
	if !counted || !known && state != http.StateNew { // closed, or evicted before
		return
	}
	for len(c.open) >= c.limit {
		c.evict()
	}
	c.open[conn] = c.states[into].PushBack(conn)
}

func (c *connections) remove(conn net.Conn) {
	element, known := c.open[conn]
	if !known {
		return
	}
	delete(c.open, conn)
	for _, state := range c.states {
		state.Remove(element) // of the list that has it
	}
}

// evict closes one connection. Its goroutine ends with the next read or write.
func (c *connections) evict() {
	for _, state := range c.states {
		oldest := state.Front()
		if oldest == nil {
			continue
		}
		conn := oldest.Value.(net.Conn)
		c.remove(conn)
		_ = conn.Close()
		if c.now().Sub(c.warned) > time.Minute {
			c.warned = c.now()
			c.log.Warn("too many connections; the one that was idle longest is closed for each new one", "limit", c.limit)
		}
		return
	}
}
