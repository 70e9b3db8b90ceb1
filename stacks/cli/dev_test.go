package cli

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// patience is for a machine that does much else.
const patience = 30 * time.Second

func save(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func received(t *testing.T, changes <-chan string) string {
	t.Helper()
	select {
	case path := <-changes:
		return path
	case <-time.After(patience):
		t.Fatal("no change was seen")
		return ""
	}
}

func TestSavesDuringACycleMakeOneMore(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	save(t, filepath.Join(root, "service", "main.go"), "package main\n")
	ctx, cancel := context.WithCancel(t.Context())
	changes, err := watchFiles(ctx, root, []string{"service"})
	if err != nil {
		t.Fatal(err)
	}
	save(t, filepath.Join(root, "service", "main.go"), "package main // 1\n")
	if got := received(t, changes); got != "service/main.go" {
		t.Errorf("got %q", got)
	}
	// A cycle is under way: nothing receives. A new folder, a test and a log
	// are among what is saved.
	save(t, filepath.Join(root, "service", "main.go"), "package main // 2\n")
	save(t, filepath.Join(root, "service", "main_test.go"), "package main\n")
	save(t, filepath.Join(root, "service", "log.txt"), "text\n")
	save(t, filepath.Join(root, "service", "main.go"), "package main // 3\n")
	if got := received(t, changes); got != "service/main.go" {
		t.Errorf("got %q", got)
	}
	if err := os.Mkdir(filepath.Join(root, "service", "new"), 0o700); err != nil {
		t.Fatal(err)
	}
	// The new folder is watched a moment after it was made: save until it is, with
	// pauses in which a save can settle.
	tick := time.NewTicker(3 * settle)
	defer tick.Stop()
	for seen := ""; seen == ""; {
		save(t, filepath.Join(root, "service", "new", "new.go"), "package new\n")
		select {
		case seen = <-changes:
		case <-tick.C:
		case <-ctx.Done():
		}
		if seen != "" && seen != "service/new/new.go" {
			t.Errorf("got %q", seen)
		}
	}
	cancel()
	for range changes { // closed when the context ends
	}
}

func TestCompileErrorsAreFromTheRootAndOnce(t *testing.T) {
	t.Parallel()
	c := repository(t)
	root := c.home.root
	for _, module := range []string{"astra", "service"} {
		save(t, filepath.Join(root, module, "go.mod"), "module example.org/"+module+"\n\ngo 1.26.0\n")
	}
	save(t, filepath.Join(root, "astra", "local", "cmd", "astra-local", "main.go"), "package main\n\nfunc main() {}\n")
	save(t, filepath.Join(root, "service", "main.go"), "package main\n\nfunc main() {}\n")
	if got := c.compileErrors(t.Context()); got != "" {
		t.Fatalf("sound programs gave %q", got)
	}
	save(t, filepath.Join(root, "service", "main.go"), "package main\n\nfunc main() { nonsense() }\n")
	got := c.compileErrors(t.Context())
	if strings.Count(got, "nonsense") != 1 || !strings.HasPrefix(got, "service/main.go:3:15: ") || strings.Contains(got, "#") {
		t.Errorf("got %q", got)
	}
}

// sink is a buffer that goroutines share.
type sink struct {
	lock sync.Mutex
	text bytes.Buffer
}

func (s *sink) Write(text []byte) (int, error) {
	s.lock.Lock()
	defer s.lock.Unlock()
	return s.text.Write(text)
}

func (s *sink) waitFor(t *testing.T, want string) {
	t.Helper()
	deadline := time.After(patience)
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		s.lock.Lock()
		text := s.text.String()
		s.lock.Unlock()
		if strings.Contains(text, want) {
			return
		}
		select {
		case <-deadline:
			t.Fatalf("%q is not in %q", want, text)
		case <-tick.C:
		}
	}
}

func TestTheLogIsFollowedOverARestart(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	dir := t.TempDir()
	path := filepath.Join(dir, "log")
	save(t, path, "before\n")
	out := &sink{}
	log := followLog(ctx, &lines{to: out}, false)
	log.follow(path)
	// The file is open a moment later: write until the first line is shown.
	appendTo := func(text string) {
		file, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY|os.O_CREATE, 0o600)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := file.WriteString(text); err != nil {
			t.Fatal(err)
		}
		_ = file.Close()
	}
	for shown := false; !shown; {
		appendTo("first\n")
		time.Sleep(20 * time.Millisecond)
		out.lock.Lock()
		shown = strings.Contains(out.text.String(), "first")
		out.lock.Unlock()
	}
	if err := os.Rename(path, path+".1"); err != nil {
		t.Fatal(err)
	}
	appendTo("after the restart\nhalf")
	out.waitFor(t, "after the restart\n")
	appendTo(" a line\n")
	out.waitFor(t, "half a line\n")
	if strings.Contains(out.text.String(), "before") {
		t.Error("the history was shown")
	}
	other := filepath.Join(dir, "other")
	save(t, other, "")
	log.follow(other)
}

func TestTheLogIsReadableOnATerminal(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	show := readable(&out, true)
	show([]byte(`{"time":"2026-11-29T12:00:01.5Z","level":"WARN","msg":"slow request","revision":"abc",` +
		`"path":"/api/v1/videos","ms":12,"error":{"code":7}}` + "\n"))
	show([]byte("panic: not JSON\n"))
	got := out.String()
	for _, want := range []string{"12:00:01", "WRN", "slow request", "/api/v1/videos", "12", "panic: not JSON\n"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is not in %q", want, got)
		}
	}
	if strings.Contains(got, "{\"time\"") || strings.Contains(got, "revision") {
		t.Errorf("got %q", got)
	}
	if strings.Index(got, "path") > strings.Index(got, "ms") {
		t.Errorf("the members lost their order: %q", got)
	}
}
