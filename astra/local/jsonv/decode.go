package jsonv

import (
	"encoding/json"
	"errors"
	"fmt"
	"unicode/utf8"
)

// Limits on any body. The lengths and the depth are those of the Data API's own
// reader; the number of nodes bounds the memory that a body of 20 MB can take.
const (
	MaxNumberLength = 100
	MaxNameLength   = 50_000
	MaxDepth        = 1000
	MaxNodes        = 1_000_000
)

// A LimitError says which bound a text exceeds.
type LimitError struct{ what string }

func (e *LimitError) Error() string { return e.what }

func limit(format string, args ...any) error { return &LimitError{fmt.Sprintf(format, args...)} }

// Decode reads exactly one JSON value. Objects become *Object, arrays []any,
// numbers json.Number, and the rest string, bool or nil. A text that is beyond
// a limit gives a [LimitError].
func Decode(data []byte) (any, error) {
	if !utf8.Valid(data) {
		return nil, errors.New("the text is not valid UTF-8")
	}
	d := &decoder{text: data}
	v, err := d.value(0)
	if err != nil {
		return nil, err
	}
	if d.space(); d.at < len(d.text) {
		return nil, d.unexpected("the end")
	}
	return v, nil
}

type decoder struct {
	text  []byte
	at    int
	nodes int
}

func (d *decoder) space() {
	for d.at < len(d.text) {
		switch d.text[d.at] {
		case ' ', '\t', '\n', '\r':
			d.at++
		default:
			return
		}
	}
}

// next is the byte after white space; 0 at the end.
func (d *decoder) next() byte {
	d.space()
	if d.at == len(d.text) {
		return 0
	}
	return d.text[d.at]
}

func (d *decoder) unexpected(wanted string) error {
	if d.at >= len(d.text) {
		return fmt.Errorf("unexpected end of the text at byte %d, expected %s", d.at, wanted)
	}
	r, _ := utf8.DecodeRune(d.text[d.at:])
	return fmt.Errorf("unexpected character %q at byte %d, expected %s", r, d.at, wanted)
}

func (d *decoder) value(depth int) (any, error) {
	if d.nodes++; d.nodes > MaxNodes {
		return nil, limit("the number of values exceeds the maximum allowed (%d)", MaxNodes)
	}
	switch c := d.next(); {
	case c == '{' || c == '[':
		if depth++; depth > MaxDepth {
			return nil, limit("Document nesting depth (%d) exceeds the maximum allowed (%d)", depth, MaxDepth)
		}
		d.at++
		if c == '{' {
			return d.object(depth)
		}
		return d.array(depth)
	case c == '"':
		return d.str()
	case c == '-' || c >= '0' && c <= '9':
		return d.number()
	}
	return d.word()
}

func (d *decoder) word() (any, error) {
	switch {
	case d.skip("true"):
		return true, nil
	case d.skip("false"):
		return false, nil
	case d.skip("null"):
		return nil, nil
	}
	return nil, d.unexpected("a value")
}

func (d *decoder) skip(text string) bool {
	end := d.at + len(text)
	if end > len(d.text) || string(d.text[d.at:end]) != text {
		return false
	}
	d.at = end
	return true
}

func (d *decoder) object(depth int) (any, error) {
	o := NewObject()
	if d.next() == '}' {
		d.at++
		return o, nil
	}
	for {
		if d.next() != '"' {
			return nil, d.unexpected("a field name in double quotes")
		}
		key, err := d.str()
		if err != nil {
			return nil, err
		}
		if len(key) > MaxNameLength {
			return nil, limit("Name length (%d) exceeds the maximum allowed (%d)", len(key), MaxNameLength)
		}
		if o.Has(key) {
			return nil, fmt.Errorf("Duplicate field '%s'", key)
		}
		if d.next() != ':' {
			return nil, d.unexpected("a colon")
		}
		d.at++
		v, err := d.value(depth)
		if err != nil {
			return nil, err
		}
		o.Set(key, v)
		if more, err := d.more('}'); !more {
			return o, err
		}
	}
}

func (d *decoder) array(depth int) (any, error) {
	list := []any{}
	if d.next() == ']' {
		d.at++
		return list, nil
	}
	for {
		v, err := d.value(depth)
		if err != nil {
			return nil, err
		}
		list = append(list, v)
		if more, err := d.more(']'); !more {
			return list, err
		}
	}
}

// more reads the comma before another member, or the end.
func (d *decoder) more(end byte) (bool, error) {
	switch d.next() {
	case ',':
		d.at++
		return true, nil
	case end:
		d.at++
		return false, nil
	}
	return false, d.unexpected("a comma or '" + string(end) + "'")
}

// str reads a string. One with escapes is decoded by the standard library.
func (d *decoder) str() (string, error) {
	start, escaped := d.at, false
	for i := d.at + 1; i < len(d.text); i++ {
		switch c := d.text[i]; {
		case c == '"':
			d.at = i + 1
			if !escaped {
				return string(d.text[start+1 : i]), nil
			}
			var s string
			if err := json.Unmarshal(d.text[start:d.at], &s); err != nil {
				return "", fmt.Errorf("the string at byte %d is not valid: %w", start, err)
			}
			return s, nil
		case c == '\\':
			escaped = true
			i++
		case c < ' ':
			d.at = i
			return "", d.unexpected("no control character in a string")
		}
	}
	d.at = len(d.text)
	return "", d.unexpected("the end of a string")
}

func (d *decoder) number() (any, error) {
	start := d.at
	if d.text[d.at] == '-' {
		d.at++
	}
	zero := d.at < len(d.text) && d.text[d.at] == '0'
	whole := d.digits()
	valid := whole == 1 || whole > 1 && !zero
	if d.peek('.') {
		valid = d.digits() > 0 && valid
	}
	if d.peek('e') || d.peek('E') {
		if !d.peek('+') {
			d.peek('-')
		}
		valid = d.digits() > 0 && valid
	}
	switch n := d.at - start; {
	case n > MaxNumberLength:
		return nil, limit("Number value length (%d) exceeds the maximum allowed (%d)", n, MaxNumberLength)
	case !valid:
		return nil, fmt.Errorf("the number at byte %d is not valid", start)
	}
	return json.Number(d.text[start:d.at]), nil
}

// peek skips a byte if it is the wanted one.
func (d *decoder) peek(c byte) bool {
	if d.at < len(d.text) && d.text[d.at] == c {
		d.at++
		return true
	}
	return false
}

func (d *decoder) digits() (n int) {
	for d.at < len(d.text) && d.text[d.at] >= '0' && d.text[d.at] <= '9' {
		d.at, n = d.at+1, n+1
	}
	return n
}
