package archtest

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// step runs the only script of a workflow's job as GitHub does, with programs
// of the test in the place of others, and gives the folder that it ran in.
func step(t *testing.T, file, job string, programs map[string]string, env ...string) (folder string) {
	t.Helper()
	_, read := workflows(t)
	var script string
	for _, one := range read[file].Jobs[job].Steps {
		if one.Run != "" {
			script = one.Run
		}
	}
	folder = t.TempDir()
	for name, text := range programs {
		if err := os.WriteFile(filepath.Join(folder, name), []byte("#!/bin/sh\n"+text), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	run := exec.CommandContext(t.Context(), "bash", "-e", "-c", script)
	run.Dir = folder
	run.Env = append([]string{"PATH=" + folder + ":" + os.Getenv("PATH"), "GITHUB_OUTPUT=output", "GITHUB_STEP_SUMMARY=summary"}, env...)
	if out, err := run.CombinedOutput(); err != nil {
		t.Fatalf("the script of %s ended with %v: %s", job, err, out)
	}
	return folder
}

func textOf(t *testing.T, folder, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(folder, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestThePlansCommentIsItsOwn: the workflow preview comments under the same
// name, so the last comment may be one of its.
func TestThePlansCommentIsItsOwn(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ ids, want string }{
		"the first time": {"", "pr comment 7 --body-file comment.md"},
		"later":          {"41\n42", "api --silent --method PATCH repos/o/r/issues/comments/42 --field body=@comment.md"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			const gh = `echo "$*" >> calls; case "$*" in *--paginate*) printf '%s' "$IDS" ;; esac`
			folder := step(t, "plan.yml", "comment", map[string]string{"gh": gh}, "IDS="+c.ids, "GH_REPO=o/r", "NUMBER=7", "REVIEW=nothing changes")
			calls := strings.Split(strings.TrimSpace(textOf(t, folder, "calls")), "\n")
			body := textOf(t, folder, "comment.md")
			title, _, _ := strings.Cut(body, "\n")
			if len(calls) != 2 || calls[1] != c.want || !strings.Contains(calls[0], `startswith("`+title+`")`) {
				t.Errorf("it asked GitHub %q", calls)
			}
			if !strings.Contains(body, "nothing changes") {
				t.Errorf("it says %q", body)
			}
		})
	}
}

// TestTheCommentHasTheSummaryFirst of each stack, then what changes, and leaves
// the details to the summary of the run.
func TestTheCommentHasTheSummaryFirst(t *testing.T) {
	t.Parallel()
	const plans = `echo "$*" > asked; for stack in dev prod; do printf '%s\n' "## stack $stack" 'exposed:' 'policy: 25 rules' ` +
		`'from main to this checkout:' 'changed:' '' 'details, every resource and input:' '' 'a:b:C it'; done`
	folder := step(t, "plan.yml", "plan", map[string]string{"make": plans, "openssl": "echo mark"}, "BASE=main")
	one := "exposed:\npolicy: 25 rules\nfrom main to this checkout:\nchanged:\n\n"
	if got, want := textOf(t, folder, "output"), "review<<mark\n## stack dev\n"+one+"## stack prod\n"+one+"\nmark\n"; got != want {
		t.Errorf("the comment is %q, want %q", got, want)
	}
	if asked := textOf(t, folder, "asked"); asked != "plans DIFF=main DETAILS=1\n" {
		t.Errorf("it asked make for %q", asked)
	}
	if summary := textOf(t, folder, "summary"); strings.Count(summary, "a:b:C it") != 2 {
		t.Errorf("the summary of the run is %q", summary)
	}
}

// TestALongReviewSaysThatItIsCut and where the rest is.
func TestALongReviewSaysThatItIsCut(t *testing.T) {
	t.Parallel()
	for lines, cut := range map[string]bool{"3": false, "30000": true} {
		plans := "echo '## stack dev'; echo 'from main to this checkout:'; seq " + lines + "; echo; echo 'details, every resource and input:'"
		folder := step(t, "plan.yml", "plan", map[string]string{"make": plans, "openssl": "echo mark"}, "BASE=main")
		output := textOf(t, folder, "output")
		if strings.Contains(output, "the summary of the run has the rest") != cut || len(output) > 60_000 {
			t.Errorf("%s lines of a review make %d bytes, which end with %q", lines, len(output), output[len(output)-80:])
		}
		if summary := textOf(t, folder, "summary"); !strings.Contains(summary, "\n"+lines+"\n") {
			t.Errorf("the summary of %s lines ends before", lines)
		}
	}
}
