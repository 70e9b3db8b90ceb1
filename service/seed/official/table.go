package official

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
)

// each visits the rows of a file, which must have the columns; others are
// skipped.
func (r *reader) each(name string, columns []string, visit func(row) error) error {
	file, err := r.folder.Open(name)
	if err != nil {
		return fmt.Errorf("open %s: %w", name, err)
	}
	defer file.Close()
	records := csv.NewReader(withoutMark(file))
	at, err := header(name, records, columns)
	if err != nil {
		return err
	}
	for {
		values, err := records.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("%s is no proper CSV; put texts with commas, quotes or line breaks in double quotes: %w", name, err)
		}
		line, _ := records.FieldPos(0)
		if err := visit(row{file: name, line: line, at: at, values: values}); err != nil {
			return err
		}
	}
}

// withoutMark drops the byte order mark that spreadsheets put before a file.
func withoutMark(in io.Reader) io.Reader {
	buffered := bufio.NewReader(in)
	if mark, _ := buffered.Peek(3); string(mark) == "\uFEFF" {
		_, _ = buffered.Discard(3)
	}
	return buffered
}

// header gives the places of a file's columns.
func header(name string, records *csv.Reader, columns []string) (map[string]int, error) {
	names, err := records.Read()
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("%s is no proper CSV: %w", name, err)
	}
	at := make(map[string]int, len(names))
	for i, column := range names {
		at[strings.TrimSpace(column)] = i
	}
	var missing []string
	for _, column := range columns {
		if _, ok := at[column]; !ok {
			missing = append(missing, column)
		}
	}
	if len(missing) > 0 {
		return nil, fmt.Errorf("%s:1: the first line lacks the columns %s; it must name %s",
			name, strings.Join(missing, ", "), strings.Join(columns, ", "))
	}
	return at, nil
}

// row is one record of a file. The methods that read its values give zero
// after the first problem, which err keeps.
type row struct {
	file   string
	line   int
	at     map[string]int
	values []string
	err    error
}

func (r *row) place() string { return fmt.Sprintf("%s:%d", r.file, r.line) }

// wrong keeps the first problem of the row.
func (r *row) wrong(column, problem string) {
	if r.err == nil {
		r.err = fmt.Errorf("%s: column %s is %q; it must be %s", r.place(), column, r.text(column), problem)
	}
}

// text is empty for a column that the file does not have.
func (r *row) text(column string) string {
	i, ok := r.at[column]
	if !ok {
		return ""
	}
	return strings.TrimSpace(r.values[i])
}

func (r *row) id(column string) uuid.UUID {
	id, err := uuid.Parse(r.text(column))
	if err != nil {
		r.wrong(column, "a UUID")
	}
	return id
}

// date is in milliseconds, as everywhere in the service.
func (r *row) date(column string) time.Time {
	at, err := time.Parse(time.RFC3339, r.text(column))
	if err != nil {
		r.wrong(column, "a time such as 2025-08-28T05:04:35.000Z")
	}
	return at.UTC().Truncate(time.Millisecond)
}

func (r *row) number(column string, least, most int) int {
	n, err := strconv.Atoi(r.text(column))
	if err != nil || n < least || n > most {
		r.wrong(column, fmt.Sprintf("a whole number from %d to %d", least, most))
	}
	return n
}

func (r *row) yes(column string) bool {
	is, err := strconv.ParseBool(r.text(column))
	if err != nil {
		r.wrong(column, "true or false")
	}
	return is
}

func (r *row) set(column string) []string {
	elements, ok := parseSet(r.text(column))
	if !ok {
		r.wrong(column, `a set such as {"one","two"}`)
	}
	return elements
}
