package rowstore

import (
	"encoding/binary"
	"errors"

	"github.com/killrvideo/killrvideo-go/astra/local/schema"
	"github.com/killrvideo/killrvideo-go/astra/local/value"
)

// marked is the flag of a row that an INSERT made: it stays when its last
// other column is deleted. A row that only an UPDATE created does not.
const marked = 1

var errCorruptRow = errors.New("stored row is corrupt")

func encodeRow(t *schema.Table, row Row, insert bool) []byte {
	out := []byte{0}
	if insert {
		out[0] = marked
	}
	for _, c := range t.Columns {
		v := row[c.Name]
		if value.Empty(v) {
			continue
		}
		b := value.Append(nil, v)
		out = binary.AppendUvarint(out, uint64(c.ID))
		out = binary.AppendUvarint(out, uint64(len(b)))
		out = append(out, b...)
	}
	return out
}

// decodeRow rebuilds a row; want limits it to some columns, nil means all.
func decodeRow(t *schema.Table, b []byte, want map[string]bool) (Row, bool, error) {
	row := Row{}
	insert, err := eachValue(t, b, func(c schema.Column, raw []byte) error {
		if want != nil && !want[c.Name] {
			return nil
		}
		v, err := value.Read(c.Type, raw)
		row[c.Name] = v
		return err
	})
	if err != nil {
		return nil, false, err
	}
	return row, insert, nil
}

// eachValue visits the stored values of a row, and reports whether an INSERT
// made it. Columns that the table has no longer are left out.
func eachValue(t *schema.Table, b []byte, visit func(schema.Column, []byte) error) (insert bool, err error) {
	if len(b) == 0 {
		return false, errCorruptRow
	}
	insert = b[0]&marked != 0
	at := 0
	for b = b[1:]; len(b) > 0; {
		id, w := binary.Uvarint(b)
		if w <= 0 {
			return false, errCorruptRow
		}
		n, x := binary.Uvarint(b[w:])
		if x <= 0 || uint64(len(b)-w-x) < n {
			return false, errCorruptRow
		}
		raw := b[w+x : w+x+int(n)]
		b = b[w+x+int(n):]
		for at < len(t.Columns) && t.Columns[at].ID < int(id) {
			at++
		}
		if at == len(t.Columns) || t.Columns[at].ID != int(id) {
			continue
		}
		if err := visit(t.Columns[at], raw); err != nil {
			return false, err
		}
	}
	return insert, nil
}

// Vector reads the vector of a column into a slice, which it returns, grown
// if it had to. It is empty for a row without one.
func (s Stored) Vector(column string, into []float32) ([]float32, error) {
	into = into[:0]
	_, err := eachValue(s.table, s.bytes, func(c schema.Column, raw []byte) error {
		if c.Name == column {
			into = value.AppendFloats(into, raw)
		}
		return nil
	})
	return into, err
}
