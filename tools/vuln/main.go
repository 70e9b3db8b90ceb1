// Command vuln runs the pinned govulncheck over the modules of this repository
// against the Go vulnerability database, and fails on a vulnerable package that
// is compiled and not accepted in accepted.txt. It decides nothing about what a
// vulnerability is; that is govulncheck's.
package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// modules are scanned by their packages and tests; those below tools by the
// programs that they pin.
var modules = []string{".", "astra", "infra", "service", "stacks/launch",
	"tools/benchstat", "tools/golangci", "tools/gotestsum", "tools/language-go", "tools/lint", "tools/pulumi", "tools/vuln"}

func main() {
	root := flag.String("root", ".", "folder of the repository")
	version := flag.String("db", pinnedDatabase, "version of the module golang.org/x/vulndb, such as latest, or the URL of a database")
	required := flag.Bool("required", false, "fail when the database cannot be had")
	flag.Parse()
	err := run(os.Stdout, *root, *version)
	if errors.Is(err, errNoDatabase) && !*required {
		fmt.Fprintln(os.Stdout, "NOT SCANNED:", err)
		return
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "vuln:", err)
		os.Exit(1)
	}
}

func run(out io.Writer, root, version string) error {
	root, err := filepath.Abs(root)
	if err != nil {
		return err
	}
	db, err := database(version)
	if err != nil {
		return err
	}
	r := &report{known: map[string][]string{}, outdated: map[string]bool{}}
	if r.accepted, err = readAccepted(filepath.Join(root, "tools/vuln/accepted.txt")); err != nil {
		return err
	}
	if r.releaseGo, err = releaseGo(filepath.Join(root, "Dockerfile")); err != nil {
		return err
	}
	for _, module := range modules {
		found, err := scan(root, module, db)
		if err != nil {
			return err
		}
		r.add(module, found)
	}
	return r.print(out)
}

// scan gives what govulncheck finds in the packages that a module compiles. It
// stops short of call graphs: they cost minutes and gigabytes for the clouds'
// SDKs, and what is compiled in and not called today may be called tomorrow.
func scan(root, module, db string) ([]finding, error) {
	what := []string{"-test", "./..."}
	if strings.HasPrefix(module, "tools/") {
		what = []string{"tool"}
	}
	cmd := exec.Command("go", append([]string{"tool", "govulncheck",
		"-C", filepath.Join(root, module), "-db", db, "-scan", "package", "-format", "json"}, what...)...)
	cmd.Dir = filepath.Join(root, "tools/vuln")
	var problems bytes.Buffer
	cmd.Stderr = &problems
	text, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("scan module %s: %w\n%s", module, err, problems.String())
	}
	return parse(bytes.NewReader(text))
}
