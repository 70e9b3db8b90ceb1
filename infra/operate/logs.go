package operate

import (
	"encoding/json"
	"log/slog"
	"regexp"
	"strings"
	"time"
)

// DefaultLines is how many lines a query gives that does not say.
const DefaultLines = 200

// Query says which lines of the log are wanted.
type Query struct {
	// Since leaves out what is older; the zero value leaves out nothing.
	Since time.Time
	// Level is the least severe level.
	Level slog.Level
	// RequestID is that of one request; "" means all.
	RequestID string
	// Lines is how many of the last ones; 0 means DefaultLines.
	Lines int
	// Failed asks for the instance that failed last, not for those that serve.
	Failed bool
	// Follow goes on with what is logged from now on.
	Follow bool
}

// Last is how many of the last lines are wanted.
func (q Query) Last() int {
	if q.Lines > 0 {
		return q.Lines
	}
	return DefaultLines
}

// Matches tells whether a line is wanted.
func (q Query) Matches(line Line) bool {
	return line.Level >= q.Level && (q.RequestID == "" || line.RequestID == q.RequestID) &&
		(q.Since.IsZero() || line.Time.IsZero() || !line.Time.Before(q.Since))
}

// Line is a line of a service's log.
type Line struct {
	Time      time.Time
	Level     slog.Level
	Message   string
	RequestID string
	Instance  string
	// Text is the line as it was written, without credentials.
	Text string
}

// Unstructured is the level of a line that is not a structured one: what a
// runtime writes when it panics, for example.
const Unstructured = slog.LevelError

// ParseLine reads a line as slog writes it, or takes it as it is.
func ParseLine(instance, text string) Line {
	line := Line{Instance: instance, Level: Unstructured, Text: redact(strings.TrimRight(text, "\r\n"))}
	var record struct {
		Time      time.Time
		Level     slog.Level
		Message   string `json:"msg"`
		RequestID string `json:"request_id"`
	}
	if json.Unmarshal([]byte(line.Text), &record) == nil && record.Message != "" {
		line.Time, line.Level, line.Message, line.RequestID = record.Time, record.Level, record.Message, record.RequestID
	}
	return line
}

// credential has the forms in which a token could stand in a line.
var credential = regexp.MustCompile(`AstraCS:[\w:%-]+|eyJ[\w-]+\.[\w-]+\.[\w-]+`)

// redact is a second line of defence: the service writes no credential.
func redact(text string) string { return credential.ReplaceAllString(text, "***") }

// tail keeps the last lines of what it is given.
type tail struct {
	limit int
	lines []Line
}

// Tail returns a function that notes the lines a query wants, and one that
// returns the last of them.
func (q Query) Tail() (note func(Line), last func() []Line) {
	t := &tail{limit: q.Last()}
	return func(line Line) {
		if !q.Matches(line) {
			return
		}
		if t.lines = append(t.lines, line); len(t.lines) > 2*t.limit {
			t.lines = append(t.lines[:0], t.lines[len(t.lines)-t.limit:]...)
		}
	}, func() []Line { return t.lines[max(0, len(t.lines)-t.limit):] }
}
