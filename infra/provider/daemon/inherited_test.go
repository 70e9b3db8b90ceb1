//go:build unix

package daemon_test

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/killrvideo/killrvideo-go/infra/provider/daemon"
)

// A program that outlives the deployment must not hold what its caller had
// open: a lock, or the pipe into a log.
func TestNoFileOfTheCallerIsInherited(t *testing.T) {
	t.Parallel()
	reader, writer, err := os.Pipe()
	must(t, err)
	defer reader.Close()
	// As if this process had inherited it: not closed when a program is started.
	inherited, err := syscall.Dup(int(writer.Fd()))
	must(t, err)
	must(t, writer.Close())
	start(t, specOf(t))
	must(t, syscall.Close(inherited))
	ended := make(chan error, 1)
	go func() {
		_, err := io.ReadAll(reader)
		ended <- err
	}()
	select {
	case err := <-ended:
		must(t, err)
	case <-time.After(20 * time.Second):
		t.Error("the program holds the pipe open")
	}
}

// A port in use names the process that has it and how to get rid of it.
func TestAPortInUseNamesItsProcess(t *testing.T) {
	t.Parallel()
	s := specOf(t)
	listener, err := net.Listen("tcp", strings.TrimPrefix(s.URL, "http://"))
	must(t, err)
	defer listener.Close()
	_, err = daemon.Start(t.Context(), s)
	var port *daemon.PortError
	if !errors.As(err, &port) || port.Holder.PID != os.Getpid() || port.Holder.Name == "" {
		t.Fatalf("got %v", err)
	}
	if want := fmt.Sprintf("kill %d", os.Getpid()); !strings.Contains(err.Error(), want) {
		t.Errorf("%q is not in: %v", want, err)
	}
}
