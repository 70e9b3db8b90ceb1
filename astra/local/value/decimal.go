package value

import (
	"errors"
	"fmt"
	"math/big"
	"strconv"
	"strings"
)

// maxExponent keeps a short literal such as 1e999999999 from becoming a
// number of a gigabyte.
const maxExponent = 10_000

// Dec is a decimal number, Unscaled * 10^-Scale.
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
	if d.Scale <= 0 {
		return scaleUp(d.Unscaled, -d.Scale), true
	}
	q, r := new(big.Int).QuoRem(d.Unscaled, scaleUp(big.NewInt(1), d.Scale), new(big.Int))
	return q, r.Sign() == 0
}

// String writes the number as BigDecimal.toString of Java does, which is what
// Astra answers: with an exponent where zeros would have to be added on the
// right, or more than five of them behind the point.
func (d Dec) String() string {
	s := d.Unscaled.String()
	if d.Scale == 0 {
		return s
	}
	sign, digits := "", s
	if s[0] == '-' {
		sign, digits = "-", s[1:]
	}
	exponent := len(digits) - 1 - d.Scale
	if d.Scale < 0 || exponent < -6 {
		mantissa := digits[:1]
		if len(digits) > 1 {
			mantissa += "." + digits[1:]
		}
		return sign + mantissa + "E" + fmt.Sprintf("%+d", exponent)
	}
	if zeros := d.Scale + 1 - len(digits); zeros > 0 {
		digits = strings.Repeat("0", zeros) + digits
	}
	return sign + digits[:len(digits)-d.Scale] + "." + digits[len(digits)-d.Scale:]
}

// Strip removes the zeros at the end of the digits; zero becomes 0 without a
// scale.
func (d Dec) Strip() Dec {
	s := d.Unscaled.String()
	zeros := len(s) - len(strings.TrimRight(s, "0"))
	switch {
	case d.Unscaled.Sign() == 0:
		return Dec{Unscaled: d.Unscaled}
	case zeros == 0:
		return d
	}
	n, _ := bigInt(s[:len(s)-zeros])
	return Dec{n, d.Scale - zeros}
}

// Fractional reports whether a JSON number is written with a fraction or an
// exponent. Astra reads such a number without the zeros at its end: 1.50 is
// 1.5, and 100.0 is 1E+2.
func Fractional(s string) bool { return strings.ContainsAny(s, ".eE") }

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
