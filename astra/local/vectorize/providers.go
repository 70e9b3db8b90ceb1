// Package vectorize stands in for the embedding providers that Astra asks: it
// knows which there are, what the service of a vector column may say, and how a
// text becomes a vector. No model is behind it and nothing leaves the machine.
// Tables, commands and storage may not enter.
package vectorize

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"slices"

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
// to leave it to the model; Parse gives the one that holds.
func Parse(column string, in any, dimension int) (*value.Service, int, error) {
	o, ok := in.(*jsonv.Object)
	if !ok {
		return nil, 0, mismatch("column '%s': 'service' must be an object", column)
	}
	for _, k := range o.Keys {
		if !slices.Contains([]string{"provider", "modelName", "authentication", "parameters"}, k) {
			return nil, 0, fault.New("COMMAND_FIELD_UNKNOWN", "Command field '%s' of the service of column '%s' not recognized: not one of known fields "+
				"('authentication', 'modelName', 'parameters', 'provider').\n\nResend the command with known fields only.", k, column)
		}
	}
	s := &value.Service{}
	var err error
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

func mismatch(format string, args ...any) error {
	return fault.New("REQUEST_STRUCTURE_MISMATCH", "The request is valid JSON, but its structure does not match: "+format+".\n\nResend the request with a valid structure.", args...)
}

func name(column string, o *jsonv.Object, member string) (string, error) {
	in, _ := o.Get(member)
	s, ok := in.(string)
	switch {
	case in != nil && !ok:
		return "", mismatch("column '%s': 'service.%s' must be a text", column, member)
	case in == nil && member == "provider":
		return "", fault.New("COMMAND_FIELD_VALUE_INVALID", "Command field 'service.provider' value `null` not valid: must not be null.\n\nResend the command with a valid value.")
	case in == nil:
		return "", invalid("'modelName' is needed for the provider")
	}
	return s, nil
}

// invalid has the code that Astra uses for tables as well.
func invalid(format string, args ...any) error {
	return fault.New("INVALID_CREATE_COLLECTION_OPTIONS", "The options of the command are not valid: "+format+".\n\nResend the command with valid options.", args...)
}

// authentication reads the names of stored keys. That they exist is not known
// here.
func authentication(column string, o *jsonv.Object, p provider) (map[string]any, error) {
	in, _ := o.Get("authentication")
	given, ok := in.(*jsonv.Object)
	if in != nil && !ok {
		return nil, mismatch("column '%s': 'service.authentication' must be an object", column)
	}
	if given.Len() == 0 {
		return nil, nil
	}
	out := map[string]any{}
	for _, k := range given.Keys {
		if !slices.Contains(p.secret, k) {
			return nil, invalid("Service provider '%s' does not support authentication key '%s'", p.name, k)
		}
		s, ok := given.Value(k).(string)
		if !ok {
			return nil, mismatch("column '%s': 'service.authentication.%s' must be a text", column, k)
		}
		out[k] = s
	}
	return out, nil
}

// check gives the dimension that holds.
func (m model) check(p provider, dimension int) (int, error) {
	switch {
	case m.dimension != 0 && dimension != 0 && dimension != m.dimension:
		return 0, invalid("The provided dimension value '%d' doesn't match the model's supported dimension value '%d'", dimension, m.dimension)
	case m.dimension != 0:
		return m.dimension, nil
	case dimension == 0 && p.name == "huggingfaceDedicated":
		return 0, invalid("'dimension' is needed for provider %s", p.name)
	case dimension == 0 && m.options != nil:
		return m.options[len(m.options)-1], nil
	case dimension == 0:
		return m.most, nil
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
		return nil, mismatch("column '%s': 'service.parameters' must be an object", column)
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
	if len(out) == 0 {
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

// Authorized tells whether a request has what the provider of a column needs:
// a key in its headers, or the name of a stored one in the definition.
func Authorized(s value.Service, headers http.Header) error {
	p, _ := find(s.Provider)
	if p.header == nil || len(s.Authentication) > 0 {
		return nil
	}
	for _, h := range p.header {
		if headers.Get(h) == "" {
			return fault.New("EMBEDDING_PROVIDER_AUTHENTICATION_KEYS_NOT_PROVIDED", "The request has no key for the embedding provider '%s': it needs the header '%s'.", s.Provider, h)
		}
	}
	return nil
}

var token = regexp.MustCompile(`[\p{L}\p{N}_]+|[^\p{L}\p{N}_\s]`)

// Ask is what a request to the provider comes to. A word or a mark is at least
// one token of the model, so a text of more of them is one that it refuses.
func Ask(s value.Service, text string, dimension int) ([]float32, error) {
	if s.Provider == Provider && len(token.FindAllStringIndex(text, MaxTokens+1)) > MaxTokens {
		return nil, fault.New("EMBEDDING_PROVIDER_CLIENT_ERROR", "The embedding provider refused the request.\n\n%s",
			fmt.Sprintf("The provider '%s' takes texts of at most %d tokens.", s.Provider, MaxTokens))
	}
	return Embed(text, dimension), nil
}
