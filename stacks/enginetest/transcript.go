package enginetest

import (
	"crypto/sha256"
	"encoding/hex"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// Transcript compares what a command printed with the block of a document that
// shows it, which begins with a comment of its name; with the flag -update of the
// test's package it is written there. What differs from run to run is replaced,
// and so is what a test names in pairs.
func Transcript(t *testing.T, root, document, name, printed string, replaced ...string) {
	t.Helper()
	path := filepath.Join(root, document)
	text, err := os.ReadFile(path)
	must(t, err)
	block := regexp.MustCompile("(?s)(<!-- transcript: " + name + " -->\n```text\n)(.*?)(```\n)")
	found := block.FindSubmatchIndex(text)
	if found == nil {
		t.Fatalf("%s has no transcript %s", document, name)
	}
	settled := settled(strings.NewReplacer(replaced...).Replace(printed))
	if got := string(text[found[4]:found[5]]); got == settled {
		return
	}
	if update := flag.Lookup("update"); update == nil || update.Value.String() != "true" {
		t.Errorf("%s shows under %s\n%s\nand printed was\n%s\nwrite it with -run %s -update",
			document, name, text[found[4]:found[5]], settled, t.Name())
		return
	}
	changed := string(text[:found[4]]) + settled + string(text[found[5]:])
	must(t, os.WriteFile(path, []byte(changed), 0o600))
}

// variable is what differs from run to run, with what stands for it.
var variable = []struct {
	pattern *regexp.Regexp
	instead string
}{
	{regexp.MustCompile(`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z`), "2026-11-29T12:00:00Z"},
	{regexp.MustCompile(`\b\d\d:\d\d:\d\d\b`), "12:00:00"},
	{regexp.MustCompile(`\(\d+ (?:s|min|h) ago\)`), "(5 min ago)"},
	{regexp.MustCompile(`\(after [\d.]+ s\)`), "(after 0.8 s)"},
	{regexp.MustCompile(`took \d+ s`), "took 2 s"},
	{regexp.MustCompile(`latency_ms=[\d.]+`), "latency_ms=0.1"},
	{regexp.MustCompile(`version=\S+ commit=\S+`), "version=v1.2.3 commit=4be1f0c92a7d"},
	{regexp.MustCompile(`address=127.0.0.1:\d+`), "address=127.0.0.1:40123"},
	{regexp.MustCompile(`process \d+`), "process 4711"},
}

// identifier is a digest, an id or a revision.
var identifier = regexp.MustCompile(
	`\b(?:[0-9a-f]{64}|[0-9a-f]{24}|[0-9a-f]{16}|[0-9a-f]{12}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\b`,
)

// settled is a text in which nothing differs from run to run: each identifier
// is made from its number in order of appearance.
func settled(text string) string {
	for _, v := range variable {
		text = v.pattern.ReplaceAllString(text, v.instead)
	}
	numbers := map[string]int{}
	return identifier.ReplaceAllStringFunc(text, func(id string) string {
		if _, seen := numbers[id]; !seen {
			numbers[id] = len(numbers)
		}
		sum := sha256.Sum256(fmt.Appendf(nil, "identifier %d", numbers[id]))
		made := hex.EncodeToString(sum[:])
		if strings.Contains(id, "-") {
			return made[:8] + "-" + made[8:12] + "-" + made[12:16] + "-" + made[16:20] + "-" + made[20:32]
		}
		return made[:len(id)]
	})
}
