package killrvideo_test

import (
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/killrvideo/killrvideo-go/service/killrvideo"
)

// Normalized tags are sorted, and normalizing them again does not change them.
func FuzzNormalizeTags(f *testing.F) {
	for _, seed := range []string{"Cats,cats , CATS", ",,", "İstanbul,ǅ,ẞ", "\u00a0a\u2003b,\x00", "a\xffb,𝔸"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		once := killrvideo.NormalizeTags(strings.Split(text, ","))
		if again := killrvideo.NormalizeTags(once); !slices.Equal(once, again) {
			t.Errorf("%q becomes %q", once, again)
		}
		if slices.ContainsFunc(once, func(tag string) bool { return strings.TrimSpace(tag) == "" }) || !slices.IsSorted(once) {
			t.Errorf("%q", once)
		}
	})
}

// The words of any text are distinct, are found by themselves, and are no longer than
// stored words.
func FuzzWords(f *testing.F) {
	for _, seed := range []string{
		"The cats of Rome", "a the of", "naïve CAFÉ 東京 42", "x\xff\x00y", strings.Repeat("long", 20), "İİ ǅ ß", "e\u0301",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		words := killrvideo.Words(text)
		for i, word := range words {
			if !utf8.ValidString(word) || strings.ContainsFunc(word, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsNumber(r) }) {
				t.Errorf("%q has the word %q", text, word)
			}
			if utf8.RuneCountInString(word) > 40 || slices.Contains(words[:i], word) {
				t.Errorf("%q has %q", text, words)
			}
			if again := killrvideo.Words(word); len(again) != 1 || again[0] != word {
				t.Errorf("%q is found by %q", word, again)
			}
		}
	})
}

// A valid e-mail is valid and unchanged when it is parsed again, and has one key.
func FuzzParseEmail(f *testing.F) {
	for _, seed := range []string{
		"ada@example.com", "Ada <ada@example.com>", "ada@EXAMPLE.com", `"a b"@x.org`, "a@b@c.org", "ı@x.org", "a\x00@x.org", "ada@bücher.example",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		email, ok := killrvideo.ParseEmail(text)
		if !ok {
			return
		}
		if again, ok := killrvideo.ParseEmail(email); !ok || again != email {
			t.Errorf("%q is %q, which is %q, %v", text, email, again, ok)
		}
		if killrvideo.EmailKey(text) != killrvideo.EmailKey(email) || strings.ContainsAny(email, "\x00\r\n <>") {
			t.Errorf("%q is %q", text, email)
		}
	})
}
