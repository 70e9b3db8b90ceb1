package readiness

import (
	"encoding/json"
	"io"
	"os"
	"slices"
	"strings"
)

// tailLines is how many lines of a log explain a failure, tailBytes how much of
// the file is read for them, tailWidth how long a line is shown.
const (
	tailLines = 20
	tailBytes = 256 << 10
	tailWidth = 400
)

// Tail returns up to n last lines of a file, shortened; none if it cannot be
// read, since a log is an explanation and not a condition. Left out are the
// requests of a deployment's own questions, lines that repeat an earlier one,
// and lines that say again what is said already.
func Tail(path string, n int, said ...string) []string {
	if path == "" {
		return nil
	}
	file, err := os.Open(path)
	if err != nil {
		return nil
	}
	defer file.Close()
	cut := false
	if info, err := file.Stat(); err == nil && info.Size() > tailBytes {
		if _, err := file.Seek(-tailBytes, io.SeekEnd); err != nil {
			return nil
		}
		cut = true
	}
	text, err := io.ReadAll(io.LimitReader(file, tailBytes))
	if err != nil {
		return nil
	}
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	if cut {
		lines = lines[1:] // the first one is a part of a line
	}
	lines = telling(lines, said)
	lines = lines[max(0, len(lines)-n):]
	for i := range lines {
		lines[i] = oneLine(lines[i], tailWidth)
	}
	return lines
}

// telling leaves out empty lines, questions of a deployment and their answers,
// and structured lines that differ from an earlier one in nothing but when and
// for whom.
func telling(lines, said []string) []string {
	seen := map[string]bool{}
	return slices.DeleteFunc(lines, func(line string) bool {
		again := func(text string) bool { return text != "" && strings.Contains(line, text) }
		if strings.TrimSpace(line) == "" || strings.Contains(line, `"/health`) || slices.ContainsFunc(said, again) {
			return true
		}
		key, structured := gist(line)
		repeated := structured && seen[key]
		seen[key] = true
		return repeated
	})
}

// gist is a line of structured log without what differs each time.
func gist(line string) (string, bool) {
	var fields map[string]any
	if json.Unmarshal([]byte(line), &fields) != nil {
		return line, false
	}
	for _, name := range []string{"time", "request_id", "trace_id", "span_id"} {
		delete(fields, name)
	}
	text, err := json.Marshal(fields)
	return string(text), err == nil
}
