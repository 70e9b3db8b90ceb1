package e2e_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// input is what a request may say in one place, and whether that is all right.
type input struct {
	what  string
	value any // JSON of a body as json.RawMessage, else a text
	good  bool
}

// inputs are made from what the document says about a field: at its limits,
// just beyond them, and of every other type.
func inputs(s shape) []input {
	all := []input{{"null", nil, s.is("null")}}
	add := func(good bool, what string, value any) { all = append(all, input{what, value, good}) }
	for name, value := range map[string]any{
		"string": "x", "number": 7.5, "boolean": true, "object": map[string]any{"a": 1}, "array": []any{[]any{}},
	} {
		if !s.is(name) && !(name == "number" && s.is("integer")) {
			add(false, "of type "+name, value)
		}
	}
	switch {
	case len(s.Enum) > 0:
		add(false, "no member", "bogus")
		add(false, "empty", "")
		for _, member := range s.Enum {
			add(true, fmt.Sprint("member ", member), member)
		}
	case s.Format == "uuid":
		for _, bad := range []string{"", "zzz", "{" + unknownID() + "}", "urn:uuid:" + unknownID(), unknownID() + "0",
			strings.Repeat("9", 5000)} {
			add(false, "no UUID", bad)
		}
	case s.is("string"):
		all = append(all, texts(s)...)
	case s.is("integer"):
		all = append(all, numbers(s)...)
	case s.is("array"):
		all = append(all, lists(s)...)
	}
	return all
}

// letters are n characters, of more than one byte each.
func letters(s shape, n int) string {
	switch s.Format {
	case "email":
		end := newEmail() // no account has it
		return strings.Repeat("a", n-len(end)) + end
	case "uri":
		return goodAddress + "?" + strings.Repeat("a", n-len(goodAddress)-1)
	}
	return strings.Repeat("é", n)
}

func texts(s shape) (all []input) {
	if s.MaxLength != nil {
		all = append(all, input{"as long as may be", letters(s, *s.MaxLength), true}, input{"one too long", letters(s, *s.MaxLength+1), false})
	}
	if s.MinLength != nil {
		all = append(all, input{"as short as may be", letters(s, *s.MinLength), true}, input{"one too short", letters(s, *s.MinLength-1), false})
	}
	if s.Pattern != "" {
		const blank = " \t "
		all = append(all, input{"blank", blank, goPattern(s.Pattern).MatchString(blank)})
	}
	for _, bad := range []string{`"a\u0000b"`, `"\ud800abc"`, `"abc\udc00"`, "\"abc\xff\""} {
		all = append(all, input{"with what is no text: " + bad, json.RawMessage(bad), false})
	}
	return all
}

func numbers(s shape) (all []input) {
	for _, bad := range []string{"1.5", "1e300", "-1e300", "99999999999999999999", `"x"`, `""`, `"1.5"`} {
		all = append(all, input{"the number " + bad, json.RawMessage(bad), false})
	}
	if s.Minimum != nil {
		all = append(all, input{"the least", *s.Minimum, true}, input{"one less", *s.Minimum - 1, false})
	}
	if s.Maximum != nil {
		all = append(all, input{"the most", *s.Maximum, true}, input{"one more", *s.Maximum + 1, false})
	}
	return all
}

func lists(s shape) (all []input) {
	of := func(n int, item any) []any { return slices.Repeat([]any{item}, n) }
	if s.MaxItems != nil && s.Items.is("string") {
		var many []any
		for i := range *s.MaxItems + 1 {
			many = append(many, fmt.Sprint("item ", i))
		}
		all = append(all, input{"as many as may be", many[1:], true}, input{"one too many", many, false})
	} else if s.MaxItems != nil {
		all = append(all, input{"as many as may be", of(*s.MaxItems, 1), true}, input{"one too many", of(*s.MaxItems+1, 1), false},
			input{"one too few", of(*s.MaxItems-1, 1), false})
	}
	for _, item := range inputs(*s.Items) {
		n := 1
		if s.MinItems != nil {
			n = *s.MinItems
		}
		all = append(all, input{"an item " + item.what, of(n, item.value), item.good})
	}
	return all
}

// Every field of every body, through all that it might be.
func TestInvalidBodies(t *testing.T) {
	t.Parallel()
	c := newCast(t)
	for _, o := range document(t) {
		if o.body == nil {
			continue
		}
		t.Run(o.id, func(t *testing.T) {
			t.Parallel()
			for name, field := range o.body.Properties {
				if slices.Contains(o.body.Required, name) {
					c.wantRefused(t, o, name, "missing", func(body map[string]json.RawMessage) { delete(body, name) })
				}
				for _, in := range inputs(field) {
					value := jsonOf(t, in.value)
					set := func(body map[string]json.RawMessage) { body[name] = value }
					if in.good {
						c.wantAccepted(t, o, name, in.what, set)
					} else {
						c.wantRefused(t, o, name, in.what, set)
					}
				}
			}
		})
	}
}

func jsonOf(t *testing.T, value any) json.RawMessage {
	t.Helper()
	if raw, ok := value.(json.RawMessage); ok { // may be no JSON, on purpose
		return raw
	}
	text, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// request is a good request of an operation, as made for the matrix of roles.
func (c cast) request(t *testing.T, o described) (path string, body map[string]json.RawMessage, token string) {
	t.Helper()
	path, text, _ := strings.Cut(c.fill(t, o.path+" "+matrix()[o.id].body, o.id), " ")
	if text != "" {
		into(t, json.RawMessage(text), &body)
	} else {
		body = map[string]json.RawMessage{}
	}
	token = c.tokens["moderator"]
	if slices.Contains(endsSessions, o.id) {
		token = disposable(t, "viewer").token
	}
	return path, body, token
}

// object writes a body out; unlike json.Marshal it does not correct a field.
func object(body map[string]json.RawMessage) string {
	var fields []string
	for name, value := range body {
		fields = append(fields, fmt.Sprintf("%q:%s", name, value))
	}
	return "{" + strings.Join(fields, ",") + "}"
}

func (c cast) wantRefused(t *testing.T, o described, field, what string, change func(map[string]json.RawMessage)) {
	t.Helper()
	path, body, token := c.request(t, o)
	change(body)
	wantNamed(t, fmt.Sprintf("%s: %s %s", o.id, field, what), call(t, o.method, path, token, object(body)), "body", field)
}

func (c cast) wantAccepted(t *testing.T, o described, field, what string, change func(map[string]json.RawMessage)) {
	t.Helper()
	path, body, token := c.request(t, o)
	change(body)
	a := call(t, o.method, path, token, object(body))
	// Right or wrong, a password, a token, a code and a name of another thing are read.
	answered := map[string]int{
		"logIn": 401, "refreshSession": 401, "flagContent": 404, "changePassword": 403, "resetPassword": 400,
	}[o.id]
	if a.status != matrix()[o.id].status && a.status != answered {
		t.Errorf("%s: %s %s is refused: %d %s", o.id, field, what, a.status, a.raw)
	}
}

// wantNamed fails the test unless the answer is a refusal that names the field.
func wantNamed(t *testing.T, what string, a answer, in, field string) {
	t.Helper()
	if a.status < 400 || a.status >= 500 {
		t.Errorf("%s: %d %s", what, a.status, a.raw)
		return
	}
	problems, _ := a.body["errors"].([]any)
	for _, problem := range problems {
		if p := problem.(map[string]any); (p["field"] == field || p["message"] == "is not valid UTF-8") && p["in"] == in && p["message"] != "" {
			return
		}
	}
	t.Errorf("%s: %d does not name %s: %s", what, a.status, field, a.raw)
}

// goPattern is a pattern of the document as Go writes it.
func goPattern(pattern string) *regexp.Regexp {
	return regexp.MustCompile(regexp.MustCompile(`\\u([0-9a-f]{4})`).ReplaceAllString(pattern, `\x{$1}`))
}

// Whatever is sent as a body to whatever takes one.
func TestMalformedBodies(t *testing.T) {
	t.Parallel()
	c := newCast(t)
	bad := map[string]string{
		"empty":                "",
		"blank":                " \n ",
		"null":                 "null",
		"a list":               "[]",
		"a text":               `"x"`,
		"a number":             "7",
		"cut off":              `{"a":`,
		"two":                  "{} {}",
		"deep":                 strings.Repeat(`{"a":`, 10_500) + "1" + strings.Repeat("}", 10_500),
		"deep lists":           strings.Repeat("[", 64_000),
		"no UTF-8":             "{\"\xff\":1}",
		"a form":               "email=a&password=b",
		"XML":                  "<a/>",
		"NUL":                  "\x00",
		"a mark of byte order": "\ufeff{}",
	}
	for _, o := range document(t) {
		if o.body == nil {
			continue
		}
		t.Run(o.id, func(t *testing.T) {
			t.Parallel()
			path, good, token := c.request(t, o)
			for name, text := range bad {
				if strings.TrimSpace(text) == "" && !o.bodyRequired {
					continue
				}
				wantNamed(t, o.id+": "+name, call(t, o.method, path, token, text), "body", "body")
			}
			for name := range o.body.Properties {
				twice := fmt.Sprintf(`{%q:1,%q:2}`, name, name)
				wantNamed(t, o.id+": "+name+" twice", call(t, o.method, path, token, twice), "body", name)
			}
			call(t, o.method, path, token, strings.Repeat(" ", 64<<10+1)).want(t, 413, "")
			req, err := http.NewRequestWithContext(t.Context(), o.method, system.url+path, strings.NewReader(object(good)))
			if err != nil {
				t.Fatal(err)
			}
			req.Header.Set("Authorization", "Bearer "+token)
			for _, kind := range []string{"text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/xml",
				"nonsense"} {
				again := req.Clone(t.Context())
				again.Body, _ = req.GetBody()
				again.Header.Set("Content-Type", kind)
				wantNamed(t, o.id+": "+kind, send(t, again), "header", "Content-Type")
			}
		})
	}
}

// Every parameter of every operation, through all that it might be.
func TestInvalidParameters(t *testing.T) {
	t.Parallel()
	c := newCast(t)
	for _, o := range document(t) {
		if len(o.parameters) == 0 {
			continue
		}
		t.Run(o.id, func(t *testing.T) {
			t.Parallel()
			for _, p := range o.parameters {
				if p.In == "header" {
					continue // If-None-Match takes any text
				}
				for _, in := range parameterInputs(p) {
					c.tryParameter(t, o, p, in)
				}
			}
		})
	}
}

// parameterInputs are the inputs that fit into a URL.
func parameterInputs(p parameter) []input {
	all := []input{{"no UTF-8", "%ff%fe", false}, {"a NUL", "a%00b", false}}
	if p.In == "query" {
		all = append(all, input{"no escape", "%zz", false})
	}
	for _, in := range inputs(p.Schema) {
		switch value := in.value.(type) {
		case string:
			all = append(all, input{in.what, url.PathEscape(value), in.good})
		case float64:
			if p.Schema.is("string") {
				continue // in a URL, all is text
			}
			all = append(all, input{in.what, fmt.Sprintf("%.0f", value), in.good})
		case json.RawMessage:
			if text := string(value); !strings.HasPrefix(text, `"`) {
				all = append(all, input{in.what, text, in.good})
			}
		}
	}
	return all
}

func (c cast) tryParameter(t *testing.T, o described, p parameter, in input) {
	t.Helper()
	value := in.value.(string)
	if p.In == "path" && value == "" {
		return // another path
	}
	good, body, token := c.request(t, o)
	what := fmt.Sprintf("%s: %s %s (%.60s)", o.id, p.Name, in.what, value)
	target := good
	if p.In == "query" {
		target += "?" + p.Name + "=" + value
		if p.Name != "query" {
			target += "&query=cats"
		}
	} else {
		template, _, _ := strings.Cut(c.fill(t, strings.Replace(o.path, "{"+p.Name+"}", "PLACE", 1)+" ", o.id), " ")
		target = strings.Replace(template, "PLACE", value, 1)
	}
	a := call(t, o.method, target, token, object(body))
	switch {
	case in.good && a.status >= 300 && a.status != 400: // 400: of a window of days that is none
		t.Errorf("%s is refused: %d %s", what, a.status, a.raw)
	case in.good:
	case p.In == "path" && a.status == 404: // to the contract, another route
	case o.id == "listForYou" && p.Name == "cursor" && a.status == 200: // what is liked has one page, whatever comes after it
	default:
		wantNamed(t, what, a, p.In, p.Name)
	}
}
