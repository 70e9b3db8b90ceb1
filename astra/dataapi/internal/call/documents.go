package call

import (
	"fmt"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// documents are the rows or documents of an answer, as they came.
type documents []jsontext.Value

var _ json.UnmarshalerFrom = (*documents)(nil)

// UnmarshalJSONFrom copies all documents into one piece of memory.
func (d *documents) UnmarshalJSONFrom(from *jsontext.Decoder) error {
	*d = nil
	switch kind := from.PeekKind(); kind {
	case 'n':
		return from.SkipValue()
	case '[':
	default:
		return fmt.Errorf("the documents of an answer are no list but %v", kind)
	}
	copied := make([]byte, 0, len(from.UnreadBuffer()))
	if _, err := from.ReadToken(); err != nil {
		return err
	}
	for from.PeekKind() != ']' {
		one, err := from.ReadValue()
		if err != nil {
			return err
		}
		begin := len(copied)
		copied = append(copied, one...)
		*d = append(*d, copied[begin:len(copied):len(copied)])
	}
	_, err := from.ReadToken()
	return err
}
