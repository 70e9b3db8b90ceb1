// Package local asks this machine about a stack that runs on it: the folder of
// its process records every start, its log and which start gets the requests.
package local

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/killrvideo/killrvideo-go/infra/operate"
	"github.com/killrvideo/killrvideo-go/infra/provider/daemon"
	"github.com/killrvideo/killrvideo-go/infra/provider/resource"
)

// platform is one stack's processes.
type platform struct {
	dir string // of the service's process
}

// New finds the service's process of a stack.
func New(stack operate.Stack) (operate.Platform, error) {
	for _, r := range stack.Of(resource.ProcessType) {
		if r.Text("portVariable") != "" { // the embedded Astra has a fixed port
			return platform{r.Text("dir")}, nil
		}
	}
	return nil, operate.ErrNotDeployed
}

// Instances are the recorded starts, the one that serves first, then the newest.
func (p platform) Instances(ctx context.Context) ([]operate.Instance, error) {
	records, err := daemon.Recorded(p.dir)
	if err != nil {
		return nil, err
	}
	_, serving := daemon.Serving(p.dir)
	var all []operate.Instance
	for _, r := range records {
		all = append(all, p.instance(ctx, r, serving))
	}
	operate.SortInstances(all)
	return all, nil
}

func (p platform) instance(ctx context.Context, r daemon.Record, serving string) operate.Instance {
	i := operate.Instance{Name: r.Instance, Serves: r.Instance == serving, State: operate.Running, StartedAt: p.started(r)}
	if !r.Alive() {
		i.State, i.Reason = operate.Failed, fmt.Sprintf("process %d has ended", r.PID)
		return i
	}
	answer := operate.Ask(ctx, r.URL)
	i.Ready, i.Revision, i.Reason = answer.Ready, answer.Revision, answer.Reason
	return i
}

// started is when the record of a start was written.
func (p platform) started(r daemon.Record) time.Time {
	info, err := os.Stat(filepath.Join(p.dir, "runs", r.Instance+".json"))
	if err != nil {
		return time.Time{}
	}
	return info.ModTime().UTC().Truncate(time.Second)
}

// Logs reads the log of the start that serves or of the last one that failed.
func (p platform) Logs(ctx context.Context, query operate.Query, emit func(operate.Line) error) error {
	instance, err := p.logged(query.Failed)
	if err != nil {
		return err
	}
	note, last := query.Tail()
	at, err := p.read(instance, 0, note)
	if err != nil {
		return err
	}
	for _, line := range last() {
		if err := emit(line); err != nil {
			return err
		}
	}
	if !query.Follow {
		return nil
	}
	return p.follow(ctx, query, instance, at, emit)
}

// follow goes on with the log, also with that of the next start that serves.
func (p platform) follow(ctx context.Context, query operate.Query, instance string, at int64, emit func(operate.Line) error) error {
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		var failed error
		next, err := p.read(instance, at, func(line operate.Line) {
			if failed == nil && query.Matches(line) {
				failed = emit(line)
			}
		})
		if failed != nil {
			return failed
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		at = max(at, next)
		if _, serving := daemon.Serving(p.dir); serving != "" && serving != instance && !query.Failed {
			instance, at = serving, 0
		}
	}
}

// logged is the start whose log is wanted.
func (p platform) logged(failed bool) (string, error) {
	_, serving := daemon.Serving(p.dir)
	if !failed && serving != "" {
		return serving, nil
	}
	logs, err := filepath.Glob(filepath.Join(p.dir, "log.*"))
	if err != nil {
		return "", fmt.Errorf("list the logs in %s: %w", p.dir, err)
	}
	var newest string
	var written time.Time
	for _, path := range logs {
		name := strings.TrimPrefix(filepath.Base(path), "log.")
		info, err := os.Stat(path)
		if err == nil && name != serving && info.ModTime().After(written) {
			newest, written = name, info.ModTime()
		}
	}
	if newest == "" {
		return "", operate.ErrNoLog
	}
	return newest, nil
}

// read hands over the whole lines of a log from an offset on and returns where
// they end.
func (p platform) read(instance string, from int64, note func(operate.Line)) (int64, error) {
	text, err := readFrom(filepath.Join(p.dir, "log."+instance), from)
	if err != nil {
		return from, fmt.Errorf("read the log of instance %s: %w", instance, err)
	}
	whole := text[:strings.LastIndex(text, "\n")+1]
	for line := range strings.Lines(whole) {
		note(operate.ParseLine(instance, line))
	}
	return from + int64(len(whole)), nil
}

func readFrom(path string, from int64) (string, error) {
	file, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer func() { _ = file.Close() }()
	info, err := file.Stat()
	if err != nil || info.Size() <= from {
		return "", err
	}
	text := make([]byte, info.Size()-from)
	n, err := file.ReadAt(text, from)
	if n == len(text) {
		err = nil
	}
	return string(text[:n]), err
}
