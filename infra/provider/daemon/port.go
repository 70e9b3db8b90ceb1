package daemon

import (
	"cmp"
	"context"
	"fmt"
	"net"
	"net/url"
	"path/filepath"
	"strconv"
	"time"

	psnet "github.com/shirou/gopsutil/v4/net"
	"github.com/shirou/gopsutil/v4/process"

	"github.com/killrvideo/killrvideo-go/infra/provider/sleep"
)

// PortError is a port that another process listens on.
type PortError struct {
	// Program that wanted it, URL it was to serve, and how to choose another.
	Program, URL, Fix string
	Port              int
	// Holder has the port; zero if this user may not see it.
	Holder Holder
	Cause  error
}

// Holder is a process that listens on a port.
type Holder struct {
	PID  int
	Name string
}

func (h Holder) String() string {
	if h.PID == 0 {
		return "a process of another user"
	}
	return fmt.Sprintf("process %d (%s)", h.PID, h.Name)
}

// Error names the port, the process that has it, and both ways out.
func (e *PortError) Error() string {
	stop := "stop it"
	if e.Holder.PID != 0 {
		stop = fmt.Sprintf("stop it with: kill %d", e.Holder.PID)
	}
	return fmt.Sprintf("cannot start %s at %s: port %d is not free (%v): %s listens on it; %s, or choose another port: %s",
		e.Program, e.URL, e.Port, e.Cause, e.Holder, stop, e.Fix)
}

// Unwrap returns what the system said.
func (e *PortError) Unwrap() error { return e.Cause }

// portPatience is how long a port may take to be free: not every system gives
// it back at the moment its owner ends.
const portPatience = time.Second

func (s Spec) portFree(ctx context.Context) error {
	u, err := url.Parse(s.URL)
	if err != nil {
		return fmt.Errorf("parse the url %q: %w", s.URL, err)
	}
	limited, cancel := context.WithTimeout(ctx, portPatience)
	defer cancel()
	listener, err := net.Listen("tcp", u.Host)
	for err != nil && sleep.For(limited, pollInterval) == nil {
		listener, err = net.Listen("tcp", u.Host)
	}
	if err != nil {
		port, _ := strconv.Atoi(u.Port()) // Listen took it for a port
		return &PortError{
			Program: filepath.Base(s.Command), URL: s.URL, Fix: cmp.Or(s.PortSetting, "change the input `url`"), Port: port,
			Holder: holderOf(ctx, port), Cause: err,
		}
	}
	return listener.Close()
}

// holderOf finds the process that listens on a TCP port, as far as this user
// may see it.
func holderOf(ctx context.Context, port int) Holder {
	connections, err := psnet.ConnectionsWithContext(ctx, "tcp")
	if err != nil {
		return Holder{}
	}
	for _, c := range connections {
		if c.Status != "LISTEN" || int(c.Laddr.Port) != port || c.Pid == 0 {
			continue
		}
		holder := Holder{PID: int(c.Pid), Name: "unknown"}
		if found, err := process.NewProcessWithContext(ctx, c.Pid); err == nil {
			if name, err := found.NameWithContext(ctx); err == nil {
				holder.Name = name
			}
		}
		return holder
	}
	return Holder{}
}
