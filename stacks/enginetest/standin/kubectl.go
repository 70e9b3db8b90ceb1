package standin

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// UseKubectl lets this process find a kubectl that answers for a cluster of
// Kubernetes 1.MINOR which serves these groups of APIs.
func UseKubectl(t *testing.T, minor int, groups ...string) {
	t.Helper()
	folder := t.TempDir()
	served := filepath.Join(folder, "groups")
	version := fmt.Sprintf(`{"serverVersion":{"major":"1","minor":"%d","gitVersion":"v1.%d.2"}}`, minor, minor)
	script := fmt.Sprintf(`#!/bin/sh
case "$1 $2" in
"version --output=json") echo '%s' ;;
"get --raw")
	grep -qxF "${3#/apis/}" '%s' && exit
	echo 'Error from server (NotFound): the server could not find the requested resource' >&2
	exit 1 ;;
*)
	echo "unknown command $*" >&2
	exit 1 ;;
esac
`, version, served)
	for name, text := range map[string]string{"kubectl": script, "groups": strings.Join(groups, "\n") + "\n"} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("PATH", folder+string(os.PathListSeparator)+os.Getenv("PATH"))
}
