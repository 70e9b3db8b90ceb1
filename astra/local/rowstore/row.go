package rowstore

import (
	"encoding/binary"
	"errors"

	"github.com/killrvideo/killrvideo-go/astra/local/schema"
	"github.com/killrvideo/killrvideo-go/astra/local/value"
)

// marked is the flag of a row that an INSERT made: it stays when its last
// other column goes. A row that only an UPDATE made does not.
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
		b := value.Append(nil, c.Type, v)
		out = binary.AppendUvarint(out, uint64(c.ID))
		out = binary.AppendUvarint(out, uint64(len(b)))
		out = append(out, b...)
	}
	return out
}

// decodeRow rebuilds a row; want limits it to some columns, nil means all.
func decodeRow(t *schema.Table, b []byte, want map[string]bool) (Row, bool, error) {
	if len(b) == 0 {
		return nil, false, errCorruptRow
	}
	insert := b[0]&marked != 0
	row := Row{}
	at := 0
	for b = b[1:]; len(b) > 0; {
		id, w := binary.Uvarint(b)
		if w <= 0 {
			return nil, false, errCorruptRow
		}
		n, x := binary.Uvarint(b[w:])
		if x <= 0 || uint64(len(b)-w-x) < n {
			return nil, false, errCorruptRow
		}
		raw := b[w+x : w+x+int(n)]
		b = b[w+x+int(n):]
		for at < len(t.Columns) && t.Columns[at].ID < int(id) {
			at++
		}
		if at == len(t.Columns) || t.Columns[at].ID != int(id) || want != nil && !want[t.Columns[at].Name] {
			continue
		}
		v, err := value.Read(t.Columns[at].Type, raw)
		if err != nil {
			return nil, false, err
		}
		row[t.Columns[at].Name] = v
	}
	return row, insert, nil
}
