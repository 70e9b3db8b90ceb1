package value

import (
	"encoding/binary"
	"errors"
	"math"
	"math/big"
	"net/netip"

	"github.com/google/uuid"
)

var errCorrupt = errors.New("stored value is corrupt")

// Append lays a non-nil value out for storage; Read is its inverse. An element of a
// collection follows its length, a field of a record a flag whether it is set.
func Append(dst []byte, v any) []byte {
	switch x := v.(type) {
	case string:
		return append(dst, x...)
	case []byte:
		return append(dst, x...)
	case int64:
		return binary.AppendVarint(dst, x)
	case bool:
		return appendBool(dst, x)
	case float64:
		return binary.BigEndian.AppendUint64(dst, math.Float64bits(x))
	case *big.Int:
		return x.Append(dst, 10)
	case Dec:
		return x.Unscaled.Append(binary.AppendVarint(dst, int64(x.Scale)), 10)
	case netip.Addr:
		return append(dst, x.AsSlice()...)
	case uuid.UUID:
		return append(dst, x[:]...)
	case Dur:
		dst = binary.AppendVarint(dst, x.Months)
		dst = binary.AppendVarint(dst, x.Days)
		return binary.AppendVarint(dst, x.Nanos)
	case []float32:
		for _, f := range x {
			dst = binary.BigEndian.AppendUint32(dst, math.Float32bits(f))
		}
	case []any:
		for _, e := range x {
			dst = appendSized(dst, e)
		}
	case []Entry:
		for _, e := range x {
			dst = appendSized(appendSized(dst, e.Key), e.Value)
		}
	case Record:
		for _, f := range x {
			if dst = appendBool(dst, f != nil); f != nil {
				dst = appendSized(dst, f)
			}
		}
	}
	return dst
}

func appendBool(dst []byte, b bool) []byte {
	if b {
		return append(dst, 1)
	}
	return append(dst, 0)
}

func appendSized(dst []byte, v any) []byte {
	b := Append(nil, v)
	return append(binary.AppendUvarint(dst, uint64(len(b))), b...)
}

// readRecord rebuilds a record; fields that were added to the type later are
// not set.
func readRecord(u *User, b []byte) (any, error) {
	out := make(Record, len(u.Fields))
	for i := 0; i < len(u.Fields) && len(b) > 0; i++ {
		set := b[0] == 1
		b = b[1:]
		if !set {
			continue
		}
		head, rest, err := cut(b)
		if err != nil {
			return nil, err
		}
		if out[i], err = readScalar(u.Fields[i].Kind, head); err != nil {
			return nil, err
		}
		b = rest
	}
	return out, nil
}

// Read rebuilds a value from the bytes that Append made.
func Read(t Type, b []byte) (any, error) {
	switch t.Kind {
	case Vector:
		return floatsOf(b), nil
	case List, Set:
		return readElements(t.ElemType(), b)
	case Map:
		return readEntries(t, b)
	case UserDefined:
		return readRecord(t.User, b)
	}
	return readScalar(t.Kind, b)
}

func cut(b []byte) (head, rest []byte, err error) {
	n, w := binary.Uvarint(b)
	if w <= 0 || uint64(len(b)-w) < n {
		return nil, nil, errCorrupt
	}
	return b[w : w+int(n)], b[w+int(n):], nil
}

func readElements(t Type, b []byte) (any, error) {
	out := []any{}
	for len(b) > 0 {
		head, rest, err := cut(b)
		if err != nil {
			return nil, err
		}
		v, err := Read(t, head)
		if err != nil {
			return nil, err
		}
		out, b = append(out, v), rest
	}
	return out, nil
}

func readEntries(t Type, b []byte) (any, error) {
	var out []Entry
	for len(b) > 0 {
		kb, rest, err := cut(b)
		if err != nil {
			return nil, err
		}
		vb, rest, err := cut(rest)
		if err != nil {
			return nil, err
		}
		k, err := readScalar(t.Key, kb)
		if err != nil {
			return nil, err
		}
		v, err := Read(t.ElemType(), vb)
		if err != nil {
			return nil, err
		}
		out, b = append(out, Entry{k, v}), rest
	}
	return out, nil
}

func readScalar(k Kind, b []byte) (any, error) {
	switch k {
	case Text, ASCII:
		return string(b), nil
	case Blob:
		return append([]byte{}, b...), nil
	case Boolean:
		return len(b) == 1 && b[0] == 1, nil
	case Float, Double:
		if len(b) != 8 {
			return nil, errCorrupt
		}
		return math.Float64frombits(binary.BigEndian.Uint64(b)), nil
	case UUID:
		return uuid.FromBytes(b)
	case Inet:
		a, ok := netip.AddrFromSlice(b)
		return a, okOr(ok)
	case VarInt:
		n, ok := bigInt(string(b))
		return n, okOr(ok)
	case Decimal, Duration:
		return readParts(k, b)
	}
	n, w := binary.Varint(b)
	return n, okOr(w > 0)
}

func okOr(ok bool) error {
	if ok {
		return nil
	}
	return errCorrupt
}

func readParts(k Kind, b []byte) (any, error) {
	first, w := binary.Varint(b)
	if w <= 0 {
		return nil, errCorrupt
	}
	if k == Decimal {
		n, ok := bigInt(string(b[w:]))
		return Dec{n, int(first)}, okOr(ok)
	}
	days, x := binary.Varint(b[w:])
	if x <= 0 {
		return nil, errCorrupt
	}
	ns, y := binary.Varint(b[w+x:])
	return Dur{first, days, ns}, okOr(y > 0)
}
