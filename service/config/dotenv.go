package config

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/joho/godotenv"
)

// FindDotenv is the .env file for a process in dir: the one there, else the
// nearest above it within the checkout, whose root has the example of it. It is
// "" if there is none; outside a checkout only dir counts.
func FindDotenv(dir string) string {
	here := filepath.Join(dir, ".env")
	if isFile(here) {
		return here
	}
	found := ""
	for ; ; dir = filepath.Dir(dir) {
		if path := filepath.Join(dir, ".env"); found == "" && isFile(path) {
			found = path
		}
		if isFile(filepath.Join(dir, ".env.example")) {
			return found
		}
		if dir == filepath.Dir(dir) {
			return ""
		}
	}
}

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}

// readDotenv adds what a .env file sets. An absent file is no problem.
func (s source) readDotenv(path string) {
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return
	}
	if err != nil {
		s.problems.add(path, fmt.Sprintf("cannot be read (%v)", err))
		return
	}
	values, err := parseDotenv(text)
	if err != nil {
		s.problems.add(path, err.Error())
		return
	}
	for name, value := range values {
		if strings.TrimSpace(value) != "" {
			s.env[name] = value
		}
	}
}

// Byte order marks, which editors put in front of a text.
var (
	utf8Mark   = []byte{0xEF, 0xBB, 0xBF}
	utf16Marks = [][]byte{{0xFF, 0xFE}, {0xFE, 0xFF}}
)

// parseDotenv reads NAME=value a line. Values are literal, as for
// `docker run --env-file`: $WORD stays as it is. Quotes around a value are
// taken off. Errors name the line and never quote it, since it may be a secret.
func parseDotenv(text []byte) (map[string]string, error) {
	for _, mark := range utf16Marks {
		if bytes.HasPrefix(text, mark) {
			return nil, errors.New("is UTF-16; save it as UTF-8")
		}
	}
	text = bytes.TrimPrefix(text, utf8Mark)
	values, err := godotenv.UnmarshalBytes([]byte(literal(string(text))))
	if err == nil {
		return values, nil
	}
	number := 0
	for line := range strings.Lines(string(text)) {
		number++
		if _, err := godotenv.Unmarshal(line); err != nil {
			return nil, fmt.Errorf("line %d is not NAME=value", number)
		}
	}
	return nil, errors.New("has a quote that does not end")
}

// expands is a dollar sign that the parser would take for a variable.
var expands = regexp.MustCompile(`\\?\$`)

// literal escapes every dollar sign outside single quotes, where the parser
// leaves it alone.
func literal(text string) string {
	var out strings.Builder
	for line := range strings.Lines(text) {
		_, value, _ := strings.Cut(line, "=")
		if !strings.HasPrefix(strings.TrimSpace(value), "'") {
			line = expands.ReplaceAllLiteralString(line, `\$`)
		}
		out.WriteString(line)
	}
	return out.String()
}
