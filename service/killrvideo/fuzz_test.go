package killrvideo_test

import (
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/killrvideo/killrvideo-go/service/killrvideo"
)

// Whatever tags are given, what is kept of them is in order, and stays as it
// is: a tag is found by itself.
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

// Whatever is searched for, its words are words: each once, each findable by
// itself, and none longer than a word that is stored.
func FuzzWords(f *testing.F) {
	for _, seed := range []string{"The cats of Rome", "a the of", "naïve CAFÉ 東京 42", "x\xff\x00y", strings.Repeat("long", 20), "İİ ǅ ß", "e\u0301"} {
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

// Whatever is given as an e-mail, one that is taken is taken again as it then
// is, and has one key.
func FuzzParseEmail(f *testing.F) {
	for _, seed := range []string{"ada@example.com", "Ada <ada@example.com>", "ada@EXAMPLE.com", `"a b"@x.org`, "a@b@c.org", "ı@x.org", "a\x00@x.org", "ada@bücher.example"} {
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
