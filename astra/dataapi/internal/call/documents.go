package call

import (
	"fmt"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// Rows decodes the rows or documents of an answer where they stand, so that they
// are read once and not copied.
type Rows interface {
	// Begin drops what an earlier try has decoded.
	Begin()
	// DecodeNext decodes one more row.
	DecodeNext(from *jsontext.Decoder) error
}

// Documents are the rows or documents of an answer.
type Documents struct {
	// Values are as they came. There are none if the command's Rows have decoded
	// all of them.
	Values []jsontext.Value

	rows Rows
}

var _ json.UnmarshalerFrom = (*Documents)(nil)

// UnmarshalJSONFrom implements [json.UnmarshalerFrom].
func (d *Documents) UnmarshalJSONFrom(from *jsontext.Decoder) error {
	d.Values = nil
	switch kind := from.PeekKind(); kind {
	case 'n':
		return from.SkipValue()
	case '[':
	default:
		return fmt.Errorf("the documents of an answer are no list but %v", kind)
	}
	next := d.copier(len(from.UnreadBuffer()))
	if d.rows != nil {
		next = d.rows.DecodeNext
	}
	if _, err := from.ReadToken(); err != nil {
		return err
	}
	for from.PeekKind() != ']' {
		if err := next(from); err != nil {
			return err
		}
	}
	_, err := from.ReadToken()
	return err
}

// copier copies all documents into one piece of memory.
func (d *Documents) copier(most int) func(*jsontext.Decoder) error {
	var copied []byte
	return func(from *jsontext.Decoder) error {
		if copied == nil {
			copied = make([]byte, 0, most)
		}
		one, err := from.ReadValue()
		if err != nil {
			return err
		}
		begin := len(copied)
		copied = append(copied, one...)
		d.Values = append(d.Values, copied[begin:len(copied):len(copied)])
		return nil
	}
}
