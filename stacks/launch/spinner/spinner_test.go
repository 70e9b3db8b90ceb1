package spinner_test

import (
	"bytes"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/killrvideo/killrvideo-go/stacks/launch/spinner"
)

// output may be written to and read at the same time.
type output struct {
	lock sync.Mutex
	text bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.lock.Lock()
	defer o.lock.Unlock()
	return o.text.Write(p)
}

func (o *output) String() string {
	o.lock.Lock()
	defer o.lock.Unlock()
	return o.text.String()
}

func TestALiveSpinnerShowsTheTextAndRemovesIt(t *testing.T) {
	t.Parallel()
	out := &output{}
	s := spinner.Step(out, true, "compiling")
	for deadline := time.Now().Add(time.Minute); !strings.Contains(out.String(), "compiling 0."); {
		if time.Now().After(deadline) {
			t.Fatalf("it shows %q", out)
		}
		time.Sleep(time.Millisecond)
	}
	s.Println("a line")
	s.Stop()
	s.Stop()
	if text := out.String(); !strings.Contains(text, "\x1b[Ka line\n") {
		t.Errorf("the line is not alone: %q", text)
	}
}

func TestElsewhereOnlyLinesArePrinted(t *testing.T) {
	t.Parallel()
	out := &output{}
	s := spinner.Start(out, false, func() string { return "never shown" })
	s.Println("a line")
	s.Stop()
	if out.String() != "a line\n" {
		t.Errorf("got %q", out)
	}
}

func TestElapsed(t *testing.T) {
	t.Parallel()
	for d, want := range map[time.Duration]string{
		400 * time.Millisecond: "0.4 s", 12 * time.Second: "12 s", 185 * time.Second: "3 min 5 s", time.Hour: "60 min 0 s",
	} {
		if got := spinner.Elapsed(d); got != want {
			t.Errorf("%v: got %q, want %q", d, got, want)
		}
	}
}
