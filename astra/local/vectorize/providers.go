// Package vectorize replaces Astra's embedding providers: it lists them,
// checks the service of a vector column, and embeds texts on this machine without
// a model.
// Tables, commands and storage must not be here.
package vectorize

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"github.com/killrvideo/killrvideo-go/astra/local/fault"
	"github.com/killrvideo/killrvideo-go/astra/local/jsonv"
	"github.com/killrvideo/killrvideo-go/astra/local/value"
)

// The provider that Astra asks without a key of the user.
const (
	Provider = "nvidia"
	Model    = "NV-Embed-QA"
	// Dimension is the length of the model's vectors.
	Dimension = 1024
	// MaxTokens is how long a text may be.
	MaxTokens = 512
)

// Parse reads the service of a vector column. Dimension is the column's, or 0
// to leave it to the model; Parse returns the effective one.
func Parse(column string, in any, dimension int) (*value.Service, int, error) {
	o, ok := in.(*jsonv.Object)
	if !ok {
		return nil, 0, fault.Mismatch("column '%s': 'service' must be an object", column)
	}
	err := fault.OnlyFields("the service of column '"+column+"'", o.Keys, "authentication", "modelName", "parameters", "provider")
	if err != nil {
		return nil, 0, err
	}
	s := &value.Service{}
	if s.Provider, err = name(column, o, "provider"); err != nil {
		return nil, 0, err
	}
	p, ok := find(s.Provider)
	if !ok {
		return nil, 0, invalid("Service provider '%s' is not supported", s.Provider)
	}
	if s.Authentication, err = authentication(column, o, p); err != nil {
		return nil, 0, err
	}
	if s.ModelName, err = name(column, o, "modelName"); err != nil {
		return nil, 0, err
	}
	m, ok := p.find(s.ModelName)
	if !ok {
		return nil, 0, invalid("Model name '%s' for provider '%s' is not supported", s.ModelName, s.Provider)
	}
	if dimension, err = m.check(p, dimension); err != nil {
		return nil, 0, err
	}
	s.Parameters, err = parameters(column, o, p, m)
	return s, dimension, err
}

func name(column string, o *jsonv.Object, member string) (string, error) {
	in, _ := o.Get(member)
	s, ok := in.(string)
	switch {
	case in != nil && !ok:
		return "", fault.Mismatch("column '%s': 'service.%s' must be a text", column, member)
	case in == nil && member == "provider":
		return "", fault.New("COMMAND_FIELD_VALUE_INVALID", "Command field 'service.provider' value `null` not valid: must not be null.\n\n"+
			"Resend the command with a valid value.")
	case in == nil:
		return "", invalid("'modelName' is needed for the provider")
	}
	return s, nil
}

// invalid has the code that Astra uses for tables as well.
func invalid(format string, args ...any) error {
	return fault.New("INVALID_CREATE_COLLECTION_OPTIONS", "The options of the command are not valid: "+format+
		".\n\nResend the command with valid options.", args...)
}

// authentication reads the names of stored keys, which end with the name of the key
// in them; the Data API adds that where it is missing. That they exist is not known
// here.
func authentication(column string, o *jsonv.Object, p provider) (map[string]any, error) {
	in, _ := o.Get("authentication")
	given, ok := in.(*jsonv.Object)
	if in != nil && !ok {
		return nil, fault.Mismatch("column '%s': 'service.authentication' must be an object", column)
	}
	if given == nil {
		return nil, nil
	}
	out := map[string]any{}
	for _, k := range given.Keys {
		if !slices.ContainsFunc(p.keys, func(known key) bool { return known.secret == k }) {
			return nil, invalid("Service provider '%s' does not support authentication key '%s'", p.name, k)
		}
		s, ok := given.Value(k).(string)
		if !ok {
			return nil, fault.Mismatch("column '%s': 'service.authentication.%s' must be a text", column, k)
		}
		if i := strings.LastIndexByte(s, '.'); i <= 0 || s[i+1:] != k {
			s += "." + k
		}
		out[k] = s
	}
	return out, nil
}

// check returns the effective dimension.
func (m model) check(p provider, dimension int) (int, error) {
	switch {
	case m.dimension != 0 && dimension != 0 && dimension != m.dimension:
		return 0, invalid("The provided dimension value '%d' doesn't match the model's supported dimension value '%d'", dimension, m.dimension)
	case m.dimension != 0:
		return m.dimension, nil
	case dimension == 0 && m.usual == 0:
		return 0, invalid("'dimension' is needed for provider %s", p.name)
	case dimension == 0:
		return m.usual, nil
	case m.options != nil && !slices.Contains(m.options, dimension):
		return 0, invalid("The provided dimension value '%d' is not within the supported options %v", dimension, m.options)
	case m.options == nil && (dimension < m.least || dimension > m.most):
		return 0, invalid("The provided dimension value (%d) is not within the supported numeric range [%d, %d]", dimension, m.least, m.most)
	}
	return dimension, nil
}

func parameters(column string, o *jsonv.Object, p provider, m model) (map[string]any, error) {
	in, _ := o.Get("parameters")
	given, ok := in.(*jsonv.Object)
	if in != nil && !ok {
		return nil, fault.Mismatch("column '%s': 'service.parameters' must be an object", column)
	}
	known := append(slices.Clone(p.parameters), m.parameters...)
	out := map[string]any{}
	if given != nil {
		for _, k := range given.Keys {
			if !slices.ContainsFunc(known, func(q parameter) bool { return q.name == k }) {
				return nil, invalid("Unexpected parameter '%s' for the provider '%s' provided", k, p.name)
			}
			out[k] = given.Value(k)
		}
	}
	for _, q := range known {
		v, has := out[q.name]
		if !has && q.required {
			return nil, invalid("Required parameter '%s' for the provider '%s' missing", q.name, p.name)
		}
		if has && !q.fits(v) {
			return nil, invalid("The provided parameter '%s' type is incorrect. Expected: '%s'", q.name, q.kind)
		}
	}
	if given == nil {
		return nil, nil
	}
	return out, nil
}

func (q parameter) fits(v any) bool {
	var ok bool
	switch q.kind {
	case "string":
		_, ok = v.(string)
	case "boolean":
		_, ok = v.(bool)
	case "number":
		_, ok = v.(json.Number)
	}
	return ok
}

// shortestKey is the length of the shortest key that any of the providers gives
// out: an access key id of Amazon Web Services.
const shortestKey = 20

// Authorized reports whether a request has what the provider of a column needs:
// a key in its headers, or else the name of a stored one in the definition. Keys
// cannot be checked with their providers here, so it refuses what cannot be one.
func Authorized(s value.Service, headers http.Header) error {
	p, _ := find(s.Provider)
	for _, k := range p.keys {
		switch given := headers.Get(k.header); {
		case given == "" && len(s.Authentication) > 0:
		case given == "":
			return fault.New("EMBEDDING_PROVIDER_AUTHENTICATION_KEYS_NOT_PROVIDED", "The request has no key for the embedding provider '%s': it "+
				"needs the header '%s'.", s.Provider, k.header)
		case len(given) < shortestKey:
			return refused(p.name, http.StatusUnauthorized, "the header '%s' holds no key: no key has fewer than %d characters, and the "+
				"embedded Astra takes any longer one", k.header, shortestKey)
		}
	}
	return nil
}

// refused is what the Data API makes of a provider's own error.
func refused(provider string, status int, format string, args ...any) error {
	return fault.New("EMBEDDING_PROVIDER_CLIENT_ERROR", "Provider '%s' returned a HTTP client error with HTTP %d; error message: %s",
		provider, status, fmt.Sprintf(format, args...))
}

var token = regexp.MustCompile(`[\p{L}\p{N}_]+|[^\p{L}\p{N}_\s]`)

// Ask is what a request to the provider comes to. A word or a mark is at least
// one token of the model, so a text of more of them is one that the provider refuses.
func Ask(s value.Service, text string, dimension int) ([]float32, error) {
	if s.Provider == Provider && len(token.FindAllStringIndex(text, MaxTokens+1)) > MaxTokens {
		return nil, refused(s.Provider, http.StatusBadRequest, "a text may have at most %d tokens", MaxTokens)
	}
	return Embed(text, dimension), nil
}
