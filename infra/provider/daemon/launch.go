package daemon

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
)

// inherited are the variables a program gets from its starter.
var inherited = [...]string{"PATH", "HOME", "TMPDIR"}

// launch starts the program in a session of its own, so that neither a closed
// terminal nor the end of the starter ends it.
func (s Spec) launch(logFile string, more []string) (Identity, error) {
	log, err := openLog(logFile)
	if err != nil {
		return Identity{}, err
	}
	defer log.Close()
	cmd := exec.Command(s.Command, s.Args...)
	cmd.Dir = s.WorkingDir
	cmd.Env = append(s.environment(), more...)
	cmd.Stdout, cmd.Stderr = log, log
	if err := detach(cmd); err != nil {
		return Identity{}, err
	}
	if err := cmd.Start(); err != nil {
		return Identity{}, fmt.Errorf("start %s in %s: %w", s.Command, s.WorkingDir, err)
	}
	pid := cmd.Process.Pid
	// It is not waited for: it lives longer than this process.
	if err := cmd.Process.Release(); err != nil {
		return Identity{}, fmt.Errorf("let go of process %d: %w", pid, err)
	}
	id, err := identify(pid)
	if err != nil {
		// It has ended already, most likely; its pid stays its own until this
		// process ends, so this can hit no other. The wait for health
		// finds it dead and explains with the log.
		_ = killSession(pid)
	}
	return id, nil
}

func (s Spec) environment() []string {
	env := []string{}
	for _, name := range inherited {
		if value, ok := os.LookupEnv(name); ok {
			env = append(env, name+"="+value)
		}
	}
	for name, value := range s.Env {
		env = append(env, name+"="+value)
	}
	return env
}

// openLog begins a new log and keeps the one of the start before beside it.
func openLog(path string) (*os.File, error) {
	if err := os.Rename(path, path+".1"); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("keep the previous log: %w", err)
	}
	log, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_APPEND, fileMode)
	if err != nil {
		return nil, fmt.Errorf("open the log: %w", err)
	}
	return log, nil
}
