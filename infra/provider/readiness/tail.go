package readiness

import (
	"io"
	"os"
	"strings"
)

// tailLines is how many lines of a log explain a failure, tailBytes how much of
// the file is read for them, tailWidth how long a line is shown.
const (
	tailLines = 20
	tailBytes = 32 << 10
	tailWidth = 400
)

// Tail returns up to n last lines of a file, shortened; none if it cannot be
// read, since a log is an explanation and not a condition.
func Tail(path string, n int) []string {
	if path == "" {
		return nil
	}
	file, err := os.Open(path)
	if err != nil {
		return nil
	}
	defer file.Close()
	if info, err := file.Stat(); err == nil && info.Size() > tailBytes {
		if _, err := file.Seek(-tailBytes, io.SeekEnd); err != nil {
			return nil
		}
	}
	text, err := io.ReadAll(io.LimitReader(file, tailBytes))
	if err != nil {
		return nil
	}
	trimmed := strings.TrimSpace(string(text))
	if trimmed == "" {
		return nil
	}
	lines := strings.Split(trimmed, "\n")
	lines = lines[max(0, len(lines)-n):]
	for i := range lines {
		lines[i] = oneLine(lines[i], tailWidth)
	}
	return lines
}
