package schema

import (
	"strings"
	"unicode"

	"golang.org/x/text/runes"
	"golang.org/x/text/transform"
	"golang.org/x/text/unicode/norm"
)

// Plain tells whether the index compares texts as they are.
func (i Index) Plain() bool {
	return i.Options["caseSensitive"] != false && i.Options["normalize"] != true && i.Options["ascii"] != true
}

// Analyze gives the form of a text that the index compares.
func (i Index) Analyze(text string) string {
	if i.Options["normalize"] == true {
		text = norm.NFC.String(text)
	}
	if i.Options["ascii"] == true {
		text = folded(text)
	}
	if i.Options["caseSensitive"] == false {
		text = strings.ToLower(text)
	}
	return text
}

// folded takes the accents from letters; other letters stay.
func folded(text string) string {
	fold := transform.Chain(norm.NFD, runes.Remove(runes.In(unicode.Mn)), norm.NFC)
	plain, _, err := transform.String(fold, text)
	if err != nil {
		return text
	}
	return plain
}
