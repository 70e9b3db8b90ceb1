package cli

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"time"

	"golang.org/x/term"

	"github.com/killrvideo/killrvideo-go/infra/operate"
	"github.com/killrvideo/killrvideo-go/stacks/launch/exit"
)

// logs shows the last lines of the service's log, oldest first, and with follow
// what is logged from then on until it is interrupted.
func (c *command) logs(ctx context.Context, args []string) error {
	var query operate.Query
	var since string
	query.Level = slog.LevelDebug
	err := options("logs", args, func(flags *flag.FlagSet) {
		flags.StringVar(&since, "since", "", "a duration such as 15m, or a time such as 2026-11-29T12:00:00Z")
		flags.TextVar(&query.Level, "level", slog.LevelDebug, "the least severe level")
		flags.StringVar(&query.RequestID, "request", "", "the id of one request")
		flags.IntVar(&query.Lines, "lines", operate.DefaultLines, "how many")
		flags.BoolVar(&query.Failed, "failed", false, "of the instance that failed last")
		flags.BoolVar(&query.Follow, "follow", false, "go on with what is logged from now on")
	})
	if err == nil {
		query.Since, err = sinceTime(since, time.Now())
	}
	if err != nil {
		return err
	}
	stack, platform, err := c.onPlatform(ctx)
	if err != nil {
		return err
	}
	lines := 0
	err = platform.Logs(ctx, query, func(line operate.Line) error { lines++; return c.showLine(line) })
	if errors.Is(err, operate.ErrNoLog) || err == nil && lines == 0 && !query.Follow {
		c.say(fmt.Sprintf("no line of the log of stack %s is like that", stack.Name))
		return nil
	}
	if err != nil {
		return fmt.Errorf("read the log of stack %s: %w", c.stack, err)
	}
	return nil
}

// showLine prints a line as it was written, or as text that people can read.
func (c *command) showLine(line operate.Line) error {
	if c.json {
		_, err := fmt.Fprintln(c.out, line.Text)
		return err
	}
	readable(c.out, term.IsTerminal(int(os.Stdout.Fd())))([]byte(line.Text + "\n"))
	return nil
}

// sinceTime reads a duration before now, or a time; "" is the zero time.
func sinceTime(text string, now time.Time) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	if passed, err := time.ParseDuration(text); err == nil && passed >= 0 {
		return now.Add(-passed), nil
	}
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return at, exit.Usage.Errorf("since: %q is neither a duration such as 15m nor a time such as %s",
			text, now.UTC().Format(time.RFC3339))
	}
	return at, nil
}
