// Package embed turns a text into a vector such that texts about the same
// things lie near each other. It knows what to embed with, and neither videos
// nor where vectors are kept.
package embed

import (
	"regexp"
	"strings"
	"sync"
)

// Dimension is the length of every vector, whichever of the models makes it.
const Dimension = 1024

// MaxTokens is how much of a text the models embed; they refuse more.
const MaxTokens = 512

// Purpose says which side of a comparison a text is on. Some models embed a
// question differently from what may answer it.
type Purpose string

// The sides of a comparison.
const (
	Passage Purpose = "passage" // something to be found
	Query   Purpose = "query"   // the text of a search
)

// token is a word or a single mark. It is compiled when it is needed first, not
// at every start.
var token = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`[\p{L}\p{N}_]+|[^\p{L}\p{N}_\s]`) })

// framing are the tokens that a model adds at the ends of a text.
const framing = 2

// Clip cuts text before the word or mark with which a model may find it too
// long, and within that word if there is none before it. A text that is short
// enough stays as it is.
func Clip(text string) string {
	left := MaxTokens - framing
	for _, at := range token().FindAllStringIndex(text, -1) {
		word := text[at[0]:at[1]]
		if before := strings.TrimSpace(text[:at[0]]); tokens(word) > left && before != "" {
			return before
		}
		if tokens(word) > left {
			return string([]rune(word)[:left])
		}
		left -= tokens(word)
	}
	return text
}

// common is how many letters of a plain word make a token, carefully counted:
// models have whole words for the common ones.
const common = 4

// tokens is how many tokens a model may make of a word or a mark. What is not
// plain ASCII may be one token a letter.
func tokens(word string) int {
	plain, other := 0, 0
	for _, letter := range word {
		if letter < 128 {
			plain++
		} else {
			other++
		}
	}
	return other + (plain+common-1)/common
}
