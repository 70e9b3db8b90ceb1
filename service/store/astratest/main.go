package astratest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"testing"
	"time"
)

// Main runs the tests of a package on an embedded Astra of their own, which
// prepare is given before they begin. The tests fail if [Astra.Stop] does.
func Main(m *testing.M, prepare func(*Astra) error) {
	code, err := runAll(m, prepare)
	if err != nil {
		fmt.Fprintln(os.Stderr, "tests on an embedded Astra:", err)
		code = 1
	}
	os.Exit(code)
}

func runAll(m *testing.M, prepare func(*Astra) error) (code int, err error) {
	dir, err := os.MkdirTemp("", "astratest")
	if err != nil {
		return 1, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	defer cancel()
	embedded, err := Start(ctx, dir)
	if err != nil {
		return 1, err
	}
	if err := prepare(embedded); err != nil {
		return 1, errors.Join(err, embedded.Stop())
	}
	return m.Run(), embedded.Stop()
}
