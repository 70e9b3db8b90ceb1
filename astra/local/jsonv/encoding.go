package jsonv

import (
	"bytes"
	"encoding/binary"
	"errors"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// toUTF8 finds the encoding of a JSON text by its byte order mark, else by the
// zeros among its first four bytes, of which the first are ASCII. A text in
// UTF-8 is returned as it is, without its mark.
func toUTF8(text []byte) ([]byte, error) {
	if rest, ok := bytes.CutPrefix(text, []byte("\xef\xbb\xbf")); ok {
		return rest, nil
	}
	for _, e := range []struct {
		mark  string
		order binary.ByteOrder
		wide  bool
	}{
		{"\x00\x00\xfe\xff", binary.BigEndian, true}, {"\xff\xfe\x00\x00", binary.LittleEndian, true},
		{"\xfe\xff", binary.BigEndian, false}, {"\xff\xfe", binary.LittleEndian, false},
	} {
		if rest, ok := bytes.CutPrefix(text, []byte(e.mark)); ok {
			return recode(rest, e.order, e.wide)
		}
	}
	zero := func(at ...int) bool {
		for _, i := range at {
			if text[i] != 0 {
				return false
			}
		}
		return true
	}
	switch {
	case len(text) >= 4 && zero(0, 1, 2):
		return recode(text, binary.BigEndian, true)
	case len(text) >= 4 && zero(1, 2, 3):
		return recode(text, binary.LittleEndian, true)
	case len(text) >= 2 && zero(0):
		return recode(text, binary.BigEndian, false)
	case len(text) >= 2 && zero(1):
		return recode(text, binary.LittleEndian, false)
	}
	return text, nil
}

// recode writes UTF-16, or wide UTF-32, as UTF-8. Half a unit at the end is an
// error; half a surrogate pair becomes the replacement character, as in Java.
func recode(text []byte, order binary.ByteOrder, wide bool) ([]byte, error) {
	size := 2
	if wide {
		size = 4
	}
	if len(text)%size != 0 {
		return nil, errors.New("the text ends within a character")
	}
	out := make([]byte, 0, len(text))
	for i := 0; i < len(text); i += size {
		var r rune
		switch {
		case wide:
			n := order.Uint32(text[i:])
			if n > utf8.MaxRune {
				return nil, errors.New("the text has a character beyond Unicode")
			}
			r = rune(n)
		default:
			r = rune(order.Uint16(text[i:]))
			if utf16.IsSurrogate(r) && i+4 <= len(text) {
				if pair := utf16.DecodeRune(r, rune(order.Uint16(text[i+2:]))); pair != utf8.RuneError {
					r, i = pair, i+2
				}
			}
		}
		out = utf8.AppendRune(out, r)
	}
	return out, nil
}

// unpaired reports whether a valid JSON string escapes half a surrogate pair.
func unpaired(text []byte) bool {
	for i := 0; i < len(text); i++ {
		if text[i] != '\\' {
			continue
		}
		if i++; text[i] != 'u' {
			continue
		}
		r := unit(text[i+1:])
		i += 4
		if !utf16.IsSurrogate(r) {
			continue
		}
		if i+2 >= len(text) || text[i+1] != '\\' || text[i+2] != 'u' || utf16.DecodeRune(r, unit(text[i+3:])) == utf8.RuneError {
			return true
		}
		i += 6
	}
	return false
}

// unit reads the four digits of an escape.
func unit(text []byte) rune {
	n, err := strconv.ParseUint(string(text[:4]), 16, 16)
	if err != nil {
		return utf8.RuneError
	}
	return rune(n)
}
