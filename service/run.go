package main

import (
	"context"
	"errors"
	"flag"
	"io"
	"log/slog"
	"math"
	"os"
	"runtime/debug"
	"time"

	"github.com/KimMachineGun/automemlimit/memlimit"
	"github.com/lmittmann/tint"
	"github.com/mattn/go-isatty"

	"github.com/killrvideo/killrvideo-go/service/config"
	"github.com/killrvideo/killrvideo-go/service/logging"
)

// dotenv is the .env file for local development. The image has none: its
// working folder is an empty root.
func dotenv() string {
	dir, err := os.Getwd()
	if err != nil {
		return "" // a folder that was removed holds no file either
	}
	return config.FindDotenv(dir)
}

// logHandler writes JSON, a line a record, or text that people can read.
func logHandler(stdout io.Writer, c config.Config) slog.Handler {
	file, isFile := stdout.(*os.File)
	terminal := isFile && isatty.IsTerminal(file.Fd())
	if c.LogFormat == config.LogText || c.LogFormat == config.LogAuto && terminal {
		return tint.NewTextHandler(stdout, &tint.Options{Level: c.LogLevel, TimeFormat: time.TimeOnly, NoColor: !terminal})
	}
	if c.LogFormat == config.LogGoogle {
		return logging.Google(stdout, c.LogLevel, c.GoogleProject)
	}
	return slog.NewJSONHandler(stdout, &slog.HandlerOptions{Level: c.LogLevel})
}

// settingsError is an error that only other settings or flags can fix.
type settingsError struct{ error }

func (e settingsError) Unwrap() error { return e.error }

// Run is the program: it serves until ctx ends, then drains. args are without
// the program's name, env is as from os.Environ; logs go to stdout.
func Run(ctx context.Context, args, env []string, stdout io.Writer) error {
	command, err := config.Load(args, env, dotenv())
	switch {
	case errors.Is(err, flag.ErrHelp):
		config.Usage(stdout)
		return nil
	case err != nil:
		return settingsError{err}
	case command.Healthcheck:
		return healthcheck(ctx, command.Config.Port)
	}
	c := command.Config
	log := slog.New(logHandler(stdout, c)).With("revision", c.Revision)
	limitMemory(log)
	d := &drain{}
	s, err := wire(c, log, d)
	if err != nil {
		return err
	}
	return serve(ctx, c, log, d, s)
}

// limitMemory gives the garbage collector nine tenths of the container's memory
// as its goal: near the limit it works harder instead of being killed. GOMEMLIMIT
// and GOGC win.
func limitMemory(log *slog.Logger) {
	if _, err := memlimit.SetGoMemLimitWithOpts(); err != nil {
		log.Debug("no memory limit is found", "error", err)
	}
	limit := debug.SetMemoryLimit(-1)
	percent := gcPercent(limit)
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(percent)
	}
	if limit != math.MaxInt64 {
		log.Info("memory limit", "mib", limit>>20, "gc_percent", percent)
	}
}

// gcPercent lets the heap grow to three times what is in use before the garbage
// collector runs, which saves about a tenth of the processor time, unless the
// limit is low: the heap in use is 3 to 30 MiB.
func gcPercent(limit int64) int {
	const roomy = 200 << 20
	if limit >= roomy {
		return 200
	}
	return 100
}
