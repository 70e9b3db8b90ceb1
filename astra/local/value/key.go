package value

import (
	"bytes"
	"encoding/binary"
	"math"
	"math/big"
	"net/netip"

	"github.com/google/uuid"
)

// AppendKey appends a scalar so that comparing the bytes compares the values,
// and so that no key is a prefix of another; descending keys are inverted.
func AppendKey(dst []byte, k Kind, v any, descending bool) []byte {
	start := len(dst)
	dst = appendAscending(dst, k, v)
	if descending {
		invert(dst[start:])
	}
	return dst
}

func appendAscending(dst []byte, k Kind, v any) []byte {
	switch x := v.(type) {
	case string:
		return appendEscaped(dst, []byte(x))
	case []byte:
		return appendEscaped(dst, x)
	case int64:
		return binary.BigEndian.AppendUint64(dst, uint64(x)^(1<<63))
	case []float32:
		for _, f := range x {
			dst = appendFloatKey(dst, float64(f))
		}
		return dst
	case Record:
		for _, f := range x {
			if dst = appendBool(dst, f != nil); f != nil {
				dst = appendAscending(dst, "", f)
			}
		}
		return dst
	case bool:
		return appendBool(dst, x)
	case float64:
		return appendFloatKey(dst, x)
	case *big.Int:
		return appendDecKey(dst, Dec{x, 0})
	case Dec:
		return appendDecKey(dst, x)
	case netip.Addr:
		return appendEscaped(dst, x.AsSlice())
	case uuid.UUID:
		return appendUUIDKey(dst, x)
	case Dur:
		dst = binary.BigEndian.AppendUint64(dst, uint64(x.Months))
		dst = binary.BigEndian.AppendUint64(dst, uint64(x.Days))
		return binary.BigEndian.AppendUint64(dst, uint64(x.Nanos))
	}
	return dst
}

// appendEscaped writes 0x00 as 00 FF and ends with 00 01, which sorts a
// string before its extensions.
func appendEscaped(dst, b []byte) []byte {
	for _, c := range b {
		dst = append(dst, c)
		if c == 0 {
			dst = append(dst, 0xFF)
		}
	}
	return append(dst, 0, 1)
}

func appendFloatKey(dst []byte, f float64) []byte {
	bits := math.Float64bits(f)
	if math.IsNaN(f) {
		bits = 0x7FF8000000000000
	}
	if bits>>63 == 1 {
		bits = ^bits
	} else {
		bits |= 1 << 63
	}
	return binary.BigEndian.AppendUint64(dst, bits)
}

// appendUUIDKey follows Cassandra: a uuid orders by its version, then version 1 by
// its time and the others bytewise.
func appendUUIDKey(dst []byte, u uuid.UUID) []byte {
	dst = append(dst, byte(u.Version()))
	if u.Version() != 1 {
		return append(dst, u[:]...)
	}
	dst = append(dst, u[6]&0x0F, u[7], u[4], u[5], u[0], u[1], u[2], u[3])
	return append(dst, u[8:]...)
}

// Compare orders two values of one scalar kind; nil comes first.
func Compare(k Kind, a, b any) int {
	switch {
	case a == nil && b == nil:
		return 0
	case a == nil:
		return -1
	case b == nil:
		return 1
	}
	if x, ok := a.(Dec); ok {
		return x.Cmp(b.(Dec))
	}
	return bytes.Compare(appendAscending(nil, k, a), appendAscending(nil, k, b))
}
