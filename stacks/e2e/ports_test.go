package e2e

import (
	"net"
	"os"
	"strconv"
	"sync/atomic"
	"testing"
)

// lastPort is the port given out last, of those that the system gives to
// no process by itself: a stack has its ports for minutes, and is restarted.
var lastPort atomic.Int32

func init() { lastPort.Store(int32(20_000 + os.Getpid()%100*100)) }

func freePort(t *testing.T) int {
	t.Helper()
	for range 500 {
		port := int(lastPort.Add(1))
		listener, err := net.Listen("tcp", "127.0.0.1:"+strconv.Itoa(port))
		if err != nil {
			continue
		}
		_ = listener.Close()
		return port
	}
	t.Fatal("no free port was found")
	return 0
}
