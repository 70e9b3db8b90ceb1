// Package astratest gives tests a real Data API: it builds the embedded Astra,
// runs it as a process of its own on a free port, and prepares keyspaces in it
// over HTTP, with nothing but what Astra offers too. It is for tests alone.
package astratest

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/killrvideo/killrvideo-go/astra"
	"github.com/killrvideo/killrvideo-go/astra/dataapi"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/options"
	"github.com/killrvideo/killrvideo-go/astra/devops"
)

// The database that an embedded Astra has when it starts.
const (
	DatabaseID = "00000000-0000-4000-8000-000000000001"
	Keyspace   = "default_keyspace"
)

// startLimit is for the process to say that it listens.
const startLimit = 3 * time.Minute

// Astra is a running embedded Astra.
type Astra struct {
	URL         string
	Admin       astra.Token
	cmd         *exec.Cmd
	binary, dir string
}

// Build compiles a main package, given relative to its module, into dir and
// gives the path of the binary. In a test with the race detector the binary has
// it too: a race ends it with an error.
func Build(ctx context.Context, dir, name, module, pkg string) (string, error) {
	binary := filepath.Join(dir, name)
	args, cgo := []string{"build", "-buildvcs=false", "-tags=nomsgpack", "-o", binary}, "CGO_ENABLED=0"
	if raceDetector {
		args, cgo = append(args, "-race"), "CGO_ENABLED=1"
	}
	cmd := exec.CommandContext(ctx, "go", append(args, pkg)...)
	cmd.Dir = filepath.Join(root(), module)
	cmd.Env = append(os.Environ(), cgo)
	if output, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build %s in %s: %w\n%s", pkg, module, err, output)
	}
	return binary, nil
}

// root is the top of the repository.
func root() string {
	_, file, _, _ := runtime.Caller(0)
	return filepath.Join(filepath.Dir(file), "..", "..", "..")
}

// Start builds and runs an embedded Astra that keeps its data under dir. Call
// Stop when done.
func Start(ctx context.Context, dir string) (*Astra, error) {
	binary, err := Build(ctx, dir, "astra-local", "astra", "./local/cmd/astra-local")
	if err != nil {
		return nil, err
	}
	a := &Astra{binary: binary, dir: dir}
	if err := a.run("127.0.0.1:0"); err != nil {
		return nil, err
	}
	token, err := os.ReadFile(a.tokenFile())
	if err != nil {
		return nil, errors.Join(fmt.Errorf("read the administrator's token: %w", err), a.Stop())
	}
	a.Admin = astra.Token(strings.TrimSpace(string(token)))
	return a, nil
}

func (a *Astra) tokenFile() string { return filepath.Join(a.dir, "admin-token") }

func (a *Astra) run(address string) error {
	a.cmd = exec.Command(a.binary, "-dir", filepath.Join(a.dir, "astra"), "-addr", address, "-admin-token-file", a.tokenFile(),
		"-database-id", DatabaseID, "-keyspace", Keyspace, "-keyspace-delay", "0s")
	// One line a command: worth a look when a test fails, noise otherwise.
	log, err := os.OpenFile(a.logFile(), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("log of the embedded Astra: %w", err)
	}
	defer log.Close()
	a.cmd.Stderr = log
	if a.URL, err = startAndFindURL(a.cmd); err != nil {
		return fmt.Errorf("start the embedded Astra: %w", err)
	}
	return nil
}

// Kill ends the process as a power cut would.
func (a *Astra) Kill() error {
	if err := a.cmd.Process.Kill(); err != nil {
		return fmt.Errorf("kill the embedded Astra: %w", err)
	}
	_ = a.cmd.Wait() // it says that it was killed
	return nil
}

// Restart runs it again after [Astra.Kill], at the same address and on the
// same data.
func (a *Astra) Restart() error { return a.run(strings.TrimPrefix(a.URL, "http://")) }

// startAndFindURL waits for the line "url: ..." on standard output.
func startAndFindURL(cmd *exec.Cmd) (string, error) {
	out, err := cmd.StdoutPipe()
	if err != nil {
		return "", err
	}
	if err := cmd.Start(); err != nil {
		return "", err
	}
	found := make(chan string, 1)
	go func() { // ends with the process, whose output it drains
		defer close(found)
		for lines := bufio.NewScanner(out); lines.Scan(); {
			if url, ok := strings.CutPrefix(lines.Text(), "url: "); ok {
				found <- strings.TrimSpace(url)
			}
		}
	}()
	select {
	case url, ok := <-found:
		if ok {
			return url, nil
		}
		return "", errors.Join(errors.New("it ended before it listened"), cmd.Wait())
	case <-time.After(startLimit):
		return "", errors.Join(fmt.Errorf("it did not listen within %v", startLimit), cmd.Process.Kill(), cmd.Wait())
	}
}

// Stop ends the process and waits for it. It fails if any command of any client
// has earned a warning: what Astra warns about is slow or worse, and none of
// ours does it.
func (a *Astra) Stop() error {
	if err := a.cmd.Process.Signal(os.Interrupt); err != nil {
		return fmt.Errorf("stop the embedded Astra: %w", err)
	}
	_ = a.cmd.Wait() // how it ends is tested where it is made
	return a.warned()
}

// warned reads in the log of all commands which ones got a warning.
func (a *Astra) warned() error {
	text, err := os.ReadFile(a.logFile())
	if err != nil {
		return fmt.Errorf("log of the embedded Astra: %w", err)
	}
	seen := map[string]bool{}
	var all []error
	for line := range strings.Lines(string(text)) {
		var l struct {
			Command, Table string
			Warnings       []string
		}
		// A line that a kill cut off says nothing.
		if json.Unmarshal([]byte(line), &l) != nil || len(l.Warnings) == 0 {
			continue
		}
		if what := fmt.Sprintf("%s on %s: %s", l.Command, l.Table, strings.Join(l.Warnings, ", ")); !seen[what] {
			seen[what], all = true, append(all, errors.New("the Data API warned about "+what))
		}
	}
	return errors.Join(all...)
}

func (a *Astra) logFile() string { return filepath.Join(a.dir, "astra.log") }

// Database is a handle on a keyspace, with these options on top.
func (a *Astra) Database(token astra.Token, keyspace string, opts ...options.APIOption) *dataapi.Db {
	_ = os.Getenv("SOURCES") // see test.sh
	base := options.API().SetToken(token).SetKeyspace(keyspace)
	return dataapi.NewClient(append([]options.APIOption{base}, opts...)...).Database(a.URL)
}

// devops is the administrator's client.
func (a *Astra) devops() (*devops.Client, error) { return devops.NewClient(a.URL+"/v2", a.Admin, nil) }
