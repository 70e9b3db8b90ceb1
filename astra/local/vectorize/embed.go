package vectorize

import (
	"hash/fnv"
	"math"
	"regexp"
	"strings"
)

// Embed computes the vector of a text on this machine, without a model: each
// word, each pair of words and each part of a word is hashed to a place in the
// vector. The same text always has the same vector, and texts that share words
// or parts of them are near. It knows no synonyms, and embeds a question as it
// does what may answer it. The vector has length one.
func Embed(text string, dimension int) []float32 {
	words := word.FindAllString(strings.ToLower(text), -1)
	sum := make([]float64, max(dimension, 2))
	for i, w := range words {
		if stopWords[w] {
			continue
		}
		add(sum, "word "+singular(w), wordWeight)
		addParts(sum, w)
		if i > 0 {
			add(sum, "pair "+words[i-1]+" "+singular(w), pairWeight)
		}
	}
	// Words that are all stop words, or none at all, still need a direction.
	if norm(sum) == 0 {
		add(sum, "only "+text, wordWeight)
	}
	return alike(sum)[:dimension]
}

// What a feature weighs. Parts of words are many, so each counts for little.
const (
	wordWeight = 1.0
	pairWeight = 0.5
	partWeight = 0.35
)

// The lengths of the parts, in letters.
const (
	shortestPart = 3
	longestPart  = 4
)

// likeness is the cosine of texts that have nothing in common. Models behave the
// same: texts in the same language are a little similar. Without it, the results of
// a query would be below the similarity that clients of Astra take for a match.
const likeness = 0.125

var word = regexp.MustCompile(`[\p{L}\p{N}]+`)

// stopWords say nothing about what a text is about. They are read only.
var stopWords = set("a an and are as at be by for from he her his how i in is it its me my of on or our she that " +
	"the their they this to us was we what with you your")

func set(words string) map[string]bool {
	all := map[string]bool{}
	for _, w := range strings.Fields(words) {
		all[w] = true
	}
	return all
}

// singular removes the commonest ending of English plurals.
func singular(w string) string {
	if len(w) > 3 && !strings.HasSuffix(w, "ss") {
		return strings.TrimSuffix(w, "s")
	}
	return w
}

// addParts adds every stretch of a word, its ends marked, so that cats is near
// to cat.
func addParts(sum []float64, w string) {
	letters := []rune("<" + w + ">")
	for n := shortestPart; n <= longestPart; n++ {
		for i := 0; i+n <= len(letters); i++ {
			add(sum, "part "+string(letters[i:i+n]), partWeight)
		}
	}
}

// add puts a feature at its place, with a sign of its own: where two features
// meet by chance, they cancel out as often as they add up. The first place is
// kept for what all texts have in common.
func add(sum []float64, feature string, weight float64) {
	h := fnv.New64a()
	h.Write([]byte(feature))
	hash := h.Sum64()
	if hash>>63 == 1 {
		weight = -weight
	}
	sum[1+hash%uint64(len(sum)-1)] += weight
}

// alike scales sum to the length one and adds the likeness that all texts have.
func alike(sum []float64) []float32 {
	scale := math.Sqrt(1-likeness) / norm(sum)
	vector := make([]float32, len(sum))
	for i, x := range sum {
		vector[i] = float32(x * scale)
	}
	vector[0] = float32(math.Sqrt(likeness))
	return vector
}

func norm(v []float64) float64 {
	squares := 0.0
	for _, x := range v {
		squares += x * x
	}
	return math.Sqrt(squares)
}
