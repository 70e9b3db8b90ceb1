package documents

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/killrvideo/killrvideo-go/astra/local/fault"
	"github.com/killrvideo/killrvideo-go/astra/local/jsonv"
	"github.com/killrvideo/killrvideo-go/astra/local/value"
)

// Sort is an order of documents by fields, or by similarity.
type Sort struct {
	keys []sortKey
	// Vector and Text ask for the documents that are nearest to a vector, or to
	// that of a text.
	Vector []float32
	Text   string
	// Lexical asks for the documents that are most about a text.
	Lexical *string
}

type sortKey struct {
	path       []string
	descending bool
}

func badValue(path, format string, args ...any) error {
	args = append([]any{path}, args...)
	return fault.New("SORT_CLAUSE_VALUE_INVALID", "The value of the sort by '%s' is not valid: "+format+
		".\n\nResend the command with a valid sort.", args...)
}

// InvalidSort refuses a sort clause.
func InvalidSort(format string, args ...any) error {
	return fault.New("SORT_CLAUSE_INVALID", "The sort clause is not valid: "+format+
		".\n\nResend the command with a valid sort clause.", args...)
}

// ParseSort reads a sort clause.
func ParseSort(in any) (*Sort, error) {
	s := &Sort{}
	if in == nil {
		return s, nil
	}
	o, ok := in.(*jsonv.Object)
	if !ok {
		return nil, InvalidSort("it must be a JSON object, not %s", value.JSONKind(in))
	}
	for _, name := range []string{Lexical, Vector, Vectorize} {
		if o.Has(name) && o.Len() > 1 {
			return nil, InvalidSort("a sort by '%s' stands alone", name)
		}
	}
	switch {
	case o.Has(Lexical):
		text, ok := o.Value(Lexical).(string)
		if !ok {
			return nil, InvalidSort("when sorting by field '%s', value must be String, not %s", Lexical, value.JSONKind(o.Value(Lexical)))
		}
		s.Lexical = &text
		return s, nil
	case o.Has(Vector):
		return s, s.readVector(o.Value(Vector))
	case o.Has(Vectorize):
		text, ok := o.Value(Vectorize).(string)
		s.Text = text
		if !ok || strings.TrimSpace(text) == "" {
			return nil, badValue(Vectorize, "it must be a text that is not blank")
		}
		return s, nil
	}
	return s, s.readKeys(o)
}

func (s *Sort) readVector(in any) (err error) {
	switch in.(type) {
	case []any, *jsonv.Object:
		s.Vector, err = ParseVector(in)
		return err
	}
	return badValue(Vector, "it must be an array, not %s", value.JSONKind(in))
}

// ParseVector reads the vector of a document or of a sort.
func ParseVector(in any) ([]float32, error) {
	if list, ok := in.([]any); ok {
		if len(list) == 0 {
			return nil, fault.New("SHRED_BAD_VECTOR_SIZE", "The value of '$vector' is not valid: it cannot be an empty array.")
		}
		for _, e := range list {
			if _, ok := e.(json.Number); !ok {
				return nil, fault.New("SHRED_BAD_VECTOR_VALUE", "The value of '$vector' is not valid: it must hold numbers only, not %s.",
					value.JSONKind(e))
			}
		}
	}
	vector, err := value.ParseVector(in)
	if err != nil {
		code := "SHRED_BAD_DOCUMENT_VECTOR_TYPE"
		if _, ok := value.Wrapped(in, "$binary"); ok {
			code = "SHRED_BAD_BINARY_VECTOR_VALUE"
		}
		err = fault.New(code, "The value of '$vector' is not valid: %v.", err)
	}
	return vector, err
}

func (s *Sort) readKeys(o *jsonv.Object) error {
	for _, name := range o.Keys {
		if name == "" || name[0] == '$' {
			return fault.New("SORT_CLAUSE_PATH_INVALID", "The path '%s' of the sort is not valid: it must not be empty or begin with '$'.\n\n"+
				"Resend the command with a valid sort.", name)
		}
		path, err := Split(name)
		if err != nil {
			return fault.New("SORT_CLAUSE_PATH_INVALID", "The path '%s' of the sort is not valid: %v.\n\nResend the command with a valid sort.",
				name, err)
		}
		n, _ := o.Value(name).(json.Number)
		if n != "1" && n != "-1" {
			return badValue(name, "it must be 1 or -1")
		}
		s.keys = append(s.keys, sortKey{path, n == "-1"})
	}
	return nil
}

// ByFields reports whether the sort is an order of fields.
func (s *Sort) ByFields() bool { return len(s.keys) > 0 }

// Any reports whether the sort has an order.
func (s *Sort) Any() bool { return s.ByFields() || s.ByVector() || s.Lexical != nil }

// ByVector reports whether the sort is by similarity.
func (s *Sort) ByVector() bool { return s.Vector != nil || s.Text != "" }

// Less orders two documents by fields, and those that are alike by '_id'.
func (s *Sort) Less(a, b *jsonv.Object) int {
	for _, k := range append(slices.Clone(s.keys), sortKey{path: []string{ID}}) {
		x, _ := Get(a, k.path)
		y, _ := Get(b, k.path)
		if c := Order(x, y); c != 0 {
			if k.descending {
				return -c
			}
			return c
		}
	}
	return 0
}

// Paths lists the fields that the sort orders by.
func (s *Sort) Paths() []string {
	var out []string
	for _, k := range s.keys {
		out = append(out, Join(k.path...))
	}
	return out
}
