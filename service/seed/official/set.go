package official

import "strings"

// parseSet reads a set of texts as CQL writes it, {'one', 'two'}, or with the
// double quotes of JSON. A quote within a text is doubled. No text and {} are
// the empty set.
func parseSet(text string) (elements []string, ok bool) {
	if text == "" {
		return nil, true
	}
	inner, opened := strings.CutPrefix(text, "{")
	rest, closed := strings.CutSuffix(inner, "}")
	if !opened || !closed {
		return nil, false
	}
	for rest = strings.TrimSpace(rest); rest != ""; {
		var element string
		if element, rest, ok = quoted(rest); !ok {
			return nil, false
		}
		elements = append(elements, element)
		more := false
		if rest, more = strings.CutPrefix(strings.TrimSpace(rest), ","); more != (rest != "") {
			return nil, false
		}
		rest = strings.TrimSpace(rest)
	}
	return elements, true
}

// quoted cuts a text in quotes off the front.
func quoted(text string) (element, rest string, ok bool) {
	quote := text[:1]
	if quote != `"` && quote != `'` {
		return "", "", false
	}
	for rest = text[1:]; ; element += quote {
		part, after, ended := strings.Cut(rest, quote)
		if !ended {
			return "", "", false
		}
		element += part
		if rest = after; !strings.HasPrefix(rest, quote) {
			return element, rest, true
		}
		rest = rest[1:]
	}
}
