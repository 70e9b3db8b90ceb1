package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/killrvideo/killrvideo-go/infra/caller"
	"github.com/killrvideo/killrvideo-go/infra/operate"
	"github.com/killrvideo/killrvideo-go/stacks"

	"github.com/killrvideo/killrvideo-go/stacks/launch/exit"
)

// untilSignal is a context that the first SIGINT, SIGTERM or SIGHUP ends. A
// later one changes nothing, since ending halfway is what must not happen; it
// is answered with a line.
func untilSignal(say func(string)) (context.Context, func()) {
	ctx, cancel := context.WithCancelCause(context.Background())
	signals := make(chan os.Signal, 4)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	over := make(chan struct{})
	go func() {
		for first := true; ; first = false {
			select {
			case <-over:
				return
			case <-signals:
			}
			if !first {
				say(fmt.Sprintf("still ending in order, at most %s from the first interrupt on", stopPatience))
				continue
			}
			cancel(errInterrupted)
		}
	}()
	return ctx, func() {
		signal.Stop(signals)
		close(over)
		cancel(nil)
	}
}

// wasInterrupted tells whether a signal ended the context.
func wasInterrupted(ctx context.Context) bool { return errors.Is(context.Cause(ctx), errInterrupted) }

// interrupted says what an interrupted operation left: what it did, what has an
// unknown outcome, and whether the service answers. It removes the lock of an
// engine that a signal ended.
func (c *command) interrupted(ctx context.Context, operation, done, goOn string) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Minute)
	defer cancel()
	lines := []string{fmt.Sprintf("%s of stack %s was interrupted. %s", operation, c.stack, done)}
	if c.cutPID != 0 {
		lines = append(lines, fmt.Sprintf("The engine (process %d) %s; %s.", c.cutPID, c.cutHow, c.released()))
	}
	left, err := c.stateOf(ctx)
	if err != nil {
		lines = append(lines, "What the state holds could not be read: "+err.Error())
	}
	lines = append(lines, left.pending(), left.serving(ctx), "Go on with: "+goOn)
	lines = slices.DeleteFunc(lines, func(line string) bool { return line == "" })
	return exit.Interrupted.With(errors.New(strings.Join(lines, "\n")))
}

// released removes the lock of the CLI that a signal ended. Only in a backend of files
// can it be told from the lock of an update that is under way elsewhere.
func (c *command) released() string {
	unlock := "if the next command says that the stack is locked, run: " + caller.Pulumi("cancel --yes --stack "+c.stack)
	backend, err := url.Parse(c.env()["PULUMI_BACKEND_URL"])
	if err != nil || backend.Scheme != "file" {
		return unlock
	}
	paths, err := filepath.Glob(filepath.Join(backend.Path, ".pulumi", "locks", "*", "*", c.stack, "*.json"))
	for _, path := range paths {
		var lock struct{ PID int }
		text, readErr := os.ReadFile(path)
		if readErr != nil || json.Unmarshal(text, &lock) != nil || lock.PID != c.cutPID {
			continue
		}
		err = errors.Join(err, os.Remove(path))
	}
	if err != nil {
		return fmt.Sprintf("its lock could not be removed (%v); %s", err, unlock)
	}
	return "it holds no lock any more"
}

// deployment is what we read of a stack's state.
type deployment struct {
	operate.Stack
	// unknown are the operations whose outcome is, in words.
	unknown []string
}

// stateOf reads a stack's state, whose secrets stay encrypted.
func (c *command) stateOf(ctx context.Context) (deployment, error) {
	var exported struct {
		Deployment struct {
			Resources []operate.Resource
			Pending   []struct {
				Resource operate.Resource
				Type     string
			} `json:"pending_operations"`
		}
	}
	err := decode(ctx, c.ask, &exported, "stack", "export", "--stack", c.stack)
	d := deployment{Stack: operate.Stack{Name: c.stack, Resources: exported.Deployment.Resources, Secret: c.secretSetting}}
	for i, r := range d.Resources {
		d.Resources[i].Type = stacks.CurrentType(r.Type)
	}
	for _, p := range exported.Deployment.Pending {
		d.Pending = append(d.Pending, p.Resource)
		d.unknown = append(d.unknown, p.Type+" "+p.Resource.URN)
	}
	return d, err
}

func (d deployment) pending() string {
	if len(d.unknown) == 0 {
		return ""
	}
	return fmt.Sprintf("The outcome of %d operations is unknown: %s", len(d.unknown), strings.Join(d.unknown, ", "))
}

// serving asks the deployed service, if the stack has one, whether it answers.
func (d deployment) serving(ctx context.Context) string {
	url := d.Text("url")
	if url == "" {
		return ""
	}
	code, status, err := get(ctx, url+"/health/ready", 10*time.Second)
	switch {
	case err != nil:
		return fmt.Sprintf("The service at %s does not answer: %v", url, err)
	case code != http.StatusOK:
		return fmt.Sprintf("The service at %s is not ready: %s", url, status)
	}
	return fmt.Sprintf("The service at %s is ready.", url)
}

// get asks an address, and returns the status of the answer, in words too.
func get(ctx context.Context, url string, patience time.Duration) (code int, status string, err error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return 0, "", err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0, "", err
	}
	_ = response.Body.Close()
	return response.StatusCode, response.Status, nil
}
