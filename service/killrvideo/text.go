package killrvideo

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// textRule is the length, in characters, of a text without leading and trailing
// whitespace.
type textRule struct {
	field    string
	min, max int
}

// check trims the text and appends its problems.
func (r textRule) check(text string, problems *[]FieldError) string {
	text = strings.TrimSpace(text)
	n := utf8.RuneCountInString(text)
	switch {
	case n == 0 && r.min > 0:
		r.report(problems, "must not be blank")
	case n < r.min:
		r.report(problems, fmt.Sprintf("must have at least %d characters", r.min))
	case n > r.max:
		r.report(problems, fmt.Sprintf("must have at most %d characters", r.max))
	}
	return text
}

// checkLine is check for a text of one line, in any language: it must not affect the
// text around it, and must be visible.
func (r textRule) checkLine(text string, problems *[]FieldError) string {
	before := len(*problems)
	line := r.check(text, problems)
	switch {
	case len(*problems) > before:
	case strings.ContainsFunc(text, breaksOut):
		r.report(problems, msgBreaksOut)
	case !strings.ContainsFunc(line, visible):
		r.report(problems, "must not be invisible")
	}
	return line
}

const msgBreaksOut = "must not contain control characters or overrides of the direction of text"

// line is a text of another service without characters that break out of a line.
func line(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case !breaksOut(r):
			return r
		case unicode.IsSpace(r):
			return ' '
		}
		return -1
	}, text)
}

func (r textRule) report(problems *[]FieldError, message string) {
	*problems = append(*problems, FieldError{In: "body", Field: r.field, Message: message})
}

// clip shortens text to at most n characters.
func clip(text string, n int) string {
	runes := []rune(strings.TrimSpace(text))
	if len(runes) <= n {
		return string(runes)
	}
	return strings.TrimSpace(string(runes[:n]))
}

// invisible reports whether r shows nothing or affects characters beside it: control and
// format characters, bidirectional ones among them, whitespace, fillers, variation
// selectors and unassigned code points.
func invisible(r rune) bool {
	const brailleBlank = '\u2800'
	return r == brailleBlank || !unicode.IsGraphic(r) ||
		unicode.In(r, unicode.Zs, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector)
}

func visible(r rune) bool { return !invisible(r) }

// breaksOut reports whether r affects the text around its own: control characters, line
// breaks, and characters that override, embed or isolate a direction. Joiners and
// direction marks are part of names in some languages.
func breaksOut(r rune) bool {
	directs := r >= '\u202A' && r <= '\u202E' || r >= '\u2066' && r <= '\u2069'
	return directs || unicode.In(r, unicode.Cc, unicode.Zl, unicode.Zp)
}
