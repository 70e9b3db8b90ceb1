package value

import (
	"encoding/binary"
	"math"
	"math/big"
)

// AppendCQL lays a scalar out as the database does on its wire: what the token
// of a partition key is computed from. It differs from [Append] in numbers.
func AppendCQL(dst []byte, k Kind, v any) []byte {
	switch x := v.(type) {
	case int64:
		return appendCQLInt(dst, k, x)
	case float64:
		if k == Float {
			return binary.BigEndian.AppendUint32(dst, math.Float32bits(float32(x)))
		}
	case *big.Int:
		return append(dst, twosComplement(x)...)
	case Dec:
		dst = binary.BigEndian.AppendUint32(dst, uint32(int32(x.Scale)))
		return append(dst, twosComplement(x.Unscaled)...)
	}
	return Append(dst, v)
}

func appendCQLInt(dst []byte, k Kind, n int64) []byte {
	switch k {
	case TinyInt:
		return append(dst, byte(n))
	case SmallInt:
		return binary.BigEndian.AppendUint16(dst, uint16(n))
	case Int:
		return binary.BigEndian.AppendUint32(dst, uint32(n))
	case Date:
		return binary.BigEndian.AppendUint32(dst, uint32(n)+1<<31)
	}
	return binary.BigEndian.AppendUint64(dst, uint64(n))
}

// twosComplement is the shortest big-endian form of a number, as Java's
// BigInteger returns it.
func twosComplement(n *big.Int) []byte {
	negative := n.Sign() < 0
	if negative {
		n = new(big.Int).Not(n) // its bytes, inverted
	}
	b := n.Bytes()
	if len(b) == 0 || b[0]&0x80 != 0 {
		b = append([]byte{0}, b...)
	}
	if negative {
		invert(b)
	}
	return b
}
