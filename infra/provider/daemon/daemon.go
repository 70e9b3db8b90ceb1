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
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/killrvideo/killrvideo-go/infra/provider/readiness"
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
	// Dir is the program's own state folder: log, record, secrets.
	Dir        string
	WorkingDir string
	// URL it serves and HealthPath under it, which answers 200 once it does.
	URL        string
	HealthPath string
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
	Token     string
}

// pollInterval is the pause between two looks at a process that starts or stops.
const pollInterval = 50 * time.Millisecond

// LogFile is where the program's stdout and stderr go.
func (s Spec) LogFile() string { return filepath.Join(s.Dir, "log") }

// Start runs the program and returns once it is healthy. If it fails, nothing
// of this start is left: no process, no secrets.
func Start(ctx context.Context, s Spec) (Run, error) {
	run := Run{Instance: newInstance(), StartedAt: time.Now(), LogFile: s.LogFile()}
	if err := s.prepare(ctx); err != nil {
		return Run{}, err
	}
	env, err := s.writeSecrets(run.Instance)
	if err == nil {
		run.Identity, err = s.launch(env)
	}
	if err == nil {
		err = s.settle(ctx, &run)
	}
	if err != nil {
		if cleanErr := RemoveSecrets(s.Dir, run.Instance); cleanErr != nil {
			err = fmt.Errorf("%w (and its secrets were not removed: %w)", err, cleanErr)
		}
		return Run{}, err
	}
	return run, nil
}

// settle waits for health and reads the token; if that fails it stops the
// program even when the context has ended.
func (s Spec) settle(ctx context.Context, run *Run) error {
	err := s.record(run.Identity)
	if err == nil {
		err = s.waitHealthy(ctx, run.Identity)
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

// prepare makes the folder, stops a process that an interrupted run left in
// it, and makes sure the port is free.
func (s Spec) prepare(ctx context.Context) error {
	if err := privateDir(s.Dir); err != nil {
		return err
	}
	if left, ok := recorded(s.Dir); ok {
		if err := Stop(ctx, left, s.StopTimeout); err != nil {
			return fmt.Errorf("stop the process that an interrupted run left in %s: %w", s.Dir, err)
		}
	}
	return s.portFree(ctx)
}

func (s Spec) waitHealthy(ctx context.Context, id Identity) error {
	limited, cancel := context.WithTimeout(ctx, s.StartTimeout)
	defer cancel()
	client := &http.Client{Timeout: 5 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
	last := "no answer yet"
	for {
		if !id.Alive() {
			return s.failure("ended before it was healthy")
		}
		if last = health(limited, client, strings.TrimRight(s.URL, "/")+s.HealthPath); last == "" {
			return nil
		}
		if !pause(limited) {
			break
		}
	}
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("wait for %s: %w", s.Command, err)
	}
	return s.failure(fmt.Sprintf("was not healthy within %s (%s%s: %s)", s.StartTimeout, s.URL, s.HealthPath, last))
}

// failure explains with the end of the log.
func (s Spec) failure(what string) error {
	text := fmt.Sprintf("%s %s", s.Command, what)
	if lines := readiness.Tail(s.LogFile(), 20); len(lines) > 0 {
		text += fmt.Sprintf("\nLast lines of %s:\n  %s", s.LogFile(), strings.Join(lines, "\n  "))
	} else {
		text += "; it wrote nothing to " + s.LogFile()
	}
	return &StartError{text: text}
}

// StartError is a program that did not become healthy; its text holds the end
// of the program's log.
type StartError struct{ text string }

// Error returns the explanation.
func (e *StartError) Error() string { return e.text }

// health returns "" if the URL answers 200, else what it answers.
func health(ctx context.Context, client *http.Client, url string) string {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
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

func pause(ctx context.Context) bool {
	timer := time.NewTimer(pollInterval)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}

func newInstance() string {
	var random [8]byte
	_, _ = rand.Read(random[:]) // never fails: it ends the program instead
	return hex.EncodeToString(random[:])
}
