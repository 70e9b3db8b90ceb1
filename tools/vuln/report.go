package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"go/version"
	"io"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
)

// finding is what is read of govulncheck's: the vulnerability, and the module
// and package that have it.
type finding struct {
	OSV          string `json:"osv"`
	FixedVersion string `json:"fixed_version"`
	Trace        []struct {
		Module  string `json:"module"`
		Version string `json:"version"`
		Package string `json:"package"`
	} `json:"trace"`
}

// parse gives the findings in packages that are compiled, one for each
// vulnerability and module that has it. A vulnerable package that no one imports
// is left out.
func parse(stream io.Reader) ([]finding, error) {
	var all []finding
	seen := map[[2]string]bool{}
	for decoder := json.NewDecoder(stream); ; {
		var message struct{ Finding *finding }
		switch err := decoder.Decode(&message); {
		case errors.Is(err, io.EOF):
			return all, nil
		case err != nil:
			return nil, fmt.Errorf("read what govulncheck prints: %w", err)
		}
		f := message.Finding
		if f == nil || len(f.Trace) == 0 || f.Trace[0].Package == "" {
			continue
		}
		if key := [2]string{f.OSV, f.Trace[0].Module}; !seen[key] {
			seen[key] = true
			all = append(all, *f)
		}
	}
}

// acceptance is one line of accepted.txt.
type acceptance struct {
	module, osv, reason string
	used                bool
}

// readAccepted reads lines of module, vulnerability (or * for all) and reason.
func readAccepted(name string) ([]*acceptance, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("read what is accepted: %w", err)
	}
	defer file.Close()
	var all []*acceptance
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		line := strings.TrimSpace(lines.Text())
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		fields := strings.Fields(line)
		if len(fields) < 5 {
			return nil, fmt.Errorf("%s: %q must be a module, a vulnerability or *, and a reason", name, line)
		}
		all = append(all, &acceptance{module: fields[0], osv: fields[1], reason: strings.Join(fields[2:], " ")})
	}
	return all, lines.Err()
}

var goImage = regexp.MustCompile(`(?m)^ARG GO_IMAGE=golang:([0-9.]+)`)

// releaseGo is the version of Go that images are built with.
func releaseGo(dockerfile string) (string, error) {
	text, err := os.ReadFile(dockerfile)
	if err != nil {
		return "", fmt.Errorf("find the version of Go of releases: %w", err)
	}
	found := goImage.FindSubmatch(text)
	if found == nil {
		return "", fmt.Errorf("%s has no line ARG GO_IMAGE=golang:<version>", dockerfile)
	}
	return "go" + string(found[1]), nil
}

// report sorts findings into those that fail and those that are only printed.
type report struct {
	accepted  []*acceptance
	releaseGo string
	bad       []string
	known     map[string][]string // by module and reason
	outdated  map[string]bool     // of the standard library, in whatever module
}

func (r *report) add(module string, found []finding) {
	for _, f := range found {
		at := f.Trace[0]
		line := fmt.Sprintf("%s: %s in %s@%s, package %s, fixed in %s", module, f.OSV, at.Module, at.Version, at.Package, f.FixedVersion)
		switch reason := r.reason(module, f.OSV); {
		case at.Module == "stdlib" && f.FixedVersion != "" &&
			version.Compare("go"+strings.TrimPrefix(f.FixedVersion, "v"), r.releaseGo) <= 0:
			r.outdated[fmt.Sprintf("%s in package %s, fixed in Go %s", f.OSV, at.Package, f.FixedVersion)] = true
		case reason != "":
			r.known[module+": "+reason] = append(r.known[module+": "+reason], f.OSV)
		default:
			r.bad = append(r.bad, line)
		}
	}
}

func (r *report) reason(module, osv string) string {
	for _, a := range r.accepted {
		if a.module == module && (a.osv == osv || a.osv == "*") {
			a.used = true
			return a.reason
		}
	}
	return ""
}

func (r *report) print(out io.Writer) error {
	write := func(title string, lines []string) {
		if len(lines) > 0 {
			fmt.Fprintf(out, "%s:\n  %s\n", title, strings.Join(lines, "\n  "))
		}
	}
	var known []string
	for _, reason := range slices.Sorted(maps.Keys(r.known)) {
		known = append(known, reason+"\n    "+strings.Join(r.known[reason], " "))
	}
	write("accepted in tools/vuln/accepted.txt", known)
	write(
		"in the Go of this machine; images are built with "+r.releaseGo+", which has the fix; update Go",
		slices.Sorted(maps.Keys(r.outdated)),
	)
	for _, a := range r.accepted {
		if !a.used {
			r.bad = append(
				r.bad,
				fmt.Sprintf("%s %s is accepted and no longer found; remove its line from tools/vuln/accepted.txt", a.module, a.osv),
			)
		}
	}
	if len(r.bad) > 0 {
		return fmt.Errorf("update, or accept with a reason in tools/vuln/accepted.txt:\n  %s", strings.Join(r.bad, "\n  "))
	}
	fmt.Fprintln(out, "no unaccepted vulnerability in", len(modules), "modules")
	return nil
}
