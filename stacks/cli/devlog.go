package cli

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/lmittmann/tint"
)

// lines writes whole lines of several sources to one output.
type lines struct {
	lock sync.Mutex
	to   io.Writer
}

// Write writes what is a whole number of lines.
func (l *lines) Write(text []byte) (int, error) {
	l.lock.Lock()
	defer l.lock.Unlock()
	return l.to.Write(text)
}

// print writes a line of our own, with the time.
func (l *lines) print(format string, args ...any) {
	_, _ = fmt.Fprintf(l, "%s %s\n", time.Now().Format(time.TimeOnly), fmt.Sprintf(format, args...))
}

// logFollower shows a log file as it grows, from where it was first followed.
type logFollower struct{ paths chan string }

// followLog shows a log until ctx ends: as it is written, or on a terminal as
// text that people can read.
func followLog(ctx context.Context, out *lines, terminal bool) logFollower {
	f := logFollower{make(chan string, 1)}
	show := func(line []byte) { _, _ = out.Write(line) }
	if terminal {
		show = readable(out, true)
	}
	go func() {
		open := &openLog{}
		defer open.close()
		tick := time.NewTicker(100 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case path := <-f.paths:
				open.path = path
			case <-tick.C:
				open.read(show)
			}
		}
	}()
	return f
}

// follow goes on with the log at path; "" goes on with the one before.
func (f logFollower) follow(path string) {
	if path != "" {
		f.paths <- path
	}
}

// openLog is a log file that a restart may replace by another of its name.
type openLog struct {
	path   string
	file   *os.File
	reader *bufio.Reader
	begun  []byte // a line that has no end yet
}

func (o *openLog) read(show func([]byte)) {
	o.lines(show)
	now, err := os.Stat(o.path)
	if err != nil {
		return // not there yet, or between two starts
	}
	if o.file != nil {
		if before, err := o.file.Stat(); err == nil && os.SameFile(before, now) {
			return
		}
	}
	first := o.file == nil
	o.close()
	if o.file, err = os.Open(o.path); err != nil {
		return
	}
	if first { // what was logged before is history
		_, _ = o.file.Seek(0, io.SeekEnd)
	}
	o.reader = bufio.NewReader(o.file)
	o.lines(show)
}

func (o *openLog) lines(show func([]byte)) {
	for o.reader != nil {
		part, err := o.reader.ReadBytes('\n')
		o.begun = append(o.begun, part...)
		if err != nil {
			return
		}
		show(o.begun)
		o.begun = nil
	}
}

func (o *openLog) close() {
	if o.file != nil {
		_ = o.file.Close()
	}
	o.file, o.reader, o.begun = nil, nil, nil
}

// readable shows a line of JSON as text, and any other line as it is.
func readable(out io.Writer, terminal bool) func(line []byte) {
	handler := tint.NewTextHandler(out, &tint.Options{Level: slog.LevelDebug, TimeFormat: time.TimeOnly, NoColor: !terminal})
	return func(line []byte) {
		record, err := recordOf(line)
		if err != nil {
			_, _ = out.Write(line)
			return
		}
		_ = handler.Handle(context.Background(), record)
	}
}

var errNoRecord = errors.New("not a line of a structured log")

// recordOf reads a line that slog wrote, its members in their order.
func recordOf(line []byte) (slog.Record, error) {
	decoder := json.NewDecoder(bytes.NewReader(line))
	decoder.UseNumber()
	if start, err := decoder.Token(); err != nil || start != json.Delim('{') {
		return slog.Record{}, errNoRecord
	}
	var record slog.Record
	for decoder.More() {
		name, err := decoder.Token()
		if err != nil {
			return slog.Record{}, errNoRecord
		}
		var value any
		if err := decoder.Decode(&value); err != nil {
			return slog.Record{}, errNoRecord
		}
		addMember(&record, fmt.Sprint(name), value)
	}
	if record.Message == "" {
		return slog.Record{}, errNoRecord
	}
	return record, nil
}

func addMember(record *slog.Record, name string, value any) {
	text := fmt.Sprint(value)
	switch name {
	case slog.TimeKey:
		record.Time, _ = time.Parse(time.RFC3339Nano, text)
	case slog.LevelKey:
		_ = record.Level.UnmarshalText([]byte(text))
	case slog.MessageKey:
		record.Message = text
	case "revision": // the same on every line, and said after each cycle
	default:
		record.AddAttrs(slog.String(name, strings.TrimSpace(text)))
	}
}
