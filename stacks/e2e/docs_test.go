package e2e

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// documented is a command of a document: a whole block of a shell, or a command
// within a sentence.
type documented struct{ file, script string }

// provedElsewhere are commands that this walk does not run, because they need
// an account, a cloud's SDK or an hour, and the test that runs what is behind
// them. A test is named by its function, a command of make's own by its folder.
var provedElsewhere = map[string]string{
	`make (up|down|preview) STACK=(prod|live)`: "TestLife",
	`make (status|rollback) STACK=(prod|live)`: "TestOperate",
	`make plan STACK=(prod|live)`:              "TestGoldenPlans",
	`make plans?( STACK=prod)? DIFF=main`:      "TestCompareWithAFile",
	`make plans`:                               "TestGoldenPlans",
	`make (test|race|check)`:                   ".github/workflows/test.yml",
	`make fuzz`:                                "FuzzParse",
	`make matrix`:                              "TestFailures",
	`make generate`:                            "TestDocumentsAreGenerated",
	`make (lint|vuln)`:                         ".github/workflows/test.yml",
	`make image`:                               "TestImage",
	`make bench( SAVE=1)?`:                     "figures.sh",
	`make compile-times`:                       "tools/compile-times.sh",
	`make seed FROM=folder`:                    "TestOfficialFilesKeepTheirTotals",
	`make dev`:                                 "TestThroughMake",
	`make web FRONTEND=.*`:                     "TestWeb",
	// Without local.web they do nothing, or are refused.
	`make pulumi ARGS=config (rm|set) --path local.web(Port 8090)? --stack dev`: "TestWeb",
	`make team( STACK=(prod|live))? .*`:                                         "TestTeam",
	`make rotate WHAT=.*`:                                                       "TestOperate",
	`make new NAME=shop DIR=../shop`:                                            "TestNew",
	// Another embedded Astra plays the account there.
	`make pulumi ARGS=config (set|rm) (--secret |--path )?` +
		`(astraDatabaseId|astraRegion|astraDeployToken|local.astraPort).* --stack dev`: "TestOwnAstra",
	`make clean`: "Makefile",
	// Its commands are for the program on its own, from a released module.
	"docs/embedded-astra.md": "TestFaultsAreSetOverHTTPByTheAdministratorOnly",

	// Stack prod needs an account, and the codes are those of a stack with moderators.
	`make pulumi ARGS=config set moderatorEmails grace@example.org --stack prod`: "TestModeratorsOfAStackNeedTheirCode",
	`make pulumi ARGS=stack output moderatorCodes --show-secrets --stack prod`:   "TestModeratorsOfAStackNeedTheirCode",
}

// mentions are words for a tool, not commands to copy.
var mentions = []string{
	"go test", "go list -deps", "make pulumi", "pulumi up", "pulumi preview", "pulumi import", "pulumi config set", "pulumi …",
	`make pulumi ARGS="…"`, "kubectl rollout undo", "aws ecr batch-delete-image", "pulumi up --stack prod", "pulumi up --stack dev",
	"pulumi destroy", "pulumi package gen-sdk", "pulumi package get-schema",
}

// TestDocsWalk runs what the documents print: every block of a shell as a whole,
// every command within a sentence on its own, in a copy of the checkout with a
// deployed stack. The tools of clouds are stand-ins that take what they are
// given, so that the shell's part of it is tried; make and Pulumi are real.
func TestDocsWalk(t *testing.T) {
	t.Parallel()
	w := newWorkplace(t)
	tools := w.standIns()
	w.deploy()
	found := documents(t, w.dir)
	if len(found) < 40 {
		t.Fatalf("only %d commands were found in the documents", len(found))
	}
	for i, d := range found {
		if provedElsewhere[d.file] != "" {
			continue
		}
		t.Run(fmt.Sprintf("%s %d", d.file, i), func(t *testing.T) {
			script := filepath.Join(t.TempDir(), "script")
			text := "set -euo pipefail\n" + w.filledIn(d.script)
			if err := os.WriteFile(script, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			printed, code := w.try("bash '"+script+"'", "PATH="+tools+":"+os.Getenv("PATH"))
			if strings.Contains(d.script, "go run . -host") && strings.Contains(printed, "ASTRA_DB_APPLICATION_TOKEN") {
				return // it read the .env that was copied, and refuses its placeholders
			}
			if code != 0 {
				t.Errorf("ended with %d:\n%s\n--- printed\n%s", code, text, printed)
			}
		})
	}
	w.must("make down")
}

// documents are the commands of every document, in order.
func documents(t *testing.T, dir string) (all []documented) {
	t.Helper()
	block := regexp.MustCompile("(?ms)^```sh\n(.*?)^```")
	fenced := regexp.MustCompile("(?ms)^```.*?^```")
	inline := regexp.MustCompile("`((?:make|pulumi|openssl|gcloud|aws|kubectl|gh|curl|\\.killrvideo/bin/launch) [^`]+)`")
	files, err := exec.Command("git", "-C", checkout, "ls-files", "*.md").Output()
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range strings.Fields(string(files)) {
		text, err := os.ReadFile(filepath.Join(dir, file))
		if err != nil {
			t.Fatal(err)
		}
		example := strings.HasPrefix(file, "examples/")
		if example { // a reader stays in its folder, from block to block
			all = append(all, documented{file, "cd " + filepath.Dir(file) + "\n"})
		}
		for _, found := range block.FindAllStringSubmatch(string(text), -1) {
			if example {
				all[len(all)-1].script += found[1]
				continue
			}
			all = append(all, documented{file, found[1]})
		}
		for _, found := range inline.FindAllStringSubmatch(fenced.ReplaceAllString(string(text), ""), -1) {
			d := documented{file, found[1]}
			if !slices.Contains(mentions, d.script) && !slices.ContainsFunc(all, func(o documented) bool { return o.script == d.script }) {
				all = append(all, d)
			}
		}
	}
	return all
}

// filledIn puts values where a document leaves them to the reader.
func (w *workplace) filledIn(script string) string {
	script = strings.ReplaceAll(script, ".killrvideo/bin/launch", "PATH=${PATH#*:} .killrvideo/bin/launch")
	if strings.TrimSpace(script) == "make down" {
		return "make down && make up" // the next ones need what is deployed
	}
	script = regexp.MustCompile(`\[[A-Z]+=[a-z]+\]`).ReplaceAllString(script, "") // what may be left out
	return strings.NewReplacer(
		"DATABASE-UUID", "00000000-0000-4000-8000-00000000da7a", "<stack>", "dev", "<any other number>", "7", "STACK=…", "",
		"refresh --stack STACK", "refresh --yes --stack dev",
		"pulumi config set provider ARN", "cd stacks/ci/aws && pulumi config set provider ARN", "--stack STACK", "--stack dev",
		":8000/", fmt.Sprintf(":%d/", w.port), "local.port 8080", fmt.Sprintf("local.port %d", w.port),
		"sha256:DIGEST", "sha256:"+strings.Repeat("1", 64),
		`cd service && BENCH_SIZES="small medium large" go test`, "true as make bench does:",
	).Replace(script)
}

// standIns is a folder of tools: those of clouds take anything, make leaves out
// what is proved elsewhere, and pulumi is the real one with a backend of files.
func (w *workplace) standIns() string {
	w.t.Helper()
	dir := w.t.TempDir()
	put := func(name, text string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("#!/bin/bash\n"+text+"\n"), 0o700); err != nil {
			w.t.Fatal(err)
		}
	}
	for _, name := range []string{"gcloud", "aws", "gh", "helm", "docker", "kubectl"} {
		put(name, `[ -t 0 ] || cat >/dev/null; echo from-`+name)
	}
	real, err := exec.LookPath("make")
	if err != nil {
		w.t.Fatal(err)
	}
	var elsewhere strings.Builder
	for pattern := range provedElsewhere {
		fmt.Fprintf(&elsewhere, "[[ \"make $*\" =~ ^%s( BENCH_SIZES=.*)?$ ]] && exit 0\n", strings.ReplaceAll(pattern, " ", `\ `))
	}
	// A secret that a reader would be asked for; it opens nothing.
	put("make", elsewhere.String()+fmt.Sprintf(`PATH=${PATH#*:} # make finds its own tools
if [[ "$*" == *--secret* && ! -p /dev/stdin ]]; then
  echo 'AstraCS:generated:%s' | exec %s "$@"
fi
exec %s "$@"`, strings.Repeat("0d", 32), real, real))
	compiler, err := exec.LookPath("go")
	if err != nil {
		w.t.Fatal(err)
	}
	// TestExamples runs the tests of the examples.
	put("go", fmt.Sprintf(`case "$*" in "test ./..."|"mod tidy") exit 0 ;; esac; exec '%s' "$@"`, compiler))
	cli := enginePath(w)
	state := w.t.TempDir()
	put("pulumi", fmt.Sprintf(`[[ "$1" == up || "$1" == destroy || "$*" == "stack output"* ]] && exit 0 # needs an account
export PULUMI_BACKEND_URL='file://%s' PULUMI_CONFIG_PASSPHRASE='generated for this test' PULUMI_SKIP_UPDATE_CHECK=true
exec '%s' "$@"`, state, cli))
	return dir
}

// enginePath is the Pulumi CLI that make uses in the copy.
func enginePath(w *workplace) string {
	if built := filepath.Join(w.dir, ".killrvideo", "bin", "pulumi"); isFile(built) {
		return built
	}
	path, err := exec.LookPath("pulumi")
	if err != nil {
		w.t.Fatal(err)
	}
	return path
}

// TestWhatIsProvedElsewhereExists holds the list to what is there.
func TestWhatIsProvedElsewhereExists(t *testing.T) {
	t.Parallel()
	for command, proof := range provedElsewhere {
		if strings.HasPrefix(proof, "Test") || strings.HasPrefix(proof, "Fuzz") {
			if err := exec.Command("git", "-C", checkout, "grep", "-q", "func "+proof+"(").Run(); err != nil {
				t.Errorf("%s is said to be proved by %s, which does not exist", command, proof)
			}
			continue
		}
		if !isFile(filepath.Join(checkout, proof)) {
			t.Errorf("%s is said to be proved by %s, which does not exist", command, proof)
		}
	}
}
