// Package spinner shows on a terminal what is under way and for how long, and
// prints lines above it. Elsewhere it prints the lines alone. It uses the
// standard library only, since the launcher uses it.
package spinner

import (
	"fmt"
	"io"
	"os"
	"sync"
	"time"
)

const (
	interval  = 120 * time.Millisecond
	clearLine = "\r\x1b[K"
	// A terminal must not wrap the line, since only one is cleared.
	width = 78
)

var frames = []rune("⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏")

// IsTerminal tells whether a file is a terminal that understands escape codes.
func IsTerminal(file *os.File) bool {
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0 && os.Getenv("TERM") != "dumb" && os.Getenv("TERM") != ""
}

// Spinner is a line at the end of the output that says what is under way.
type Spinner struct {
	lock     sync.Mutex
	out      io.Writer
	shown    bool
	frame    int
	text     func() string
	quit     chan struct{}
	finished chan struct{}
}

// Start shows a line until Stop: the text, which is asked again at each frame,
// and nothing while it is empty. Without live there is no such line.
func Start(out io.Writer, live bool, text func() string) *Spinner {
	s := &Spinner{out: out, text: text, quit: make(chan struct{}), finished: make(chan struct{})}
	if live {
		go s.run()
	} else {
		close(s.finished)
	}
	return s
}

// Step shows one text with the time since the call.
func Step(out io.Writer, live bool, text string) *Spinner {
	began := time.Now()
	return Start(out, live, func() string { return text + " " + Elapsed(time.Since(began)) })
}

func (s *Spinner) run() {
	defer close(s.finished)
	tick := time.NewTicker(interval)
	defer tick.Stop()
	for {
		select {
		case <-s.quit:
			return
		case <-tick.C:
			s.draw(s.text())
		}
	}
}

func (s *Spinner) draw(text string) {
	s.lock.Lock()
	defer s.lock.Unlock()
	if text == "" {
		s.clear()
		return
	}
	if runes := []rune(text); len(runes) > width {
		text = string(runes[:width-1]) + "…"
	}
	s.frame = (s.frame + 1) % len(frames)
	s.shown = true
	_, _ = fmt.Fprintf(s.out, "%s%c %s", clearLine, frames[s.frame], text)
}

// Println prints a line above the spinner's.
func (s *Spinner) Println(line string) {
	s.lock.Lock()
	defer s.lock.Unlock()
	s.clear()
	_, _ = fmt.Fprintln(s.out, line)
}

func (s *Spinner) clear() {
	if s.shown {
		_, _ = io.WriteString(s.out, clearLine)
		s.shown = false
	}
}

// Stop removes the spinner's line. It may be called again.
func (s *Spinner) Stop() {
	s.lock.Lock()
	select {
	case <-s.quit:
	default:
		close(s.quit)
	}
	s.lock.Unlock()
	<-s.finished
	s.lock.Lock()
	defer s.lock.Unlock()
	s.clear()
}

// Elapsed is a duration as people read it: 0.4 s, 12 s, 3 min 5 s.
func Elapsed(d time.Duration) string {
	switch {
	case d < 10*time.Second:
		return fmt.Sprintf("%.1f s", d.Seconds())
	case d < time.Minute:
		return fmt.Sprintf("%.0f s", d.Seconds())
	}
	seconds := int(d.Seconds())
	return fmt.Sprintf("%d min %d s", seconds/60, seconds%60)
}
