// Package documents is what the Data API does with the documents of a
// collection: paths, filters, updates, projections and orders over JSON values
// as package jsonv reads them. It knows nothing of storage, commands or HTTP.
package documents

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/killrvideo/killrvideo-go/astra/local/jsonv"
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
			i, err := strconv.Atoi(name)
			if err != nil || i < 0 || i >= len(v) {
				return nil, false
			}
			doc = v[i]
		default:
			return nil, false
		}
	}
	return doc, true
}

// Set puts a value at a path and makes the objects on the way. It fails where
// something else than an object or array is in the way.
func Set(doc *jsonv.Object, path []string, value any) error {
	var at any = doc
	for i, name := range path[:len(path)-1] {
		next, ok := Get(at, []string{name})
		if !ok {
			fresh := jsonv.NewObject()
			if err := put(at, name, fresh); err != nil {
				return err
			}
			next = fresh
		}
		switch next.(type) {
		case *jsonv.Object, []any:
		default:
			return fmt.Errorf("cannot create field ('%s') in path '%s'; only OBJECT nodes have properties", path[i+1], strings.Join(path, "."))
		}
		at = next
	}
	return put(at, path[len(path)-1], value)
}

func put(in any, name string, value any) error {
	switch v := in.(type) {
	case *jsonv.Object:
		v.Set(name, value)
		return nil
	case []any:
		i, err := strconv.Atoi(name)
		if err == nil && i >= 0 && i < len(v) {
			v[i] = value
			return nil
		}
		return fmt.Errorf("cannot set element '%s' of an array of %d", name, len(v))
	}
	return fmt.Errorf("cannot create field '%s' in a value that is no object", name)
}

// Remove takes the value of a path away and tells whether it was there. An
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
	return put(parent, name, nil) == nil
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
