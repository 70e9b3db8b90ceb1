// Command front listens on the port of a stack on this machine and passes each
// connection on to the start of the API that serves. Which one that is it reads
// at every connection, so a switch needs no signal and drops no connection.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"

	"github.com/killrvideo/killrvideo-go/infra/provider/daemon"
)

const (
	// portPatience is how long the port may stay taken: the process that an
	// earlier version made listens there until this program is there to follow.
	portPatience = time.Minute
	dialTimeout  = 5 * time.Second
	// drain is how long open connections may go on after SIGTERM.
	drain = time.Second
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	listen := flag.String("listen", "", "address to listen on, HOST:PORT")
	process := flag.String("process", "", "state folder of the process that serves")
	flag.Parse()
	if err := run(ctx, *listen, *process); err != nil {
		fmt.Fprintln(os.Stderr, "front:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, address, process string) error {
	listener, err := listen(ctx, address)
	if err != nil {
		return err
	}
	_, _ = fmt.Fprintf(os.Stdout, "listening on %s for %s\n", address, process)
	return serve(ctx, listener, process)
}

// listen waits for the port while another process has it.
func listen(ctx context.Context, address string) (net.Listener, error) {
	ctx, cancel := context.WithTimeout(ctx, portPatience)
	defer cancel()
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for {
		listener, err := net.Listen("tcp", address)
		if err == nil || !errors.Is(err, syscall.EADDRINUSE) {
			return listener, err
		}
		select {
		case <-ctx.Done():
			return nil, err
		case <-tick.C:
		}
	}
}

// serve accepts until the context ends, and lets open connections go on for a
// moment then.
func serve(ctx context.Context, listener net.Listener, process string) error {
	stop := context.AfterFunc(ctx, func() { _ = listener.Close() })
	defer stop()
	var open sync.WaitGroup
	for {
		conn, err := listener.Accept()
		if ctx.Err() != nil {
			break
		}
		if err != nil {
			return err
		}
		open.Go(func() { pass(conn, process) })
	}
	done := make(chan struct{})
	go func() { open.Wait(); close(done) }()
	select {
	case <-done:
	case <-time.After(drain):
	}
	return nil
}

// pass copies both ways until both ends are done.
func pass(conn net.Conn, process string) {
	defer conn.Close()
	address, _ := daemon.Serving(process)
	server, err := net.DialTimeout("tcp", address, dialTimeout)
	if err != nil {
		fmt.Fprintf(os.Stderr, "pass a connection on to %q: %v\n", address, err)
		return
	}
	defer server.Close()
	var both sync.WaitGroup
	both.Go(func() { copyHalf(server, conn) })
	both.Go(func() { copyHalf(conn, server) })
	both.Wait()
}

// copyHalf copies one direction and passes its end on.
func copyHalf(to, from net.Conn) {
	_, err := io.Copy(to, from)
	if err != nil {
		_ = to.Close()
		_ = from.Close()
		return
	}
	if half, ok := to.(*net.TCPConn); ok {
		_ = half.CloseWrite()
	}
}
