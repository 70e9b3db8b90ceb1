package operate

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"testing"
	"time"
)

// TestDeliver gives the last lines of several instances in the order of time.
func TestDeliver(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 29, 12, 0, 0, 0, time.UTC)
	line := func(instance string, seconds int, text string) Line {
		return Line{Instance: instance, Time: at.Add(time.Duration(seconds) * time.Second), Text: text, Level: slog.LevelInfo}
	}
	fetch := func(context.Context, time.Time) ([]Line, error) {
		return []Line{line("a", 1, "1"), line("a", 4, "4"), line("b", 2, "2"), line("b", 3, "3"), line("b", 0, "0")}, nil
	}
	var got []string
	emit := func(line Line) error { got = append(got, line.Text); return nil }
	if err := Deliver(t.Context(), Query{Lines: 3}, fetch, emit); err != nil || !slices.Equal(got, []string{"2", "3", "4"}) {
		t.Errorf("got %v, %v", got, err)
	}
	broken := errors.New("broken")
	if err := Deliver(t.Context(), Query{}, fetch, func(Line) error { return broken }); !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
	failing := func(context.Context, time.Time) ([]Line, error) { return nil, broken }
	if err := Deliver(t.Context(), Query{}, failing, emit); !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
}

// TestFollow shows each line once, also one that arrives late, and goes on when
// a look fails.
func TestFollow(t *testing.T) {
	t.Parallel()
	began := time.Now()
	line := func(ms int, text string) Line {
		return Line{Instance: "a", Time: began.Add(time.Duration(ms) * time.Millisecond), Text: text, Level: slog.LevelInfo}
	}
	broken := errors.New("broken")
	looks := []struct {
		lines []Line
		err   error
	}{
		{[]Line{line(-60_000, "old"), line(0, "1")}, nil},
		{[]Line{line(0, "1"), line(20, "3")}, nil},
		{nil, broken},
		{[]Line{line(0, "1"), line(10, "2, late"), line(20, "3"), {Instance: "b", Time: line(20, "").Time, Text: "3"}}, nil},
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	n := 0
	fetch := func(context.Context, time.Time) ([]Line, error) {
		if n == len(looks) {
			cancel()
			return nil, nil
		}
		n++
		return looks[n-1].lines, looks[n-1].err
	}
	var got []string
	emit := func(line Line) error { got = append(got, line.Instance+line.Text); return nil }
	err := deliver(ctx, Query{Follow: true, Level: slog.LevelInfo}, fetch, emit, time.Millisecond)
	if want := []string{"aold", "a1", "a3", "a2, late", "b3"}; err != nil || !slices.Equal(got, want) {
		t.Errorf("got %q, %v, want %q", got, err, want)
	}
	failing := func(context.Context, time.Time) ([]Line, error) {
		if n++; n > len(looks)+1 {
			return nil, broken
		}
		return nil, nil
	}
	if err := deliver(t.Context(), Query{Follow: true}, failing, emit, time.Millisecond); !errors.Is(err, broken) {
		t.Errorf("a log that cannot be read for long ends with %v", err)
	}
}
