package signingkey

import "bytes"

// bits is how much the innermost layer holds.
func bits(layer []byte) int {
	if isText(layer) {
		return textBits(string(layer))
	}
	return len(layer) * 8
}

// biased finds bytes one of whose bits is always, or all but once, the same:
// small numbers, and text with a few other bytes in it. Of 32 random bytes that
// is one in eight million.
func biased(layer []byte) bool {
	if len(layer) < Bits/8 {
		return false
	}
	for bit := range 8 {
		ones := 0
		for _, b := range layer {
			ones += int(b >> bit & 1)
		}
		if ones <= 1 || ones >= len(layer)-1 {
			return true
		}
	}
	return false
}

func distinct(layer []byte) int {
	seen := map[byte]bool{}
	for _, b := range layer {
		seen[b] = true
	}
	return len(seen)
}

// leastDistinct is how many different values a layer of at least 32 must have.
// 32 random bytes have 30 on average and never fewer than 20; 39 random
// characters have more than 18, 64 hex digits more than 9.
func leastDistinct(layer []byte) int {
	switch {
	case !isText(layer):
		return 20
	case isHex(string(layer)):
		return 8
	}
	return 16
}

// repeats finds one part over and over, a last part cut short included.
func repeats(layer []byte) bool {
	for period := 1; period <= len(layer)/2; period++ {
		if bytes.Equal(layer[period:], layer[:len(layer)-period]) {
			return true
		}
	}
	return false
}

// sequence finds bytes of which most are the one before plus the same step.
func sequence(layer []byte) bool {
	same := 0
	for i := 2; i < len(layer); i++ {
		if layer[i]-layer[i-1] == layer[i-1]-layer[i-2] {
			same++
		}
	}
	return len(layer) > 2 && same*2 > len(layer)
}
