package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"mime"
	"net/http"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"github.com/killrvideo/killrvideo-go/service/killrvideo"
)

// isJSON reports whether a body of this media type is accepted; a missing type is.
func isJSON(kind string) bool {
	media, _, err := mime.ParseMediaType(kind)
	return kind == "" || err == nil && (media == "application/json" || strings.HasSuffix(media, "+json"))
}

// answer makes a handler from a function that returns the body of the answer, or
// an error.
func (a *API) answer(status int, of func(*gin.Context) (any, error)) gin.HandlerFunc {
	return func(c *gin.Context) {
		body, err := of(c)
		if err != nil {
			a.fail(c, accountError(c, err))
			return
		}
		c.JSON(status, body)
	}
}

// noContent makes a handler from a function whose answer has no body.
func (a *API) noContent(do func(*gin.Context) error) gin.HandlerFunc {
	return func(c *gin.Context) {
		if err := do(c); err != nil {
			a.fail(c, accountError(c, err))
			return
		}
		c.Status(http.StatusNoContent)
	}
}

func bodyError(message string) error {
	return killrvideo.Invalid(killrvideo.FieldError{In: "body", Field: "body", Message: message})
}

// form reads the fields of a JSON object one by one and collects their problems.
// It distinguishes an absent field from null: null is not a required text.
type form struct {
	fields   map[string]json.RawMessage
	problems []killrvideo.FieldError
}

// bind returns the form of the body that readJSON has read.
func bind(c *gin.Context) (*form, error) {
	raw := c.MustGet(bodyKey).([]byte)
	if len(raw) == 0 {
		return nil, bodyError("is required")
	}
	f := &form{fields: map[string]json.RawMessage{}}
	if err := f.take(json.NewDecoder(bytes.NewReader(raw))); err != nil {
		return nil, bodyError("must be a JSON object")
	}
	return f, nil
}

// take reads the fields of an object. A duplicate name is an error: readers of JSON
// disagree about which of the two counts.
func (f *form) take(object *json.Decoder) error {
	if brace, err := object.Token(); err != nil || brace != json.Delim('{') {
		return errors.Join(err, errors.New("not an object"))
	}
	for object.More() {
		name, err := object.Token()
		if err != nil {
			return err
		}
		var value json.RawMessage
		if err := object.Decode(&value); err != nil {
			return err
		}
		if _, twice := f.fields[name.(string)]; twice {
			f.problem(name.(string), "must not be given twice")
		}
		f.fields[name.(string)] = value
	}
	return nil
}

// err is the EINVALID error for all problems so far.
func (f *form) err() error { return killrvideo.Invalid(f.problems...) }

// mostProblems is how many problems of one request are reported: a body can have
// a hundred thousand, each compared with all others.
const mostProblems = 20

// problem notes the first problem of a field.
func (f *form) problem(field, message string) {
	if len(f.problems) == mostProblems {
		return
	}
	for _, known := range f.problems {
		if known.Field == field {
			return
		}
	}
	f.problems = append(f.problems, killrvideo.FieldError{In: "body", Field: field, Message: message})
}

// raw finds a field by the first of its names that is present.
func (f *form) raw(names []string) (value json.RawMessage, found, null bool) {
	for _, name := range names {
		if value, found = f.fields[name]; found {
			return value, true, string(value) == "null"
		}
	}
	return nil, false, false
}

// text reads a required text; names after the first are aliases.
func (f *form) text(names ...string) string {
	value := f.optionalText(names...)
	if _, found, _ := f.raw(names); !found {
		f.problem(names[0], "is required")
	}
	if value == nil {
		return ""
	}
	return *value
}

// optionalText reads a text that can be absent, but not null.
func (f *form) optionalText(names ...string) *string {
	value, null := f.nullableText(names...)
	if null {
		f.problem(names[0], "must not be null")
	}
	return value
}

// nullableText reads a text that can be absent or null.
func (f *form) nullableText(names ...string) (value *string, null bool) {
	raw, found, null := f.raw(names)
	if !found || null {
		return nil, null
	}
	if err := json.Unmarshal(raw, &value); err != nil {
		f.problem(names[0], "must be a string")
		return nil, false
	}
	f.checkText(names[0], *value, raw)
	return value, false
}

// texts reads a list of texts that can be absent or null.
func (f *form) texts(name string) (values []string, null bool) {
	raw, found, null := f.raw([]string{name})
	if !found || null {
		return nil, null
	}
	var items []*string
	if err := json.Unmarshal(raw, &items); err != nil {
		f.problem(name, "must be a list of strings")
		return nil, false
	}
	values = make([]string, 0, len(items))
	for i, item := range items {
		if item == nil {
			f.problem(name, fmt.Sprintf("must not contain null, as it does at %d", i))
			return nil, false
		}
		values = append(values, *item)
	}
	f.checkText(name, strings.Join(values, ""), raw)
	return values, false
}

// wholeNumber reads a required number within bounds. The contract allows a text of
// digits too.
func (f *form) wholeNumber(name string, least, most int) int {
	raw, found, null := f.raw([]string{name})
	switch {
	case !found:
		f.problem(name, "is required")
		return 0
	case null:
		f.problem(name, "must not be null")
		return 0
	}
	text := string(raw)
	if quoted := ""; json.Unmarshal(raw, &quoted) == nil {
		text = quoted
	}
	n, err := strconv.ParseFloat(text, 64)
	switch {
	case err != nil || n != math.Trunc(n):
		f.problem(name, "must be a whole number")
	case n < float64(least) || n > float64(most):
		f.problem(name, fmt.Sprintf("must be %d to %d", least, most))
	default:
		return int(n)
	}
	return 0
}

// id reads a required UUID.
func (f *form) id(name string) uuid.UUID {
	text := f.text(name)
	id, ok := parseUUID(text)
	if _, found, null := f.raw([]string{name}); found && !null && !ok {
		f.problem(name, "must be a UUID")
	}
	return id
}
