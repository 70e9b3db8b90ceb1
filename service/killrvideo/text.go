package killrvideo

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// textRule is the length, in characters, that a text must have once the white
// space around it is gone.
type textRule struct {
	field    string
	min, max int
}

// check trims text and appends what is wrong with it to problems.
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
