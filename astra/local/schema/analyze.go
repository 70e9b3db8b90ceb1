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

// Standard is the analyzer of a text index that names none.
const Standard = "standard"

// KnownAnalyzer tells whether a text index can have the analyzer here.
func KnownAnalyzer(name string) bool {
	switch name {
	case Standard, "simple", "whitespace", "lowercase", "keyword":
		return true
	}
	return false
}

// Terms are what a text index finds a text by.
func (i Index) Terms(text string) []string {
	switch i.Options["analyzer"] {
	case "whitespace":
		return strings.Fields(text)
	case "keyword":
		return []string{text}
	case "lowercase":
		return []string{strings.ToLower(text)}
	case "simple":
		return strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) })
	}
	return strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsNumber(r) && !unicode.Is(unicode.Mn, r) })
}
