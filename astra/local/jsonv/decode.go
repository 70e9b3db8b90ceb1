package jsonv

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strconv"
	"unicode/utf8"
)

// Limits on any body. The lengths and the depth are those of the Data API's own
// reader; the number of nodes bounds the memory that a body of 20 MB can take.
const (
	// MaxNumberLength counts digits, those of the exponent too.
	MaxNumberLength = 100
	MaxNameLength   = 50_000
	// MaxStringLength is in bytes.
	MaxStringLength = 20_000_000
	MaxDepth        = 1000
	MaxNodes        = 1_000_000
)

// A LimitError says which bound a text exceeds.
type LimitError struct{ what string }

func (e *LimitError) Error() string { return e.what }

func limit(format string, args ...any) error { return &LimitError{fmt.Sprintf(format, args...)} }

// ErrEmpty is for a text that holds whitespace only.
var ErrEmpty = errors.New("the text has no value")

// Decode reads exactly one JSON value. Objects become *Object, arrays []any,
// numbers json.Number, and the rest string, bool or nil. A text that is beyond
// a limit gives a [LimitError].
func Decode(data []byte) (any, error) {
	d := &decoder{text: data}
	v, err := d.first()
	if err != nil {
		return nil, err
	}
	if d.space(); d.at < len(d.text) {
		return nil, d.unexpected("the end")
	}
	return v, nil
}

// DecodeBody is Decode for a request as the Data API's own reader, Jackson,
// takes it: in UTF-8, UTF-16 or UTF-32, with or without a byte order mark. What
// follows the first value is not read.
func DecodeBody(data []byte) (any, error) {
	text, err := toUTF8(data)
	if err != nil {
		return nil, err
	}
	return (&decoder{text: text}).first()
}

// first reads a value, and refuses one that is not UTF-8.
func (d *decoder) first() (any, error) {
	if d.space(); d.at == len(d.text) {
		return nil, ErrEmpty
	}
	v, err := d.value(0)
	if err == nil && !utf8.Valid(d.text[:d.at]) {
		err = errors.New("the text is not valid UTF-8")
	}
	return v, err
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

// next is the byte after whitespace; 0 at the end.
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
			text := d.text[start+1 : i]
			if len(text) > MaxStringLength {
				return "", limit("String value length (%d) exceeds the maximum allowed (%d)", len(text), MaxStringLength)
			}
			if !escaped {
				return string(text), nil
			}
			return d.unescape(start)
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

// unescape decodes the string from start to here. Half of a surrogate pair is no
// character: it is refused here, as Astra cannot store it.
func (d *decoder) unescape(start int) (string, error) {
	var s string
	text := d.text[start:d.at]
	if err := json.Unmarshal(text, &s); err != nil {
		return "", fmt.Errorf("the string at byte %d is not valid: %w", start, err)
	}
	if unpaired(text) {
		return "", fmt.Errorf("the string at byte %d has half of a surrogate pair", start)
	}
	return s, nil
}

func (d *decoder) number() (any, error) {
	start := d.at
	d.peek('-')
	zero := d.at < len(d.text) && d.text[d.at] == '0'
	whole := d.digits()
	valid := whole == 1 || whole > 1 && !zero
	fraction, power, exponent := 0, 0, ""
	if d.peek('.') {
		fraction = d.digits()
		valid = fraction > 0 && valid
	}
	if d.peek('e') || d.peek('E') {
		from := d.at
		if !d.peek('+') {
			d.peek('-')
		}
		power = d.digits()
		valid = power > 0 && valid
		exponent = string(d.text[from:d.at])
	}
	switch n := whole + fraction + power; {
	case n > MaxNumberLength:
		return nil, limit("Number value length (%d) exceeds the maximum allowed (%d)", n, MaxNumberLength)
	case !valid:
		return nil, fmt.Errorf("the number at byte %d is not valid", start)
	case exponent != "" && !scales(exponent, fraction):
		return nil, fmt.Errorf("the exponent of the number at byte %d is out of range", start)
	}
	return json.Number(d.text[start:d.at]), nil
}

// scales reports whether Java's BigDecimal has the scale of a number with this
// exponent and so many digits behind the point.
func scales(exponent string, fraction int) bool {
	n, err := strconv.ParseInt(exponent, 10, 32)
	scale := int64(fraction) - n
	return err == nil && scale >= math.MinInt32 && scale <= math.MaxInt32
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
