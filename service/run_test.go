package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/killrvideo/killrvideo-go/service/config"
	"github.com/killrvideo/killrvideo-go/service/store/astratest"
)

func TestCtrlCSkipsTheGraceTime(t *testing.T) {
	t.Parallel()
	p := start(t, settings("SHUTDOWN_GRACE_SECONDS=300")...)
	if err := p.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if code := p.end(t); code != 0 {
		t.Errorf("exit code %d: %s", code, p.out)
	}
}

func TestSecondSignalEndsImmediately(t *testing.T) {
	t.Parallel()
	p := start(t, settings("SHUTDOWN_GRACE_SECONDS=300")...)
	if err := p.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	p.out.line(t, "draining")
	if err := p.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if code := p.end(t); code != -1 {
		t.Errorf("exit code %d", code)
	}
}

func TestHealthcheck(t *testing.T) {
	t.Parallel()
	p := start(t, settings()...)
	port := p.url[strings.LastIndex(p.url, ":")+1:]
	check := func(port string) (int, string) {
		cmd := exec.Command(binary, "-healthcheck")
		// As in a container: nothing but the port, and a proxy that must not matter.
		cmd.Env, cmd.Dir = []string{"PORT=" + port, "HTTP_PROXY=http://127.0.0.1:1"}, t.TempDir()
		out, _ := cmd.CombinedOutput()
		return cmd.ProcessState.ExitCode(), string(out)
	}
	if code, out := check(port); code != 0 || out != "" {
		t.Errorf("healthy: %d %s", code, out)
	}
	if err := p.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	p.end(t)
	if code, out := check(port); code != exitFailed || !strings.Contains(out, "does not answer") {
		t.Errorf("gone: %d %s", code, out)
	}
}

func TestStartLogsTheMaskedSettingsOnce(t *testing.T) {
	t.Parallel()
	key := astratest.SigningKey()
	p := start(t, settings("JWT_SECRET_KEY="+key, "LOG_LEVEL=DEBUG", "NVIDIA_API_KEY=canary-nvidia",
		"ASTRA_DB_READ_ONLY_TOKEN="+unknownToken)...)
	status(t, p.url+"/health/ready")
	status(t, p.url+"/api/v1/videos/latest")
	line := p.out.line(t, "listening")
	settings := line["config"].(map[string]any)
	if line["revision"] != "r1" || settings["astra_db_application_token"] != "***" || settings["jwt_secret_key_previous"] != "unset" {
		t.Errorf("got %v", line)
	}
	for _, secret := range []string{"canary", key} {
		if strings.Contains(p.out.String(), secret) {
			t.Errorf("a secret is in the log: %s", p.out)
		}
	}
	if n := strings.Count(p.out.String(), `"msg":"listening"`); n != 1 {
		t.Errorf("%d lines of settings", n)
	}
}

func TestUnusableSettings(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		args, env []string
		want      string
	}{
		"no settings": {nil, nil, "ASTRA_DB_APPLICATION_TOKEN"},
		"weak key":    {nil, settings("JWT_SECRET_KEY=canary"), "JWT_SECRET_KEY: is too short"},
		"bad flag":    {[]string{"-workers", "4"}, settings(), "workers"},
		"bad port":    {[]string{"-port", "canary"}, settings(), "PORT: must be"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var out, text bytes.Buffer
			err := Run(t.Context(), test.args, test.env, &out)
			if code := report(&text, err); code != exitSettings || !strings.Contains(text.String(), test.want) {
				t.Errorf("exit code %d: %s", code, text.String())
			}
			if out.Len() > 0 || strings.Contains(text.String(), "canary") {
				t.Errorf("printed %s%s", out.String(), text.String())
			}
		})
	}
}

func TestHelp(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	if err := Run(t.Context(), []string{"-help"}, nil, &out); err != nil || !strings.Contains(out.String(), "-jwt-secret-key-file") {
		t.Errorf("%v %s", err, out.String())
	}
}

func TestPortInUseIsReported(t *testing.T) {
	t.Parallel()
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	port := strconv.Itoa(taken.Addr().(*net.TCPAddr).Port)
	err = Run(t.Context(), []string{"-port", port}, settings(), newOutput())
	if !errors.Is(err, syscall.EADDRINUSE) || !strings.Contains(err.Error(), "PORT "+port+" is in use") {
		t.Errorf("got %v", err)
	}
	var text bytes.Buffer
	if code := report(&text, err); code != exitFailed {
		t.Errorf("exit code %d", code)
	}
	err = Run(t.Context(), []string{"-host", "256.0.0.1"}, settings(), newOutput())
	if err == nil || !strings.Contains(err.Error(), "check HOST and PORT") {
		t.Errorf("got %v", err)
	}
}

func TestRunEndsWithItsContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	out, ended := newOutput(), make(chan error, 1)
	go func() { ended <- Run(ctx, []string{"-shutdown-grace-seconds", "0"}, settings(), out) }()
	out.line(t, "listening")
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

// The collector is lazy only where the memory limit allows that.
func TestTheGarbageCollectorFollowsTheMemoryLimit(t *testing.T) {
	t.Parallel()
	for mib, want := range map[int]float64{128: 100, 512: 200} {
		p := start(t, settings(fmt.Sprintf("GOMEMLIMIT=%dMiB", mib))...)
		if got := p.out.line(t, "memory limit")["gc_percent"]; got != want {
			t.Errorf("%d MiB: GOGC is %v, want %v", mib, got, want)
		}
		_ = p.Process.Signal(os.Interrupt)
		p.end(t)
	}
}

func TestLogFormats(t *testing.T) {
	t.Parallel()
	for format, isJSON := range map[string]bool{config.LogAuto: true, config.LogJSON: true, config.LogText: false} {
		var out bytes.Buffer // no terminal
		slog.New(logHandler(&out, config.Config{LogFormat: format})).Info("request", "path", "/api/v1/videos")
		if json.Valid(out.Bytes()) != isJSON || !strings.Contains(out.String(), "/api/v1/videos") {
			t.Errorf("%s wrote %s", format, &out)
		}
	}
}
