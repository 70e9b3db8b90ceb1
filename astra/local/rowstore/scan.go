package rowstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/killrvideo/killrvideo-go/astra/local/schema"
)

// Span is a range of keys, Lo included and Hi not; a nil Hi has no end.
type Span struct{ Lo, Hi []byte }

// Stored is a row in its stored form, so that a caller can decide by a part of it
// whether to decode the rest. In a scan it is valid until the visit ends.
type Stored struct {
	table *schema.Table
	bytes []byte
}

// VisitStored is called with a stored row and reports whether the scan continues.
type VisitStored func(key []byte, row Stored) (more bool, err error)

// Row decodes some columns; nil means all.
func (s Stored) Row(columns map[string]bool) (Row, error) {
	row, _, err := decodeRow(s.table, s.bytes, columns)
	return row, err
}

func rowsTable(t *schema.Table) string { return fmt.Sprintf("r%d", t.ID) }

func indexTable(i schema.Index) string { return fmt.Sprintf("i%d", i.ID) }

// Get reads one row by its key.
func (s *Store) Get(ctx context.Context, t *schema.Table, key []byte) (Stored, bool, error) {
	stmt, err := s.prepared("SELECT v FROM " + rowsTable(t) + " WHERE k = ?")
	if err != nil {
		return Stored{}, false, err
	}
	var v []byte
	err = stmt.QueryRowContext(ctx, key).Scan(&v)
	if errors.Is(err, sql.ErrNoRows) {
		return Stored{}, false, nil
	}
	return Stored{t, v}, err == nil, err
}

// Scan visits the rows of a span in key order, or backwards.
func (s *Store) Scan(ctx context.Context, t *schema.Table, span Span, backwards bool, visit VisitStored) (bool, error) {
	rows, err := s.query(ctx, "SELECT k, v FROM "+rowsTable(t), span, backwards)
	if err != nil {
		return false, err
	}
	defer rows.Close()
	for rows.Next() {
		var k, v sql.RawBytes
		if err := rows.Scan(&k, &v); err != nil {
			return false, err
		}
		if more, err := visit(append([]byte{}, k...), Stored{t, v}); !more || err != nil {
			return false, err
		}
	}
	return true, rows.Err()
}

// where is the condition of the span with its arguments.
func (s Span) where() (string, []any) {
	lo := s.Lo
	if lo == nil {
		lo = []byte{}
	}
	if s.Hi == nil {
		return " WHERE k >= ?", []any{lo}
	}
	return " WHERE k >= ? AND k < ?", []any{lo, s.Hi}
}

func (s *Store) query(ctx context.Context, q string, span Span, backwards bool) (*sql.Rows, error) {
	where, args := span.where()
	q += where + " ORDER BY k"
	if backwards {
		q += " DESC"
	}
	stmt, err := s.prepared(q)
	if err != nil {
		return nil, err
	}
	return stmt.QueryContext(ctx, args...)
}

// IndexKeys lists the keys of the rows that an index holds under a prefix, in
// key order, beginning after a key.
func (s *Store) IndexKeys(ctx context.Context, i schema.Index, prefix, after []byte, limit int) ([][]byte, error) {
	lo := append(append([]byte{}, prefix...), after...)
	if after != nil {
		lo = append(lo, 0)
	}
	rows, err := s.query(ctx, "SELECT k FROM "+indexTable(i), Span{lo, After(prefix)}, false)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var keys [][]byte
	for len(keys) < limit && rows.Next() {
		var k []byte
		if err := rows.Scan(&k); err != nil {
			return nil, err
		}
		keys = append(keys, k[len(prefix):])
	}
	return keys, rows.Err()
}
