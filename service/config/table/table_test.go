package table_test

import (
	"flag"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/killrvideo/killrvideo-go/service/config/table"
	"github.com/killrvideo/killrvideo-go/service/killrvideo"
)

var update = flag.Bool("update", false, "write the generated documents")

const repository = "../../../"

// TestDocumentsAreGenerated compares .env.example and the table of the service's
// README with the settings.
func TestDocumentsAreGenerated(t *testing.T) {
	t.Parallel()
	compare(t, repository+".env.example", func(string) (string, error) { return table.EnvExample(), nil })
	compare(t, repository+"service/README.md", func(document string) (string, error) {
		return table.ReplaceBlock(document, "settings", table.Markdown("variable", table.Service()))
	})
}

func compare(t *testing.T, path string, generate func(document string) (string, error)) {
	t.Helper()
	document, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	want, err := generate(string(document))
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	if *update {
		if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if string(document) != want {
		t.Errorf("%s differs from the table of settings; run: make generate", path)
	}
}

// TestEverySettingIsComplete: a document line, a name once, a default and an
// example that its own rule accepts; a placeholder that it refuses.
func TestEverySettingIsComplete(t *testing.T) {
	t.Parallel()
	names, keys := map[string]bool{}, map[string]bool{}
	for _, s := range table.Service() {
		if names[s.Name] || s.StackKey != "" && keys[s.StackKey] {
			t.Errorf("%s is there twice", s.Name)
		}
		names[s.Name], keys[s.StackKey] = true, true
		if s.Doc == "" || s.Rule.Type == "" {
			t.Errorf("%s has no documentation or no rule", s.Name)
		}
		if s.Default == "" && s.Example == "" {
			t.Errorf("%s has neither a default nor an example", s.Name)
		}
		if s.Default != "" && s.Rule.Check(s.Default) != nil {
			t.Errorf("the default of %s is refused: %v", s.Name, s.Rule.Check(s.Default))
		}
		switch placeholder := strings.HasPrefix(s.Example, "<"); {
		case s.Required && s.Rule.Check(s.Example) == nil:
			t.Errorf("%s accepts its placeholder", s.Name)
		case placeholder != (s.Required || s.Secret):
			t.Errorf("the example of %s is %q; a secret or required one is a placeholder", s.Name, s.Example)
		case !placeholder && s.Example != "" && s.Rule.Check(s.Example) != nil:
			t.Errorf("the example of %s is refused: %v", s.Name, s.Rule.Check(s.Example))
		}
	}
}

func TestRules(t *testing.T) {
	t.Parallel()
	token := "AstraCS:generated:" + strings.Repeat("0a", 32)
	for name, test := range map[string]struct {
		rule           table.Rule
		accept, refuse []string
	}{
		"integer":    {table.Integer(1, 3), []string{"1", "3"}, []string{"0", "4", "1.5", "one", "-1"}},
		"generation": {table.Generation(), []string{"0", "20261126"}, []string{"-1", "next", "1000000000"}},
		"boolean":    {table.Boolean(), []string{"true", "false"}, []string{"perhaps", "2"}},
		"one of":     {table.OneOf("on", "off"), []string{"on", "OFF"}, []string{"no"}},
		"also":       {table.OneOf("WARN").Also("WARNING"), []string{"warn", "warning"}, []string{"LOUD"}},
		"ratio":      {table.Ratio(), []string{"0", "0.25", "1"}, []string{"1.01", "-0.1", "NaN", "half"}},
		"keyspace":   {table.Keyspace(), []string{"a", "killr_video2"}, []string{"1a", "a-b", strings.Repeat("a", 49)}},
		"time":       {table.Time(), []string{"2026-01-31T12:00:00Z"}, []string{"soon", "2026-01-31"}},
		"token":      {table.AstraToken(), []string{token}, []string{token[:len(token)-1], "AstraCS:a", " " + token}},
		"secret":     {table.SecretText(), []string{"abc"}, []string{"a b", "a\n"}},
		"bearer": {table.BearerToken(), []string{"0123456789abcdef", "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"},
			[]string{"abc", "0123456789abcde", "0123456789 abcdef", "<output-of-openssl-rand-hex-32>"}},
		"headers":  {table.Headers(), []string{"a=b", "a=b,c=d=e"}, []string{"a", "=b"}},
		"emails":   {table.Emails(), []string{"ada@example.com", "a@b.c, d@e.f"}, []string{"ada", "Ada <ada@example.com>"}},
		"roles":    {table.Roles(), []string{"viewer", "Creator,viewer"}, []string{"moderator"}},
		"networks": {table.Networks(), []string{"none", "private,203.0.113.7", "10.0.0.0/8"}, []string{"everywhere", "10.0.0.0/33"}},
		"origins": {table.Origins(), []string{"*", "https://a.example", "http://a:3000, https://b/"},
			[]string{"a.example", "https://a/b", "*,https://a", "https://u@a", "https://*.a"}},
		"collector": {table.Collector(), []string{"http://collector:4318"}, []string{"collector:4318", "http://u:p@c", "http://c:0", "ftp://c"}},
		"data API": {table.AstraEndpoint(false, true), []string{"https://a.b/", "http://localhost:1", "http://[::1]:1", "http://dataapi:8181"},
			[]string{"http://a.b", "https://a.b/path", "https://u@a", "https://a?b", "a.b"}},
		"other API": {table.AstraEndpoint(true, false), []string{"https://a.b/v2", "http://127.0.0.1:1/v2"},
			[]string{"http://dataapi:8181", "https://a.b/", "https://a.b/v2#c"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, value := range test.accept {
				if err := test.rule.Check(value); err != nil {
					t.Errorf("%q: %v", value, err)
				}
			}
			for _, value := range test.refuse {
				err := test.rule.Check(value)
				if err == nil {
					t.Errorf("%q is accepted", value)
				} else if strings.Contains(err.Error(), value) && len(value) > 4 && test.rule.Private {
					t.Errorf("the error holds the value: %v", err)
				}
			}
		})
	}
}

func TestTheLongestTokenIsTheDomains(t *testing.T) {
	t.Parallel()
	if table.MaxTokenMinutes != int(killrvideo.MaxAccessLifetime/time.Minute) {
		t.Errorf("%d minutes, and the domain allows %v", table.MaxTokenMinutes, killrvideo.MaxAccessLifetime)
	}
}

func TestReplaceBlock(t *testing.T) {
	t.Parallel()
	const document = "a\n<!-- generated: x -->\nold\n<!-- end: x -->\nb\n"
	got, err := table.ReplaceBlock(document, "x", "new\n")
	if err != nil || got != "a\n<!-- generated: x -->\nnew\n<!-- end: x -->\nb\n" {
		t.Errorf("%q, %v", got, err)
	}
	if _, err := table.ReplaceBlock(document, "y", ""); err == nil {
		t.Error("a block that is not there is replaced")
	}
}
