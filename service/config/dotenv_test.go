package config_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/killrvideo/killrvideo-go/service/config"
)

// The values of a .env file are literal, whatever an editor puts in front.
func TestDotenvIsLiteral(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ text, want string }{
		"a word after a dollar":    {"REVISION=pa$WORD\n", "pa$WORD"},
		"in double quotes":         {"REVISION=\"pa$WORD\"\n", "pa$WORD"},
		"in single quotes":         {"REVISION='pa$WORD'\n", "pa$WORD"},
		"in braces":                {"REVISION=a${PORT}b\n", "a${PORT}b"},
		"a command":                {"REVISION=$(id)\n", "$(id)"},
		"a dollar at the end":      {"REVISION=a$\n", "a$"},
		"an escaped dollar":        {"REVISION=a\\$b\n", "a$b"},
		"a byte order mark":        {"\xef\xbb\xbfREVISION=abc\n", "abc"},
		"lines of Windows":         {"PORT=8000\r\nREVISION=abc\r\n", "abc"},
		"an equals sign":           {"REVISION=a=b==\n", "a=b=="},
		"a comment":                {"# a comment with $WORD\nREVISION=abc # and one behind\n", "abc"},
		"a number sign in a value": {"REVISION=a#b\n", "a#b"},
		"exported":                 {"export REVISION=abc\n", "abc"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), ".env")
			if err := os.WriteFile(path, []byte(test.text), 0o600); err != nil {
				t.Fatal(err)
			}
			command, err := config.Load(nil, valid(), path)
			if err != nil || command.Config.Revision != test.want {
				t.Errorf("got %q, %v, want %q", command.Config.Revision, err, test.want)
			}
		})
	}
}

func TestDotenvThatCannotBeRead(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ text, want string }{
		"no assignment": {"PORT=8000\ncanary line\n", "line 2 is not NAME=value"},
		"an open quote": {"REVISION=\"canary\n", "line 1 is not NAME=value"},
		"UTF-16":        {"\xff\xfeP\x00", "save it as UTF-8"},
	} {
		path := filepath.Join(t.TempDir(), ".env")
		if err := os.WriteFile(path, []byte(test.text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := config.Load(nil, valid(), path); err == nil || !strings.Contains(err.Error(), test.want) ||
			strings.Contains(err.Error(), "canary") {
			t.Errorf("%s: %v", name, err)
		}
	}
	folder := t.TempDir()
	if _, err := config.Load(nil, valid(), folder); err == nil || !strings.Contains(err.Error(), "is a directory") {
		t.Errorf("a folder: %v", err)
	}
}

func TestFindDotenv(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	service := filepath.Join(root, "service", "deep")
	if err := os.MkdirAll(service, 0o700); err != nil {
		t.Fatal(err)
	}
	write := func(path string) {
		if err := os.WriteFile(path, nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(filepath.Join(root, ".env"))
	if got := config.FindDotenv(service); got != "" {
		t.Errorf("outside a checkout %s was found", got)
	}
	write(filepath.Join(root, ".env.example"))
	if got := config.FindDotenv(service); got != filepath.Join(root, ".env") {
		t.Errorf("in a checkout got %q", got)
	}
	write(filepath.Join(service, ".env"))
	if got := config.FindDotenv(service); got != filepath.Join(service, ".env") {
		t.Errorf("beside the process got %q", got)
	}
}
