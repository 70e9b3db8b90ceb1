package readiness

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
)

// bodyLimit is how much of a body is read, shownBody how much of it is shown.
const (
	bodyLimit = 16 << 10
	shownBody = 300
)

// answer is what one question brought.
type answer struct {
	status   int // 0 if there was no answer
	revision string
	reason   string // why it is not ready, in the service's words
	body     string // one line, shortened
	err      error
}

// String says it in words.
func (a answer) String() string {
	switch {
	case a.err != nil:
		return fmt.Sprintf("no answer (%v)", a.err)
	case a.status == http.StatusOK && a.revision != "":
		return "status 200 from revision " + a.revision
	case a.status == http.StatusOK:
		return "status 200 without a revision"
	case a.reason != "":
		return fmt.Sprintf("status %d %s, and the reason: %s", a.status, http.StatusText(a.status), a.reason)
	default:
		return fmt.Sprintf("status %d %s", a.status, http.StatusText(a.status))
	}
}

// ask puts the question once.
func (p Proof) ask(ctx context.Context, client *http.Client) answer {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, strings.TrimRight(p.URL, "/")+p.Path, nil)
	if err != nil {
		return answer{err: err}
	}
	res, err := client.Do(req)
	if err != nil {
		return answer{err: err}
	}
	defer res.Body.Close()
	body, err := io.ReadAll(io.LimitReader(res.Body, bodyLimit))
	if err != nil {
		return answer{err: fmt.Errorf("read the answer: %w", err)}
	}
	var fields map[string]any
	// A body that is not JSON has no fields; it is shown as it is.
	_ = json.Unmarshal(body, &fields)
	return answer{
		status: res.StatusCode, revision: p.revisionOf(res, fields),
		reason: oneLine(textAt(fields, "reason"), shownBody), body: oneLine(string(body), shownBody),
	}
}

// revisionOf is the revision that an answer names.
func (p Proof) revisionOf(res *http.Response, fields map[string]any) string {
	switch {
	case p.StatusOnly && res.StatusCode == http.StatusOK:
		return p.Revision
	case p.StatusOnly:
		return ""
	case p.Header != "":
		return res.Header.Get(p.Header)
	}
	return textAt(fields, p.Field)
}

// textAt is the text of a field, whose name has dots between nested ones.
func textAt(fields map[string]any, name string) string {
	first, rest, nested := strings.Cut(name, ".")
	if nested {
		inner, _ := fields[first].(map[string]any)
		return textAt(inner, rest)
	}
	text, _ := fields[first].(string)
	return text
}

// oneLine folds whitespace and control characters and cuts after limit bytes.
func oneLine(text string, limit int) string {
	text = strings.Join(strings.FieldsFunc(text, func(r rune) bool { return r <= ' ' || r == 0x7f }), " ")
	if len(text) > limit {
		text = strings.ToValidUTF8(text[:limit], "") + "…"
	}
	return text
}

// observations are the answers so far.
type observations struct {
	want     string
	asked    int
	right    int
	inARow   int
	last     answer
	others   map[string]int // revisions that answered instead, and how often
	previous string
}

// add takes an answer in and says whether it reads differently from the last.
func (o *observations) add(a answer) bool {
	o.asked++
	o.last = a
	if a.status == http.StatusOK && a.revision == o.want {
		o.right++
		o.inARow++
	} else {
		o.inARow = 0
	}
	if a.revision != "" && a.revision != o.want {
		if o.others == nil {
			o.others = map[string]int{}
		}
		o.others[a.revision]++
	}
	changed := a.String() != o.previous
	o.previous = a.String()
	return changed
}
