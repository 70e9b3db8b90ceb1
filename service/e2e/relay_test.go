package e2e_test

import (
	"io"
	"net"
	"sync/atomic"
	"testing"
)

// relay passes the bytes of connections on.
type relay struct {
	address string
	// refuses closes new connections immediately.
	refuses atomic.Bool
	// silent loses all bytes and closes nothing. A connection that has lost some
	// stays silent: the two ends no longer agree on what was sent.
	silent atomic.Bool
}

func newRelay(t *testing.T, to string) *relay {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	r := &relay{address: listener.Addr().String()}
	go func() { // ends with the listener
		for {
			front, err := listener.Accept()
			if err != nil {
				return
			}
			back, err := net.Dial("tcp", to)
			if err != nil || r.refuses.Load() {
				_ = front.Close()
				continue
			}
			var dead atomic.Bool
			go r.pass(back, front, &dead)
			go r.pass(front, back, &dead)
		}
	}()
	return r
}

// pass ends when either end closes its connection.
func (r *relay) pass(to io.WriteCloser, from io.ReadCloser, dead *atomic.Bool) {
	defer to.Close()
	defer from.Close()
	buffer := make([]byte, 32<<10)
	for {
		n, err := from.Read(buffer)
		if n > 0 && r.silent.Load() {
			dead.Store(true)
		}
		if err != nil {
			return
		}
		if dead.Load() {
			continue
		}
		if _, err := to.Write(buffer[:n]); err != nil {
			return
		}
	}
}
