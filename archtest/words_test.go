package archtest

import (
	"bytes"
	"path"
	"regexp"
	"strings"
	"testing"
)

// replacements has the words that the style refuses, each with the plain words
// for it. A pattern matches whole words, in prose and in identifiers.
func replacements() []replacement {
	return []replacement{
		{"nobody", "no one, none"},
		{"somebody|anybody|everybody", "a user, a caller, anyone, everyone"},
		{"whoever|whosoever", "the caller, the operator, anyone who"},
		{"anew", "again"},
		{"mend|mends|mended|mending", "fix, repair"},
		{"cure|cures|cured", "fix; as a noun: the command to run"},
		{"who may", "authorized, is allowed to"},
		{"may do nothing", "has no permissions"},
		{"in clear", "in plaintext"},
		{"white space", "whitespace"},
		{"is none of", "must be one of"},
		{"is no target", "unknown target"},
		{"take turns|takes turns|turn back", "mutual exclusion; lock, release, queue"},
		{"does so again|do so again|what is so", "idempotent"},
		{"what it calls", "EgressPorts, egress"},
		{"room|rooms", "package, repository; space, time"},
		{"house|houses", "repository"},
		{"door|doors", "ingress, entry point"},
		{"in vain", "without effect, fails"},
		{"naught|lest|amiss|hither|thither", "nothing, so that … not, wrong"},
	}
}

type replacement struct{ pattern, plain string }

// offence is a refused word in a line.
type offence struct {
	line        int
	word, plain string
}

var (
	camel     = regexp.MustCompile(`([\p{Ll}\d])(\p{Lu})`)
	notLetter = regexp.MustCompile(`[^\p{L}\d]+`)
)

// offences finds the refused words of a text. An identifier counts as the
// words that it consists of.
func offences(text string) (found []offence) {
	var patterns []*regexp.Regexp
	for _, r := range replacements() {
		patterns = append(patterns, regexp.MustCompile(` (`+r.pattern+`) `))
	}
	for i, line := range strings.Split(text, "\n") {
		line = strings.ToLower(notLetter.ReplaceAllString(camel.ReplaceAllString(" "+line+" ", "$1 $2"), " "))
		for p, pattern := range patterns {
			if match := pattern.FindStringSubmatch(line); match != nil {
				found = append(found, offence{line: i + 1, word: match[1], plain: replacements()[p].plain})
			}
		}
	}
	return found
}

// TestPlainWords refuses words of a private idiom in code, documents and the
// Makefile.
func TestPlainWords(t *testing.T) {
	t.Parallel()
	for _, name := range tracked(t) {
		extension := path.Ext(name)
		if name == "archtest/words_test.go" || extension != ".go" && extension != ".md" && extension != ".sh" &&
			path.Base(name) != "Makefile" && path.Base(name) != "openapi.yaml" {
			continue
		}
		for _, o := range offences(read(t, name)) {
			t.Errorf("%s:%d: %q; plain words: %s", name, o.line, o.word, o.plain)
		}
	}
}

// TestPlainWordsAreRecognised in prose and in identifiers, and only as whole
// words.
func TestPlainWordsAreRecognised(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"no one reads it, and a secure cupboard cures nothing": "cures",
		"func TestNobodySees(t *testing.T) {":                  "nobody",
		"the token, Whoever has it, counts":                    "whoever",
		"a list of who may read":                               "who may",
		"`room`":                                               "room",
		"secure, amended, indoor, whomever, household":         "",
	} {
		found := offences(text)
		if want == "" && len(found) > 0 || want != "" && (len(found) != 1 || found[0].word != want) {
			t.Errorf("%q gives %v, want %q", text, found, want)
		}
	}
	if found := offences("first\nsecond\nanew"); len(found) != 1 || found[0].line != 3 {
		t.Errorf("the third line is reported as %v", found)
	}
}

// maxLine is the longest line, in characters.
const maxLine = 140

// TestLineLength refuses lines that do not fit beside another file.
func TestLineLength(t *testing.T) {
	t.Parallel()
	for _, name := range tracked(t) {
		if extension := path.Ext(name); extension != ".go" && extension != ".sh" && !strings.HasPrefix(name, "service/api/openapi") {
			continue
		}
		text := []byte(read(t, name))
		if generated(text) {
			continue
		}
		for i, line := range bytes.Split(text, []byte("\n")) {
			if length := len([]rune(string(line))); length > maxLine {
				t.Errorf("%s:%d has %d characters, the most is %d", name, i+1, length, maxLine)
			}
		}
	}
}
