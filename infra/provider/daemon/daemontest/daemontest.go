// Package daemontest is a real program for the tests of things that start
// programs: the test binary itself, run once more under another role.
package daemontest

import (
	"flag"
	"fmt"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"testing"
	"time"
)

// Role is the variable that makes the test binary the program.
const Role = "DAEMONTEST_PROGRAM"

// Main runs the tests and then cleanup, or the program if the environment asks
// for it. Call it from TestMain.
func Main(m *testing.M, cleanup ...func()) {
	if os.Getenv(Role) == "" {
		code := m.Run()
		for _, clean := range cleanup {
			clean()
		}
		os.Exit(code)
	}
	if err := program(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// program serves /health on -addr, or on the port in PORT, and, under /key, what KEY_FILE holds. With
// -fail it ends at once, with -deaf it ignores SIGTERM, with -token it writes a
// token file, with -sick it never becomes healthy.
func program(args []string) error {
	flags := flag.NewFlagSet("program", flag.ContinueOnError)
	addr := flags.String("addr", "", "where to listen")
	fail := flags.Bool("fail", false, "end at once")
	deaf := flags.Bool("deaf", false, "ignore SIGTERM")
	sick := flags.Bool("sick", false, "answer 503")
	token := flags.String("token", "", "token file to write")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if *addr == "" {
		*addr = "127.0.0.1:" + os.Getenv("PORT")
	}
	if *fail {
		return fmt.Errorf("told to fail")
	}
	if *deaf {
		signal.Ignore(syscall.SIGTERM)
	}
	if *token != "" {
		if err := os.WriteFile(*token, []byte("token-generated-for-this-test\n"), 0o600); err != nil {
			return err
		}
	}
	mux := http.NewServeMux()
	mux.HandleFunc("/health", func(w http.ResponseWriter, _ *http.Request) {
		if *sick {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	})
	mux.HandleFunc("/key", func(w http.ResponseWriter, _ *http.Request) {
		key, err := os.ReadFile(os.Getenv("KEY_FILE"))
		if err != nil {
			w.WriteHeader(http.StatusInternalServerError)
		}
		_, _ = w.Write(key)
	})
	mux.HandleFunc("/env", func(w http.ResponseWriter, _ *http.Request) {
		for _, variable := range os.Environ() {
			fmt.Fprintln(w, variable)
		}
	})
	_, _ = fmt.Fprintln(os.Stdout, "program listens on", *addr)
	server := &http.Server{Addr: *addr, Handler: mux, ReadHeaderTimeout: 10 * time.Second}
	return server.ListenAndServe()
}

// Must ends the test if there is an error.
func Must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
