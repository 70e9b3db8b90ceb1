package exit_test

import (
	"errors"
	"fmt"
	"io/fs"
	"testing"

	"github.com/killrvideo/killrvideo-go/stacks/launch/exit"
)

func TestCodes(t *testing.T) {
	t.Parallel()
	for i, class := range exit.Classes() {
		if class.Code != i+1 || class.Meaning == "" {
			t.Errorf("class %d has code %d and means %q", i+1, class.Code, class.Meaning)
		}
	}
}

func TestAnErrorKeepsItsTextAndItsCause(t *testing.T) {
	t.Parallel()
	err := fmt.Errorf("up: %w", exit.StateFolder.Errorf("write: %w", fs.ErrPermission))
	if err.Error() != "up: write: permission denied" {
		t.Errorf("it reads %q", err)
	}
	if exit.Code(err) != 7 || !errors.Is(err, exit.StateFolder) || !errors.Is(err, fs.ErrPermission) || errors.Is(err, exit.Gate) {
		t.Errorf("its code is %d", exit.Code(err))
	}
}

func TestTheOutermostClassCounts(t *testing.T) {
	t.Parallel()
	err := exit.Interrupted.Errorf("interrupted: %w", exit.Gate.With(errors.New("not ready")))
	if exit.Code(err) != 9 {
		t.Errorf("its code is %d", exit.Code(err))
	}
	if exit.Code(errors.New("must be encrypted; the gate failed")) != 1 || exit.Code(nil) != 0 {
		t.Error("a class is read from words")
	}
}
