package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os/exec"
	"strings"
)

// pinnedDatabase is the snapshot that every scan uses, so that a scan of one
// commit always says the same. A workflow scans weekly with the newest.
const pinnedDatabase = "v0.0.0-20261105234957-e22db6528018"

var errNoDatabase = errors.New("the vulnerability database cannot be had")

// database gives the URL of a vulnerability database. A version is downloaded
// as a Go module, from the same proxy as every dependency, and then comes from
// the module cache; govulncheck reads the folder of its OSV files.
func database(version string) (string, error) {
	if strings.Contains(version, "://") {
		return version, nil
	}
	text, err := exec.Command("go", "mod", "download", "-json", "golang.org/x/vulndb@"+version).Output()
	var module struct{ Dir, Error string }
	if decodeErr := json.Unmarshal(text, &module); decodeErr != nil || module.Dir == "" {
		return "", fmt.Errorf("download golang.org/x/vulndb@%s: %w: %s", version, errors.Join(errNoDatabase, err), module.Error)
	}
	return "file://" + module.Dir + "/data/osv", nil
}
