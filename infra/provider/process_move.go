package provider

import (
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"

	"github.com/killrvideo/killrvideo-go/infra/provider/daemon"
)

// moved is the process after its folder got the name that the inputs say, and
// after an earlier version's process, which listens where the front will, is
// noted as the one that serves. The folder is this state's own, so it may go;
// one that is there already is not.
func (s ProcessState) moved(args ProcessArgs) (ProcessState, error) {
	if s.Dir != args.Dir {
		if err := moveOwn(s.Dir, args.Dir, args.Owner); err != nil {
			return s, err
		}
		s.Dir = args.Dir
	}
	if err := daemon.Adopt(s.Dir, args.Owner); err != nil || s.PortVariable != "" || args.PortVariable == "" {
		return s, err
	}
	u, err := url.Parse(s.URL)
	if err != nil {
		return s, fmt.Errorf("parse the url %q: %w", s.URL, err)
	}
	if err := daemon.Rewrite(s.Dir, daemon.Record{Identity: s.identity(), Instance: s.Instance, URL: s.URL}); err != nil {
		return s, err
	}
	return s, daemon.Serve(s.Dir, u.Host, s.Instance)
}

// moveOwn moves a process's folder, unless an earlier try did so.
func moveOwn(from, to, owner string) error {
	_, gone := os.Stat(from)
	if _, err := os.Stat(to); err == nil && errors.Is(gone, fs.ErrNotExist) && owner != "" && daemon.Owns(to, owner) {
		return nil
	}
	_, err := moveFolder(from, to)
	return err
}

// moveFolder renames a folder, and returns what names it back.
func moveFolder(from, to string) (back func() error, err error) {
	nothing := func() error { return nil }
	if _, err := os.Stat(to); err == nil {
		return nothing, fmt.Errorf("move %s to %s: there is a folder of that name already, which this stack did not make; "+
			"move it away, then run it again", from, to)
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o700); err != nil {
		return nothing, fmt.Errorf("move %s: %w", from, err)
	}
	err = os.Rename(from, to)
	if errors.Is(err, fs.ErrNotExist) {
		return nothing, nil
	}
	if err != nil {
		return nothing, fmt.Errorf("move %s: %w", from, err)
	}
	return func() error { return os.Rename(to, from) }, nil
}

// moveData moves the folder in which a stopped program keeps its token file
// and its data.
func moveData(old, next ProcessArgs) (back func() error, err error) {
	from, to := filepath.Dir(old.TokenFile), filepath.Dir(next.TokenFile)
	if old.TokenFile == "" || next.TokenFile == "" || from == to {
		return func() error { return nil }, nil
	}
	return moveFolder(from, to)
}
