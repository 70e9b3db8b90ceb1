package cli

import (
	"context"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/fsnotify/fsnotify"
)

// settle is how long no file may change before a save counts: editors write a
// file in several steps, and several files at once.
const settle = 300 * time.Millisecond

// watched are the endings of files that a program is built from.
var watched = []string{".go", ".json", ".html", ".mod", ".sum"}

// watchFiles sends the path of what was saved below the folders, relative to
// root, once no more is saved for a moment. What is saved before it is
// received is sent as one. The channel is closed when ctx ends.
func watchFiles(ctx context.Context, root string, folders []string) (<-chan string, error) {
	watcher, err := fsnotify.NewWatcher()
	if err != nil {
		return nil, fmt.Errorf("watch for changes: %w", err)
	}
	for _, folder := range folders {
		if err := watchBelow(watcher, filepath.Join(root, folder)); err != nil {
			_ = watcher.Close()
			return nil, err
		}
	}
	changes := make(chan string)
	go func() {
		defer close(changes)
		defer func() { _ = watcher.Close() }()
		collect(ctx, root, watcher, changes)
	}()
	return changes, nil
}

// watchBelow watches a folder and all in it, since systems watch folders singly.
func watchBelow(watcher *fsnotify.Watcher, folder string) error {
	return filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return fmt.Errorf("watch %s: %w", path, err)
		}
		if !entry.IsDir() {
			return nil
		}
		if name := entry.Name(); name == "testdata" || strings.HasPrefix(name, ".") {
			return filepath.SkipDir
		}
		if err := watcher.Add(path); err != nil {
			return fmt.Errorf("watch %s: %w", path, err)
		}
		return nil
	})
}

// collect gathers what is saved and offers it once it has settled.
func collect(ctx context.Context, root string, watcher *fsnotify.Watcher, changes chan<- string) {
	var saved []string
	settled := false
	quiet := time.NewTimer(settle)
	quiet.Stop()
	for {
		var offer chan<- string
		if settled {
			offer = changes
		}
		select {
		case <-ctx.Done():
			return
		case event := <-watcher.Events:
			path := savedFile(watcher, root, event)
			if path == "" {
				continue
			}
			if !slices.Contains(saved, path) {
				saved = append(saved, path)
			}
			settled = false
			quiet.Reset(settle)
		case err := <-watcher.Errors: // lost events: the next save is seen again
			_ = err
		case <-quiet.C:
			settled = true
		case offer <- summarized(saved):
			saved, settled = nil, false
		}
	}
}

// savedFile is the path of a file that a program is built from, relative to
// root, if that is what an event is about. A new folder is watched from now on.
func savedFile(watcher *fsnotify.Watcher, root string, event fsnotify.Event) string {
	if event.Has(fsnotify.Create) {
		_ = watchBelow(watcher, event.Name) // a file, or gone again
	}
	if event.Op == fsnotify.Chmod || strings.HasSuffix(event.Name, "_test.go") || !slices.Contains(watched, filepath.Ext(event.Name)) {
		return ""
	}
	path, err := filepath.Rel(root, event.Name)
	if err != nil {
		return event.Name
	}
	return path
}

func summarized(saved []string) string {
	switch len(saved) {
	case 0:
		return ""
	case 1:
		return saved[0]
	}
	return fmt.Sprintf("%s and %d more", saved[0], len(saved)-1)
}
