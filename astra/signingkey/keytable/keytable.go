// Package keytable has good and bad signing keys for tests: all code that takes a
// signing key must judge them the same. They are generated and used nowhere. Only
// tests may import it.
package keytable

import (
	"encoding/base64"
	"encoding/hex"
	"math/rand/v2"
	"strings"
)

// Key is a key and the word that the reason for its refusal must hold, "" for a
// key that must be accepted.
type Key struct{ Name, Text, Reason string }

// All is the table: the same keys in every run.
func All() []Key { return append(good(), bad()...) }

// random returns n bytes, the same in every run.
func random(n int, seed byte) []byte {
	raw := make([]byte, n)
	_, _ = rand.NewChaCha8([32]byte{seed}).Read(raw)
	return raw
}

func good() []Key {
	const printable = "abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789!#$%&()*+-./:<=>?@[]^_{|}~"
	var characters strings.Builder
	for _, b := range random(44, 9) {
		characters.WriteByte(printable[int(b)%len(printable)])
	}
	return []Key{
		{"32 bytes in hex", hex.EncodeToString(random(32, 1)), ""},
		{"32 bytes in upper-case hex", strings.ToUpper(hex.EncodeToString(random(32, 2))), ""},
		{"32 bytes in base64", base64.StdEncoding.EncodeToString(random(32, 3)), ""},
		{"32 bytes in base64 without padding", base64.RawStdEncoding.EncodeToString(random(32, 4)), ""},
		{"32 bytes in base64url", base64.URLEncoding.EncodeToString(random(32, 5)), ""},
		{"48 bytes in base64url without padding", base64.RawURLEncoding.EncodeToString(random(48, 6)), ""},
		{"64 bytes in base64", base64.StdEncoding.EncodeToString(random(64, 7)), ""},
		{"base64 of hex", base64.StdEncoding.EncodeToString([]byte(hex.EncodeToString(random(32, 8)))), ""},
		{"44 random characters", characters.String(), ""},
	}
}

func bad() []Key {
	base := base64.StdEncoding.EncodeToString
	const phrase = "It was the best of times, it was the worst of times"
	counted, steps, small := make([]byte, 32), make([]byte, 40), random(48, 20)
	for i := range counted {
		counted[i] = byte(i)
	}
	for i := range steps {
		steps[i] = byte(7 * i)
	}
	for i := range small {
		small[i] &= 0x1f
	}
	return []Key{
		{"a word", "hunter2", "too short"},
		{"spaces around it", " " + hex.EncodeToString(random(32, 1)) + " ", "whitespace"},
		{"16 bytes in hex", hex.EncodeToString(random(16, 21)), "too short"},
		{"31 bytes in hex", hex.EncodeToString(random(31, 22)), "too short"},
		{"31 bytes in base64", base(random(31, 23)), "too short"},
		{"32 random letters and digits", base64.RawURLEncoding.EncodeToString(random(24, 24)), "too short"},
		{"base64 of 16 bytes in hex", base([]byte(hex.EncodeToString(random(16, 25)))), "too short"},
		{"zeros in hex", strings.Repeat("0", 64), "repeats"},
		{"zeros in base64", base(make([]byte, 32)), "repeats"},
		{"a repeated word in hex", strings.Repeat("deadbeef", 8), "repeats"},
		{"bytes 0 to 31 in hex", hex.EncodeToString(counted), "repeats"},
		{"bytes 0 to 31 in base64", base(counted), "repeats"},
		{"bytes in steps of 7 in base64", base(steps), "repeats"},
		{"small numbers in base64", base(small), "predictable"},
		{"abcdefgh four times in base64", base([]byte(strings.Repeat("abcdefgh", 4))), "repeats"},
		{"8 random bytes four times in base64", base([]byte(strings.Repeat(string(random(8, 26)), 4))), "repeats"},
		{"repeated text", strings.Repeat("aB3$", 12), "repeats"},
		{"repeated text, the last part cut", strings.Repeat("aB3$xY9!", 5) + "aB3", "repeats"},
		{"the alphabet", "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", "repeats"},
		{"a phrase", "correct horse battery staple and some more words", "phrase"},
		{"joined words", "correcthorsebatterystaplecorrecthorseandmore", "phrase"},
		{"words in camel case", "CorrectHorseBatteryStapleThenAnotherOneEntered", "phrase"},
		{"words with dashes", "correct-horse-battery-staple-9-purple-monkey-dishwasher", "phrase"},
		{"a name with dashes", "this-is-the-key-of-our-production-environment-1", "phrase"},
		{"a phrase in base64", base([]byte(phrase)), "phrase"},
		{"a phrase in base64url", base64.RawURLEncoding.EncodeToString([]byte(phrase)), "phrase"},
		{"a phrase in base64 twice", base([]byte(base([]byte(phrase)))), "phrase"},
		{"a phrase in hex", hex.EncodeToString([]byte(phrase)), "phrase"},
		{"words with dashes in base64", base([]byte("correct-horse-battery-staple-9-purple-monkey-dishwasher")), "phrase"},
		{"a Russian phrase in base64", base([]byte("Все счастливые семьи похожи друг на друга")), "phrase"},
		{"a placeholder", "change-me-to-a-long-random-value-of-32-bytes", "placeholder"},
		{"a placeholder in base64", base([]byte("change-me-to-a-long-random-value-of-32-bytes")), "placeholder"},
		{"another program's default", "unit-test-secret-unit-test-secret-0001", "placeholder"},
		{"few characters", "1qaz2wsx1qaz2wsx3edc1qaz2wsx1qaz!2wsx1qaz", "repeats"},
	}
}

// Bad reports whether the key must be refused.
func (k Key) Bad() bool { return k.Reason != "" }
