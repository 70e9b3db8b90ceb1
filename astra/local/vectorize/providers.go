// Package vectorize stands in for the embedding providers that Astra asks: it
// knows which there are, what the service of a vector column may say, and how a
// text becomes a vector. No model is behind it and nothing leaves the machine.
// Tables, commands and storage may not enter.
package vectorize

import (
	"regexp"

	"github.com/killrvideo/killrvideo-go/astra/local/fault"
	"github.com/killrvideo/killrvideo-go/astra/local/jsonv"
	"github.com/killrvideo/killrvideo-go/astra/local/value"
)

// The one provider here is the one that Astra asks without a key of the user.
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
		return nil, 0, fault.New("COMMAND_FIELD_VALUE_INVALID", "Column %q: 'service' must be an object.", column)
	}
	for _, k := range o.Keys {
		switch k {
		case "provider", "modelName", "authentication", "parameters":
		default:
			return nil, 0, fault.New("COMMAND_FIELD_UNKNOWN", "Column %q: 'service' has no member '%s'.", column, k)
		}
	}
	s := value.Service{}
	var err error
	if s.Provider, err = name(column, o, "provider"); err != nil {
		return nil, 0, err
	}
	if s.ModelName, err = name(column, o, "modelName"); err != nil {
		return nil, 0, err
	}
	if err := known(column, s); err != nil {
		return nil, 0, err
	}
	if dimension != 0 && dimension != Dimension {
		return nil, 0, invalid("Column %q: the dimension %d is not the model's, which is %d.", column, dimension, Dimension)
	}
	return &s, Dimension, nothingElse(column, o)
}

func name(column string, o *jsonv.Object, member string) (string, error) {
	in, _ := o.Get(member)
	s, ok := in.(string)
	switch {
	case in != nil && !ok, in == nil && member == "provider":
		return "", fault.New("COMMAND_FIELD_VALUE_INVALID", "Column %q: 'service.%s' must be a text.", column, member)
	case in == nil:
		return "", invalid("Column %q: 'modelName' is needed for the provider.", column)
	}
	return s, nil
}

func known(column string, s value.Service) error {
	if s.Provider != Provider {
		return invalid("Column %q: the service provider '%s' is not supported.", column, s.Provider)
	}
	if s.ModelName != Model {
		return invalid("Column %q: the model '%s' of the provider '%s' is not supported.", column, s.ModelName, s.Provider)
	}
	return nil
}

// nothingElse refuses keys and parameters: the model takes none.
func nothingElse(column string, o *jsonv.Object) error {
	for _, member := range []string{"authentication", "parameters"} {
		in, _ := o.Get(member)
		given, ok := in.(*jsonv.Object)
		if in != nil && !ok {
			return fault.New("COMMAND_FIELD_VALUE_INVALID", "Column %q: 'service.%s' must be an object.", column, member)
		}
		if given.Len() > 0 {
			return invalid("Column %q: the service provider '%s' does not support '%s' in '%s'.", column, Provider, given.Keys[0], member)
		}
	}
	return nil
}

// invalid has the code that Astra uses for tables as well.
func invalid(format string, args ...any) error {
	return fault.New("INVALID_CREATE_COLLECTION_OPTIONS", format, args...)
}

// Describe lists the providers as findEmbeddingProviders does.
func Describe() map[string]any {
	none := []any{}
	return map[string]any{Provider: map[string]any{
		"displayName": "Nvidia", "url": "http://localhost", "parameters": none,
		"supportedAuthentication": map[string]any{"NONE": map[string]any{"enabled": true, "tokens": none}},
		"models": []any{map[string]any{
			"name": Model, "vectorDimension": Dimension, "parameters": none,
			"apiModelSupport": map[string]any{"status": "SUPPORTED", "message": nil},
		}},
	}}
}

var token = regexp.MustCompile(`[\p{L}\p{N}_]+|[^\p{L}\p{N}_\s]`)

// Ask is what a request to the provider comes to. A word or a mark is at least
// one token of the model, so a text of more of them is one that it refuses.
func Ask(s value.Service, text string) ([]float32, error) {
	if len(token.FindAllStringIndex(text, MaxTokens+1)) > MaxTokens {
		return nil, fault.New("EMBEDDING_PROVIDER_CLIENT_ERROR",
			"The provider '%s' refuses a text of more than %d tokens.", s.Provider, MaxTokens)
	}
	return Embed(text), nil
}
