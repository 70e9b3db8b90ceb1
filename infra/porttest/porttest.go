// Package porttest finds ports for programs that tests start. What a test itself
// listens on takes port 0.
package porttest

import (
	"net"
	"os"
	"strconv"
	"sync/atomic"
	"testing"
)

// last is the port given out last. The system gives ports of this range to no
// process by itself: one of its own, once closed, may be another's a moment later.
var last atomic.Int32

func init() { last.Store(int32(20_000 + os.Getpid()%100*100)) }

// Free is a port on which nothing listens, each once in a process.
func Free(t testing.TB) int {
	t.Helper()
	for range 500 {
		port := int(last.Add(1))
		listener, err := net.Listen("tcp", Address(port))
		if err != nil {
			continue
		}
		_ = listener.Close()
		return port
	}
	t.Fatal("no free port was found")
	return 0
}

// Address is the address of a port on this machine.
func Address(port int) string { return "127.0.0.1:" + strconv.Itoa(port) }
