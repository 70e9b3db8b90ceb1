package schema

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/runes"
	"golang.org/x/text/transform"
	"golang.org/x/text/unicode/norm"

	"github.com/killrvideo/killrvideo-go/astra/local/jsonv"
)

// Plain reports whether the index compares texts as they are.
func (i Index) Plain() bool {
	return i.Options["caseSensitive"] != false && i.Options["normalize"] != true && i.Options["ascii"] != true
}

// Analyze returns the form of a text that the index compares.
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

// folded removes the accents of letters.
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

// languages are the analyzers by language that Astra knows; here they find texts
// as the standard one does, with the stop words and stems of English only.
func languages() []string {
	return []string{"arabic", "armenian", "basque", "bengali", "brazilian", "bulgarian", "catalan", "cjk", "czech", "danish",
		"dutch", "english", "estonian",
		"finnish", "french", "galician", "german", "greek", "hindi", "hungarian", "indonesian", "irish", "italian", "latvian",
		"lithuanian", "norwegian",
		"persian", "portuguese", "romanian", "russian", "sorani", "spanish", "swedish", "thai", "turkish"}
}

// KnownAnalyzer reports whether a text index can have the analyzer.
func KnownAnalyzer(name string) bool {
	switch strings.ToLower(name) {
	case Standard, "simple", "whitespace", "stop", "lowercase", "keyword":
		return true
	}
	return slices.Contains(languages(), strings.ToLower(name))
}

// Terms are what a text index finds a text by.
func (i Index) Terms(text string) []string {
	switch a := i.Options["analyzer"].(type) {
	case string:
		return named(strings.ToLower(a), text)
	case *jsonv.Object:
		return composed(a, text)
	case map[string]any:
		return composed(fromMap(a), text)
	}
	return named(Standard, text)
}

func named(analyzer, text string) []string {
	switch analyzer {
	case "whitespace":
		return strings.Fields(text)
	case "keyword":
		return []string{text}
	case "lowercase":
		return []string{strings.ToLower(text)}
	case "simple":
		return letters(strings.ToLower(text))
	case "stop":
		return withoutStopWords(letters(strings.ToLower(text)))
	case "english":
		return stems(withoutStopWords(words(strings.ToLower(text))))
	}
	return words(strings.ToLower(text))
}

func letters(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsLetter(r) })
}

func words(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsNumber(r) && !unicode.Is(unicode.Mn, r) })
}

// composed applies the tokenizer and the filters of an analyzer object.
func composed(o *jsonv.Object, text string) []string {
	tokenizer, _ := part(o.Value("tokenizer"), tokenizers())
	var terms []string
	switch tokenizer {
	case "keyword":
		terms = []string{text}
	case "letter":
		terms = letters(text)
	case "whitespace":
		terms = strings.Fields(text)
	default:
		terms = words(text)
	}
	filters, _ := o.Value("filters").([]any)
	for _, f := range filters {
		name, _ := part(f, filterNames())
		terms = filtered(name, terms)
	}
	return terms
}

func filtered(name string, terms []string) []string {
	switch name {
	case "lowercase":
		return each(terms, strings.ToLower)
	case "asciifolding":
		return each(terms, folded)
	case "stop":
		return withoutStopWords(terms)
	case "porterstem":
		return stems(terms)
	}
	return terms
}

func each(terms []string, change func(string) string) []string {
	out := make([]string, len(terms))
	for i, t := range terms {
		out[i] = change(t)
	}
	return out
}

// stems removes the commonest endings of English words: a rough stand-in for
// Porter's stemmer.
func stems(terms []string) []string {
	return each(terms, func(t string) string {
		for _, ending := range []string{"ing", "ed", "es", "s"} {
			if len(t) > len(ending)+2 && strings.HasSuffix(t, ending) && !strings.HasSuffix(t, "ss") {
				return strings.TrimSuffix(t, ending)
			}
		}
		return t
	})
}

func withoutStopWords(terms []string) []string {
	const stop = " a an and are as at be but by for if in into is it no not of on or such that the their then there these " +
		"they this to was will with "
	return slices.DeleteFunc(terms, func(t string) bool { return strings.Contains(stop, " "+t+" ") })
}

// fromMap turns an analyzer that was read from the store back into an object.
func fromMap(m map[string]any) *jsonv.Object {
	raw, err := json.Marshal(m)
	if err != nil {
		return jsonv.NewObject()
	}
	in, _ := jsonv.Decode(raw)
	o, _ := in.(*jsonv.Object)
	return o
}

// CheckAnalyzer refuses an analyzer object that names a tokenizer or filter that
// is not known.
func CheckAnalyzer(o *jsonv.Object) error {
	for _, k := range o.Keys {
		if k != "tokenizer" && k != "filters" && k != "charFilters" {
			return fmt.Errorf("unknown field '%s'", k)
		}
	}
	if _, err := part(o.Value("tokenizer"), tokenizers()); err != nil || o.Value("tokenizer") == nil {
		return errors.Join(errors.New("it needs a known tokenizer"), err)
	}
	filters, _ := o.Value("filters").([]any)
	for _, f := range filters {
		if _, err := part(f, filterNames()); err != nil {
			return err
		}
	}
	return nil
}

func part(in any, known []string) (string, error) {
	o, _ := in.(*jsonv.Object)
	name, _ := o.Get("name")
	s, _ := name.(string)
	if in != nil && !slices.Contains(known, s) {
		return "", fmt.Errorf("'%s' is not known; known are %s", s, strings.Join(known, ", "))
	}
	return s, nil
}

func tokenizers() []string { return []string{"keyword", "letter", "standard", "whitespace"} }

func filterNames() []string { return []string{"asciifolding", "lowercase", "porterstem", "stop"} }
