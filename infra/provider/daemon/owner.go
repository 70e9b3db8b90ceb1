package daemon

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// OwnedError is a state folder that another state made.
type OwnedError struct {
	Dir string
	// Running are the processes in it.
	Running []int
}

// Error says how to get out of it.
func (e *OwnedError) Error() string {
	lost := "rm -f " + ownerFile(e.Dir)
	for _, pid := range e.Running {
		lost = fmt.Sprintf("kill %d; ", pid) + lost
	}
	return fmt.Sprintf("the folder %s belongs to a stack of another state or backend, so nothing in it is touched; "+
		"remove that stack with its own down, or if its state is lost: %s", e.Dir, lost)
}

func ownerFile(dir string) string { return filepath.Join(dir, "owner") }

// claim makes the folder and writes its owner into it. A folder of another
// owner is refused, and so is one without owner in which something runs: what
// an earlier version made is adopted by Adopt, by the state that knows it.
func claim(dir, owner string) error {
	if err := privateDir(dir); err != nil {
		return err
	}
	if owner == "" {
		return nil
	}
	noted, err := os.ReadFile(ownerFile(dir))
	switch {
	case err == nil && string(noted) == owner:
		return nil
	case err == nil:
		running, err := runningIn(dir)
		return errors.Join(err, &OwnedError{Dir: dir, Running: running})
	case !errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("read the owner of %s: %w", dir, err)
	}
	running, err := runningIn(dir)
	if err != nil {
		return err
	}
	if len(running) > 0 {
		return &OwnedError{Dir: dir, Running: running}
	}
	return Adopt(dir, owner)
}

func runningIn(dir string) (pids []int, err error) {
	all, err := Recorded(dir)
	for _, one := range all {
		if one.Alive() {
			pids = append(pids, one.PID)
		}
	}
	return pids, err
}

// Adopt gives a folder an owner, if it has none yet.
func Adopt(dir, owner string) error {
	if owner == "" {
		return nil
	}
	if _, err := os.Stat(ownerFile(dir)); err == nil {
		return nil
	}
	if err := writeFile(ownerFile(dir), []byte(owner)); err != nil {
		return fmt.Errorf("note the owner of %s: %w", dir, err)
	}
	return nil
}

// Owns says whether a folder is this owner's, or has none.
func Owns(dir, owner string) bool {
	noted, err := os.ReadFile(ownerFile(dir))
	return errors.Is(err, fs.ErrNotExist) || err == nil && string(noted) == owner
}

// Clear stops every process that a folder records, removes their secrets, and
// gives the folder up. The logs stay.
func Clear(ctx context.Context, dir string, grace time.Duration) error {
	if err := StopRecorded(ctx, dir, grace); err != nil {
		return err
	}
	for _, path := range []string{servingFile(dir), ownerFile(dir)} {
		if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("give up %s: %w", dir, err)
		}
	}
	return nil
}
