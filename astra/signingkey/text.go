package signingkey

import (
	"math"
	"strings"
	"unicode"
)

// placeholders are found in examples, guides and the defaults of other programs.
var placeholders = []string{
	"changeme", "change-me", "change_me", "change-this", "replace", "placeholder", "example", "your-", "your_",
	"yoursecret", "secret-key", "secret_key", "secretkey", "supersecret", "mysecret", "unit-test",
	"password", "generated-by", "todo-", "dummy",
}

func textWeakness(text string) string {
	lower := strings.ToLower(text)
	for _, p := range placeholders {
		if strings.Contains(lower, p) {
			return "is a placeholder from an example"
		}
	}
	if strings.ContainsFunc(text, unicode.IsSpace) || (len(text) >= shortest && readable(text)) {
		return "is a phrase; use random characters"
	}
	return ""
}

// shortest is the shortest text that can be told from a phrase. A shorter one
// is refused for its length.
const shortest = 16

// pairs are the commonest pairs of letters in English: a third of the pairs of
// an English text, three in a hundred of random letters.
const pairs = " th he in er an re on at en nd ti es or te of ed is it al ar st ng se ou "

// readable reports whether the text looks written, not drawn: its characters
// change their kind too seldom, or too many pairs of letters are English. Hex
// of one case has two kinds only, and is left to its bytes.
func readable(text string) bool {
	if isHex(text) {
		return false
	}
	runes := []rune(text)
	changes, letters, english := 0, 0, 0
	for i := 1; i < len(runes); i++ {
		a, b := kind(runes[i-1]), kind(runes[i])
		if a != b {
			changes++
		}
		if a <= 1 && b <= 1 {
			letters++
			if strings.Contains(pairs, " "+strings.ToLower(string(runes[i-1:i+1]))+" ") {
				english++
			}
		}
	}
	return changes*10 < (len(runes)-1)*3 || (letters >= 10 && english*4 > letters)
}

func isHex(text string) bool { return strings.Trim(text, "0123456789abcdefABCDEF") == "" }

// kind tells lower case, upper case, digits, letters of other scripts and the
// rest apart.
func kind(r rune) int {
	switch {
	case r >= 'a' && r <= 'z':
		return 0
	case r >= 'A' && r <= 'Z':
		return 1
	case r >= '0' && r <= '9':
		return 2
	case r > unicode.MaxASCII:
		return 4
	}
	return 3
}

// alphabets are sets that a text may be drawn from, the smallest first.
var alphabets = []struct {
	size  float64
	holds func(r rune) bool
}{
	{10, unicode.IsDigit},
	{16, func(r rune) bool { return strings.ContainsRune("0123456789abcdef", r) }},
	{16, func(r rune) bool { return strings.ContainsRune("0123456789ABCDEF", r) }},
	{26, unicode.IsLower}, {26, unicode.IsUpper},
	{36, func(r rune) bool { return unicode.IsDigit(r) || unicode.IsLower(r) }},
	{36, func(r rune) bool { return unicode.IsDigit(r) || unicode.IsUpper(r) }},
	{52, unicode.IsLetter},
	{62, func(r rune) bool { return unicode.IsDigit(r) || unicode.IsLetter(r) }},
}

// textBits is how much a text holds if it was drawn from the smallest alphabet
// that has all its characters; 95 characters can be printed.
func textBits(text string) int {
	size := 95.0
	for _, alphabet := range alphabets {
		if !strings.ContainsFunc(text, func(r rune) bool { return !alphabet.holds(r) }) {
			size = alphabet.size
			break
		}
	}
	return int(math.Log2(size) * float64(len([]rune(text))))
}
