// Package daemon starts a program that outlives its starter, tells whether it
// still runs, and stops it. It signals only processes that it can prove to
// have started: a pid counts only together with the moment it was born. What
// knows of Pulumi, or of what the program does, may not enter.
package daemon

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/killrvideo/killrvideo-go/infra/provider/readiness"
	"github.com/killrvideo/killrvideo-go/infra/provider/sleep"
)

// Spec is a program and how it is run.
type Spec struct {
	// Command with Args; a relative path is seen from WorkingDir.
	Command string
	Args    []string
	// Env is the whole environment besides PATH, HOME and TMPDIR: what else is
	// set here, such as the passphrase of a stack, is not the program's.
	Env map[string]string
	// Secrets are written to files whose paths are in NAME_FILE.
	Secrets map[string]string
	// Dir is the program's own state folder: logs, records, secrets.
	Dir        string
	WorkingDir string
	// Owner identifies the state that the folder belongs to; a folder of
	// another one is left alone. Empty means that it is not checked.
	Owner string
	// URL it serves and HealthPath under it, which answers 200 once it does.
	// Without HealthPath it is healthy once it accepts connections.
	URL        string
	HealthPath string
	// PortVariable, if not empty, is the variable that tells the program its
	// port, which Start chooses. URL is then ignored, and Run.URL tells it.
	PortVariable string
	// PortLater says that the port is not free yet: the program waits for it,
	// and who has it now is stopped next.
	PortLater bool
	// Keep are the instances that go on beside this start; the others that the
	// folder records are what interrupted runs left, and are stopped.
	Keep []string
	// PortSetting says how to choose another port, for the error message.
	PortSetting string
	// TokenFile, if not empty, is read once the program is healthy.
	TokenFile string
	// StartTimeout bounds the wait for health, StopTimeout the wait after SIGTERM.
	StartTimeout, StopTimeout time.Duration
}

// Run is one start of a Spec.
type Run struct {
	Identity
	Instance  string // differs for every start
	StartedAt time.Time
	LogFile   string
	URL       string // where it answers
	Token     string
}

// pollInterval is the pause between two looks at a process that starts or stops.
const pollInterval = 50 * time.Millisecond

// LogFile is where the stdout and stderr of a start go.
func (s Spec) LogFile(instance string) string {
	if s.PortVariable == "" {
		return filepath.Join(s.Dir, "log")
	}
	return filepath.Join(s.Dir, "log."+instance) // another start may be writing its own
}

// Start runs the program and returns once it is healthy. If it fails, nothing
// of this start is left: no process, no secrets. Its log stays.
func Start(ctx context.Context, s Spec) (Run, error) {
	if err := s.prepare(ctx); err != nil {
		return Run{}, err
	}
	run := Run{Instance: newInstance(), StartedAt: time.Now()}
	run.LogFile = s.LogFile(run.Instance)
	env, err := s.writeSecrets(run.Instance)
	if err == nil {
		run.URL, env, err = s.address(env)
	}
	if err == nil {
		run.Identity, err = s.launch(run.LogFile, env)
	}
	if err == nil {
		err = s.settle(ctx, &run)
	}
	if err != nil {
		if cleanErr := forget(s.Dir, run.Instance); cleanErr != nil {
			err = fmt.Errorf("%w (and its secrets were not removed: %w)", err, cleanErr)
		}
		return Run{}, err
	}
	return run, nil
}

// address is where the program will serve: as given, or on a free port that
// the environment tells it.
func (s Spec) address(env []string) (string, []string, error) {
	if s.PortVariable == "" {
		return s.URL, env, nil
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, fmt.Errorf("find a free port: %w", err)
	}
	defer func() { _ = listener.Close() }()
	port := strconv.Itoa(listener.Addr().(*net.TCPAddr).Port)
	return "http://" + listener.Addr().String(), append(env, s.PortVariable+"="+port), nil
}

// settle waits for health and reads the token; if that fails it stops the
// program even when the context has ended.
func (s Spec) settle(ctx context.Context, run *Run) error {
	err := s.record(*run)
	if err == nil {
		err = s.waitHealthy(ctx, *run)
	}
	if err == nil {
		run.Token, err = s.readToken()
	}
	if err != nil {
		if stopErr := Stop(context.WithoutCancel(ctx), run.Identity, s.StopTimeout); stopErr != nil {
			err = fmt.Errorf("%w (and %w)", err, stopErr)
		}
	}
	return err
}

// prepare makes the folder, stops what interrupted runs left in it, and makes
// sure the port is free.
func (s Spec) prepare(ctx context.Context) error {
	if err := claim(s.Dir, s.Owner); err != nil {
		return err
	}
	if err := StopRecorded(ctx, s.Dir, s.StopTimeout, s.Keep...); err != nil {
		return fmt.Errorf("stop what an interrupted run left in %s: %w", s.Dir, err)
	}
	if s.PortVariable != "" || s.PortLater {
		return nil
	}
	return s.portFree(ctx)
}

func (s Spec) waitHealthy(ctx context.Context, run Run) error {
	limited, cancel := context.WithTimeout(ctx, s.StartTimeout)
	defer cancel()
	client := &http.Client{Timeout: 5 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
	last := "no answer yet"
	for {
		if !run.Alive() {
			return s.failure(run, "ended before it was healthy")
		}
		answer := s.health(limited, client, run.URL)
		if answer == "" {
			return nil
		}
		if limited.Err() == nil { // else the end of the time cut it off
			last = answer
		}
		if sleep.For(limited, pollInterval) != nil {
			break
		}
	}
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("wait for %s: %w", s.Command, err)
	}
	return s.failure(run, fmt.Sprintf("was not healthy within %s (%s%s: %s)", s.StartTimeout, run.URL, s.HealthPath, last))
}

// failure explains with the end of the log.
func (s Spec) failure(run Run, what string) error {
	text := fmt.Sprintf("%s %s", s.Command, what)
	if lines := readiness.Tail(run.LogFile, 20); len(lines) > 0 {
		text += fmt.Sprintf("\nLast lines of %s:\n  %s", run.LogFile, strings.Join(lines, "\n  "))
	} else {
		text += "; it wrote nothing to " + run.LogFile
	}
	return &StartError{text: text}
}

// StartError is a program that did not become healthy; its text holds the end
// of the program's log.
type StartError struct{ text string }

// Error returns the explanation.
func (e *StartError) Error() string { return e.text }

// health returns "" if the program serves, else what it answers.
func (s Spec) health(ctx context.Context, client *http.Client, base string) string {
	if s.HealthPath == "" {
		return accepts(ctx, base)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, strings.TrimRight(base, "/")+s.HealthPath, nil)
	if err != nil {
		return err.Error()
	}
	res, err := client.Do(req)
	if err != nil {
		return err.Error()
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return res.Status
	}
	return ""
}

func accepts(ctx context.Context, base string) string {
	u, err := url.Parse(base)
	if err != nil {
		return err.Error()
	}
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", u.Host)
	if err != nil {
		return err.Error()
	}
	_ = conn.Close()
	return ""
}

func (s Spec) readToken() (string, error) {
	if s.TokenFile == "" {
		return "", nil
	}
	text, err := os.ReadFile(s.TokenFile)
	if err != nil {
		return "", fmt.Errorf("read the token that %s should have written: %w", filepath.Base(s.Command), err)
	}
	return strings.TrimSpace(string(text)), nil
}

func newInstance() string {
	var random [8]byte
	_, _ = rand.Read(random[:]) // never fails: it ends the program instead
	return hex.EncodeToString(random[:])
}
