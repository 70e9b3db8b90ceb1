// Command web serves the build of a web front end on this machine and passes
// /api/ on to the API, so that both have one origin. It needs nothing but the
// build's files, which it reads at every request.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/signal"
	"syscall"
	"time"
)

const (
	headerTimeout = 10 * time.Second
	// drain is how long requests may go on after SIGTERM.
	drain = time.Second
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	listen := flag.String("listen", "", "address to listen on, HOST:PORT")
	dir := flag.String("dir", "", "folder of the build, with its index.html")
	api := flag.String("api", "", "URL of the API that gets the requests to /api/")
	flag.Parse()
	if err := run(ctx, *listen, *dir, *api); err != nil {
		fmt.Fprintln(os.Stderr, "web:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, address, dir, api string) error {
	target, err := url.Parse(api)
	if err != nil {
		return fmt.Errorf("the URL of the API: %w", err)
	}
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return err
	}
	server := &http.Server{Handler: handler(dir, target), ReadHeaderTimeout: headerTimeout}
	_, _ = fmt.Fprintf(os.Stdout, "listening on %s for %s\n", listener.Addr(), dir)
	done := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		defer close(done)
		limited, cancel := context.WithTimeout(context.WithoutCancel(ctx), drain)
		defer cancel()
		_ = server.Shutdown(limited)
	})
	defer stop()
	if err = server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	<-done
	return nil
}
