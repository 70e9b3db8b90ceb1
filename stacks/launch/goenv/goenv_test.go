package goenv_test

import (
	"os"
	"testing"

	"github.com/killrvideo/killrvideo-go/stacks/launch/goenv"
)

func TestClean(t *testing.T) {
	for given, want := range map[string]string{
		"":          "",
		"-mod=mod":  "",
		"--mod=mod": "",
		"-p=1 -mod=vendor -modfile=/elsewhere/go.mod -trimpath": "-p=1 -trimpath",
		"-modcacherw": "-modcacherw",
	} {
		t.Setenv("GOFLAGS", given)
		if err := goenv.Clean(); err != nil || os.Getenv("GOFLAGS") != want {
			t.Errorf("%q became %q, %v, want %q", given, os.Getenv("GOFLAGS"), err, want)
		}
	}
}
