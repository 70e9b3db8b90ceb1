package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strconv"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/killrvideo/killrvideo-go/service/config"
)

// The bounds of a connection. A request's own work ends first.
const (
	readHeaderTimeout = 5 * time.Second
	readTimeout       = 15 * time.Second
	requestTimeout    = 20 * time.Second
	writeTimeout      = readTimeout + requestTimeout
	tidyShare         = 4        // of the time after the grace, for background work to end
	maxHeaderBytes    = 20 << 10 // the longest query of a search, escaped, fits
)

// drain says whether the process is about to end.
type drain struct{ begun atomic.Bool }

// handler asks clients to open their next connection elsewhere once draining.
func (d *drain) handler(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if d.begun.Load() {
			w.Header().Set("Connection", "close")
		}
		next.ServeHTTP(w, r)
	})
}

// serve answers requests until ctx ends and then shuts down in this order: not
// ready, grace time, no new connections, requests in flight, background work.
// All of it takes c.ShutdownTimeout at most, for a platform kills what is slower.
func serve(ctx context.Context, c config.Config, log *slog.Logger, d *drain, s *service) error {
	ending := time.Time{}
	defer func() { s.close(ending) }()
	listener, err := listen(ctx, c)
	if err != nil {
		return err
	}
	connections := newConnections(connectionLimit(), log)
	server := &http.Server{
		Handler:           d.handler(s.handler),
		ReadHeaderTimeout: readHeaderTimeout, ReadTimeout: readTimeout, WriteTimeout: writeTimeout,
		IdleTimeout: c.KeepAlive, MaxHeaderBytes: maxHeaderBytes,
		ConnState: func(conn net.Conn, state http.ConnState) {
			nextHeader(conn, state)
			connections.note(conn, state)
		},
		ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelWarn),
	}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(headerLines{listener}) }() // ends with Shutdown or Close
	s.start()
	log.Info("listening", "address", listener.Addr().String(), "version", version, "commit", commit,
		"connection_limit", connections.limit, "config", c)
	select {
	case err := <-ended:
		return fmt.Errorf("serve on %s: %w", listener.Addr(), err)
	case <-ctx.Done():
	}
	ending = time.Now().Add(c.ShutdownTimeout)
	return shutdown(ctx, c, log, d, server)
}

func listen(ctx context.Context, c config.Config) (net.Listener, error) {
	address := net.JoinHostPort(c.Host, strconv.Itoa(c.Port))
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", address)
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return nil, fmt.Errorf("PORT %d is in use; stop the program that has it, or set PORT to another one: %w", c.Port, err)
	case errors.Is(err, syscall.EACCES):
		return nil, fmt.Errorf("this user may not listen on PORT %d; set one from 1024 on: %w", c.Port, err)
	case err != nil:
		return nil, fmt.Errorf("listen on %s; check HOST and PORT: %w", address, err)
	}
	return listener, nil
}

func shutdown(ctx context.Context, c config.Config, log *slog.Logger, d *drain, server *http.Server) error {
	d.begun.Store(true)
	grace := c.ShutdownGrace
	if errors.Is(context.Cause(ctx), errInterrupted) {
		grace = 0
	}
	log.Info("draining", "grace_seconds", grace.Seconds())
	if grace > 0 {
		<-time.After(grace)
	}
	left := c.ShutdownTimeout - grace
	left = min(left-left/tidyShare, requestTimeout)
	limit, cancel := context.WithTimeout(context.WithoutCancel(ctx), left)
	defer cancel()
	if err := server.Shutdown(limit); err != nil {
		return errors.Join(fmt.Errorf("requests were still in flight %v after the grace time: %w", left, err), server.Close())
	}
	log.Info("stopped")
	return nil
}
