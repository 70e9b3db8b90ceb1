package value

import (
	"errors"
	"math/big"
	"strconv"
	"strings"
)

// maxExponent keeps a short literal such as 1e999999999 from becoming a
// number of a gigabyte.
const maxExponent = 10_000

// Dec is a decimal number, Unscaled * 10^-Scale; the scale that was written
// is kept, so 1.0 and 1.00 leave as they came.
type Dec struct {
	Unscaled *big.Int
	Scale    int
}

// ParseDec reads a JSON number.
func ParseDec(s string) (Dec, error) {
	mant, exp := s, 0
	if i := strings.IndexAny(s, "eE"); i >= 0 {
		e, err := strconv.Atoi(strings.TrimPrefix(s[i+1:], "+"))
		if err != nil || e > maxExponent || e < -maxExponent {
			return Dec{}, errors.New("the number's exponent is out of range")
		}
		mant, exp = s[:i], e
	}
	scale := -exp
	if i := strings.IndexByte(mant, '.'); i >= 0 {
		scale += len(mant) - i - 1
		mant = mant[:i] + mant[i+1:]
	}
	n, ok := bigInt(mant)
	if !ok {
		return Dec{}, errors.New("a number was expected")
	}
	return Dec{n, scale}, nil
}

// Int returns the number as an integer when it is whole.
func (d Dec) Int() (*big.Int, bool) {
	p := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(abs(d.Scale))), nil)
	if d.Scale <= 0 {
		return p.Mul(p, d.Unscaled), true
	}
	q, r := new(big.Int).QuoRem(d.Unscaled, p, new(big.Int))
	return q, r.Sign() == 0
}

func abs(n int) int {
	if n < 0 {
		return -n
	}
	return n
}

// String writes the number as JSON does, with an exponent where the plain
// form would need zeros that were not written.
func (d Dec) String() string {
	s := d.Unscaled.String()
	if d.Scale == 0 {
		return s
	}
	if d.Scale < 0 {
		return s + "E+" + itoa(-d.Scale)
	}
	sign, digits := "", s
	if s[0] == '-' {
		sign, digits = "-", s[1:]
	}
	if d.Scale > len(digits)+6 {
		return s + "E-" + itoa(d.Scale)
	}
	for len(digits) <= d.Scale {
		digits = "0" + digits
	}
	return sign + digits[:len(digits)-d.Scale] + "." + digits[len(digits)-d.Scale:]
}

// Cmp orders by numeric value.
func (d Dec) Cmp(o Dec) int {
	a, b := d.Unscaled, o.Unscaled
	if d.Scale < o.Scale {
		a = scaleUp(a, o.Scale-d.Scale)
	} else {
		b = scaleUp(b, d.Scale-o.Scale)
	}
	return a.Cmp(b)
}

func scaleUp(n *big.Int, by int) *big.Int {
	p := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(by)), nil)
	return p.Mul(p, n)
}

// appendDecKey lays out a number so that bytes compare as numbers do: sign,
// then the power of ten of the first digit, then the digits.
func appendDecKey(dst []byte, d Dec) []byte {
	sign := d.Unscaled.Sign()
	dst = append(dst, byte(sign+1))
	if sign == 0 {
		return dst
	}
	digits := new(big.Int).Abs(d.Unscaled).String()
	exp := uint32(len(digits)-d.Scale) ^ 0x80000000
	start := len(dst)
	dst = append(dst, byte(exp>>24), byte(exp>>16), byte(exp>>8), byte(exp))
	dst = append(dst, strings.TrimRight(digits, "0")...)
	dst = append(dst, 0)
	if sign < 0 {
		invert(dst[start:])
	}
	return dst
}

func invert(b []byte) {
	for i := range b {
		b[i] = ^b[i]
	}
}

// Add is the exact sum.
func (d Dec) Add(o Dec) Dec {
	a, b, scale := d.Unscaled, o.Unscaled, max(d.Scale, o.Scale)
	a, b = scaleUp(a, scale-d.Scale), scaleUp(b, scale-o.Scale)
	return Dec{new(big.Int).Add(a, b), scale}
}

// Mul is the exact product.
func (d Dec) Mul(o Dec) Dec {
	return Dec{new(big.Int).Mul(d.Unscaled, o.Unscaled), d.Scale + o.Scale}
}

// Plain writes the number without an exponent and without zeros behind its last
// digit, so that equal numbers are written alike.
func (d Dec) Plain() string {
	if n, ok := d.Int(); ok {
		return n.String()
	}
	s := d.Unscaled.String()
	sign := ""
	if s[0] == '-' {
		sign, s = "-", s[1:]
	}
	for len(s) <= d.Scale {
		s = "0" + s
	}
	return sign + s[:len(s)-d.Scale] + "." + strings.TrimRight(s[len(s)-d.Scale:], "0")
}
