package cli

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/killrvideo/killrvideo-go/stacks/launch/terminal"
)

// TestProgramsDoNotAskTheTerminal starts this very test program, which links
// what a target's program does, on a terminal that answers nothing.
func TestProgramsDoNotAskTheTerminal(t *testing.T) {
	t.Parallel()
	env := []string{"TERM=xterm-256color"} // nothing else: with CI, too, nothing is asked
	query := []byte("\x1b]11;?")
	if printed := onTerminal(t, terminal.Unasked(env)); bytes.Contains(printed, query) || !bytes.Contains(printed, []byte("xterm-256color")) {
		t.Errorf("printed was %q", printed)
	}
	if printed := onTerminal(t, env); !bytes.Contains(printed, query) {
		t.Errorf("nothing asks the terminal any more, so package terminal can go; printed was %q", printed)
	}
}

// TestPrintTerm is the program that TestProgramsDoNotAskTheTerminal starts.
func TestPrintTerm(*testing.T) {
	terminal.Restore()
	fmt.Println(os.Getenv("TERM"))
}

// onTerminal is what a run of TestPrintTerm prints on a terminal of its own.
func onTerminal(t *testing.T, env []string) []byte {
	t.Helper()
	master, err := os.OpenFile("/dev/ptmx", os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = master.Close() }()
	unlocked := 0
	number, err := unix.IoctlGetInt(int(master.Fd()), unix.TIOCGPTN)
	if err == nil {
		err = unix.IoctlSetPointerInt(int(master.Fd()), unix.TIOCSPTLCK, unlocked)
	}
	if err != nil {
		t.Fatal(err)
	}
	slave, err := os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(program, "-test.run=^TestPrintTerm$")
	cmd.Env, cmd.Stdin, cmd.Stdout, cmd.Stderr = env, slave, slave, slave
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	err = cmd.Start()
	_ = slave.Close()
	if err != nil {
		t.Fatal(err)
	}
	var printed []byte
	chunk := make([]byte, 4096)
	for {
		n, err := master.Read(chunk)
		printed = append(printed, chunk[:n]...)
		if err != nil { // EIO, once the program has ended
			break
		}
	}
	if err := cmd.Wait(); err != nil {
		t.Errorf("the program ended with %v: %q", err, printed)
	}
	return printed
}
