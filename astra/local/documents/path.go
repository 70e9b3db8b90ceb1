// Package documents is what the Data API does with the documents of a
// collection: paths, filters, updates, projections and orders over JSON values
// as package jsonv reads them. What the filters, projections and sorts of tables have
// in common with these is here as well. It knows nothing of storage, commands or HTTP.
package documents

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/killrvideo/killrvideo-go/astra/local/fault"
	"github.com/killrvideo/killrvideo-go/astra/local/jsonv"
	"github.com/killrvideo/killrvideo-go/astra/local/value"
)

// Special fields of a document.
const (
	ID        = "_id"
	Vector    = "$vector"
	Vectorize = "$vectorize"
	Lexical   = "$lexical"
)

// Split takes a dotted path apart. A name's own dot is written &., its own
// ampersand &&.
func Split(path string) ([]string, error) {
	var out []string
	var name strings.Builder
	for i := 0; i < len(path); i++ {
		switch c := path[i]; c {
		case '&':
			if i+1 == len(path) || path[i+1] != '&' && path[i+1] != '.' {
				return nil, fmt.Errorf("the ampersand character '&' at position %d must be followed by '&' or '.'", i)
			}
			i++
			name.WriteByte(path[i])
		case '.':
			out = append(out, name.String())
			name.Reset()
		default:
			name.WriteByte(c)
		}
	}
	out = append(out, name.String())
	for _, n := range out {
		if n == "" {
			return nil, fmt.Errorf("path ('%s') cannot have empty segments", path)
		}
	}
	return out, nil
}

// Join is the dotted form of a path, which Split takes apart.
func Join(path ...string) string {
	names := make([]string, len(path))
	for i, name := range path {
		names[i] = escaper.Replace(name)
	}
	return strings.Join(names, ".")
}

var escaper = strings.NewReplacer("&", "&&", ".", "&.")

// Get finds the value of a path.
func Get(doc any, path []string) (any, bool) {
	for _, name := range path {
		switch v := doc.(type) {
		case *jsonv.Object:
			next, ok := v.Get(name)
			if !ok {
				return nil, false
			}
			doc = next
		case []any:
			i, ok := index(name)
			if !ok || i >= len(v) {
				return nil, false
			}
			doc = v[i]
		default:
			return nil, false
		}
	}
	return doc, true
}

// maxPadding is the number of nulls that may pad the arrays of one update: more
// of them would exceed the size of a document.
const maxPadding = 4_000_000 / len("null,")

// put returns in with a value at a path. It creates the objects on the path, and
// pads arrays with nulls up to an index beyond their end, within the padding that
// is left. It fails at a value that is neither an object nor an array.
func put(in any, path []string, v any, padding *int) (any, error) {
	if len(path) == 0 {
		return v, nil
	}
	switch at := in.(type) {
	case *jsonv.Object:
		next, err := put(member(at, path), path[1:], v, padding)
		if err == nil {
			at.Set(path[0], next)
		}
		return at, err
	case []any:
		i, ok := index(path[0])
		if !ok {
			break
		}
		if *padding -= max(0, i-len(at)); *padding < 0 {
			return nil, fault.New("SHRED_DOC_LIMIT_VIOLATION", "The document would exceed a limit: the update writes at the index %d of an array "+
				"of %d elements.", i, len(at))
		}
		for len(at) < i {
			at = append(at, nil)
		}
		if i == len(at) {
			at = append(at, fresh(path))
		}
		next, err := put(at[i], path[1:], v, padding)
		if err == nil {
			at[i] = next
		}
		return at, err
	}
	return nil, fault.New("UNSUPPORTED_UPDATE_OPERATION_PATH", "The path of an update does not fit the document: cannot create "+
		"field ('%s') in path '%s'; "+
		"only Object nodes have properties (got %s).", path[0], strings.Join(path, "."), value.JSONKind(in))
}

// member is what a path goes on in: the member of that name, or a new object.
func member(o *jsonv.Object, path []string) any {
	if o.Has(path[0]) {
		return o.Value(path[0])
	}
	return fresh(path)
}

func fresh(path []string) any {
	if len(path) == 1 {
		return nil
	}
	return jsonv.NewObject()
}

// index reads a segment of a path as one of an array: digits without a sign or
// a leading zero.
func index(segment string) (int, bool) {
	i, err := strconv.Atoi(segment)
	return i, err == nil && i >= 0 && strconv.Itoa(i) == segment
}

// Set puts a value at a path, as an update does.
func Set(doc *jsonv.Object, path []string, v any) error {
	padding := maxPadding
	_, err := put(doc, path, v, &padding)
	return err
}

// Remove removes the value of a path and reports whether it existed. An
// element of an array becomes null.
func Remove(doc *jsonv.Object, path []string) bool {
	parent, ok := Get(doc, path[:len(path)-1])
	if !ok {
		return false
	}
	name := path[len(path)-1]
	if _, ok := Get(parent, []string{name}); !ok {
		return false
	}
	if o, ok := parent.(*jsonv.Object); ok {
		o.Delete(name)
		return true
	}
	i, _ := index(name)
	parent.([]any)[i] = nil
	return true
}

// Copy copies a value with all that it holds.
func Copy(v any) any {
	switch x := v.(type) {
	case *jsonv.Object:
		out := jsonv.NewObject()
		for _, k := range x.Keys {
			out.Set(k, Copy(x.Value(k)))
		}
		return out
	case []any:
		out := make([]any, len(x))
		for i, e := range x {
			out[i] = Copy(e)
		}
		return out
	}
	return v
}
