// Package embed turns a text into a vector such that texts about the same
// things lie near each other. It knows what to embed with, and neither videos
// nor where vectors are kept.
package embed

import (
	"context"
	"regexp"
	"strings"
)

// Dimension is the length of every vector: that of NVIDIA's NV-Embed-QA.
const Dimension = 1024

// MaxTokens is how much of a text is embedded; models refuse more.
const MaxTokens = 512

// Purpose says which side of a comparison a text is on. Some models embed a
// question differently from what may answer it.
type Purpose string

// The sides of a comparison.
const (
	Passage Purpose = "passage" // something to be found
	Query   Purpose = "query"   // what somebody looks for
)

// Embedder gives the vector of a text, of length Dimension. It fails with
// EINVALID for a text without any word, and with EUPSTREAM when
// the vector cannot be had for now. It is safe for concurrent use.
type Embedder interface {
	Embed(ctx context.Context, text string, purpose Purpose) ([]float32, error)
}

// token is a word or a single mark.
var token = regexp.MustCompile(`[\p{L}\p{N}_]+|[^\p{L}\p{N}_\s]`)

// Clip cuts text after MaxTokens words and marks. A text that is short enough
// stays as it is; of a longer one the tokens are joined by single spaces.
func Clip(text string) string {
	found := token.FindAllString(text, MaxTokens+1)
	if len(found) <= MaxTokens {
		return text
	}
	return strings.Join(found[:MaxTokens], " ")
}
