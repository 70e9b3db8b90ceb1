// Command killrvideo serves the KillrVideo API from Astra DB. This package
// reads the settings, wires the packages of the service together, and starts and
// ends them in order; what they do is theirs.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
)

// Exit codes.
const (
	exitFailed   = 1 // while starting or serving, or unhealthy
	exitSettings = 2 // the settings or flags are not usable
)

// What the program was built from. The linker sets both, with -X main.version=
// and -X main.commit=; a plain go build leaves them.
var version, commit = "development", "unknown"

func main() {
	ctx, stop := untilSignal(context.Background())
	err := Run(ctx, os.Args[1:], os.Environ(), os.Stdout)
	stop()
	os.Exit(report(os.Stderr, err))
}

// report writes err for the operator and returns the exit code.
func report(w io.Writer, err error) int {
	var settings settingsError
	switch {
	case err == nil:
		return 0
	case errors.As(err, &settings):
		fmt.Fprintln(w, "killrvideo:", err)
		return exitSettings
	}
	fmt.Fprintln(w, "killrvideo:", err)
	return exitFailed
}

// errInterrupted is the cause of a stop by Ctrl-C: no load balancer has to notice
// first, so no grace time is given.
var errInterrupted = errors.New("interrupted")

// untilSignal gives a context that ends with the first SIGTERM or SIGINT.
// After that signals have their usual effect, so a second one ends the process.
func untilSignal(parent context.Context) (ctx context.Context, stop func()) {
	ctx, cancel := context.WithCancelCause(parent)
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGTERM, os.Interrupt)
	go func() { // ends with ctx
		var received os.Signal
		select {
		case received = <-signals:
		case <-ctx.Done():
		}
		signal.Stop(signals) // before anything tells of the first signal
		if received == os.Interrupt {
			cancel(errInterrupted)
		} else {
			cancel(nil)
		}
	}()
	return ctx, func() { cancel(nil) }
}
