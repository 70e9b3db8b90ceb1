package row

import (
	"fmt"
	"reflect"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/killrvideo/killrvideo-go/astra/dataapi/internal/codec"
)

// List replaces a slice by decoded rows or documents.
type List struct {
	pointer, elements reflect.Value
	next              func(from *jsontext.Decoder, into any) error
	kept              int // elements of earlier answers
}

// NewList begins to replace the slice that v points to.
func NewList(v any) (*List, error) {
	pointer := reflect.ValueOf(v)
	if pointer.Kind() != reflect.Pointer || pointer.IsNil() || pointer.Elem().Kind() != reflect.Slice {
		return nil, fmt.Errorf("decode a list: want a pointer to a slice, not %T", v)
	}
	pointer.Elem().SetZero()
	return &List{pointer: pointer, elements: reflect.New(pointer.Elem().Type()).Elem(), next: codec.DecodeRowFrom}, nil
}

// OfDocuments lets DecodeNext decode documents of a collection.
func (l *List) OfDocuments() { l.next = codec.DecodeDocumentFrom }

// Direct reports whether elements can be decoded by DecodeNext: a map needs the
// projection schema, which follows the rows.
func (l *List) Direct() bool { return l.elements.Type().Elem() != reflect.TypeFor[map[string]any]() }

// Expect makes space for n more elements.
func (l *List) Expect(n int) { l.elements.Grow(n) }

// Begin drops the elements that were decoded since the last Keep.
func (l *List) Begin() { l.elements.SetLen(l.kept) }

// DecodeNext appends an element.
func (l *List) DecodeNext(from *jsontext.Decoder) error {
	n := l.elements.Len()
	if n == l.elements.Cap() {
		l.elements.Grow(max(n, 8))
	}
	l.elements.SetLen(n + 1)
	element := l.elements.Index(n)
	element.SetZero() // of an earlier try
	return l.next(from, element.Addr().Interface())
}

// Len is how many elements the slice has.
func (l *List) Len() int { return l.kept }

// Decoded is how many elements were appended since the last Keep.
func (l *List) Decoded() int { return l.elements.Len() - l.kept }

// Keep drops all but the first n of them, and replaces the slice.
func (l *List) Keep(n int) {
	l.kept += n
	l.elements.SetLen(l.kept)
	l.pointer.Elem().Set(l.elements)
}

// Add appends n elements, each written by decode, and replaces the slice. On an
// error it ends before the element that failed.
func (l *List) Add(n int, decode func(i int, element any) error) error {
	l.Begin()
	l.elements.Grow(n)
	for i := range n {
		l.elements.SetLen(l.kept + i + 1)
		if err := decode(i, l.elements.Index(l.kept+i).Addr().Interface()); err != nil {
			l.Keep(i)
			return err
		}
	}
	l.Keep(n)
	return nil
}

// DecodeSlice replaces the slice that v points to by n elements.
func DecodeSlice(n int, v any, decode func(i int, element any) error) error {
	list, err := NewList(v)
	if err != nil {
		return err
	}
	return list.Add(n, decode)
}
