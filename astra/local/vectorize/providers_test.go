package vectorize_test

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"github.com/killrvideo/killrvideo-go/astra/local/jsonv"
	"github.com/killrvideo/killrvideo-go/astra/local/value"
	"github.com/killrvideo/killrvideo-go/astra/local/vectorize"
)

var service = value.Service{Provider: vectorize.Provider, ModelName: vectorize.Model}

func TestParse(t *testing.T) {
	t.Parallel()
	const known = `"provider":"nvidia","modelName":"NV-Embed-QA"`
	for _, test := range []struct {
		name, in  string
		dimension int
		code      string
	}{
		{"the one there is", `{` + known + `}`, 1024, ""},
		{"the dimension left to it", `{` + known + `,"authentication":null,"parameters":null}`, 0, ""},
		{"another dimension", `{` + known + `}`, 384, "INVALID_CREATE_COLLECTION_OPTIONS"},
		{"another provider", `{"provider":"klingon","modelName":"text-embedding-3-small"}`, 0, "INVALID_CREATE_COLLECTION_OPTIONS"},
		{"a dimension out of range", `{"provider":"openai","modelName":"text-embedding-3-small"}`, 1537, "INVALID_CREATE_COLLECTION_OPTIONS"},
		{"a parameter that lacks", `{"provider":"azureOpenAI","modelName":"text-embedding-ada-002"}`, 0, "INVALID_CREATE_COLLECTION_OPTIONS"},
		{"another model", `{"provider":"nvidia","modelName":"nv-embed-qa"}`, 0, "INVALID_CREATE_COLLECTION_OPTIONS"},
		{"no model", `{"provider":"nvidia"}`, 0, "INVALID_CREATE_COLLECTION_OPTIONS"},
		{"no provider", `{"modelName":"NV-Embed-QA"}`, 0, "COMMAND_FIELD_VALUE_INVALID"},
		{"a number for a model", `{"provider":"nvidia","modelName":1}`, 0, "REQUEST_STRUCTURE_MISMATCH"},
		{"a key", `{` + known + `,"authentication":{"providerKey":"x"}}`, 0, "INVALID_CREATE_COLLECTION_OPTIONS"},
		{"a key that is no object", `{` + known + `,"authentication":"x"}`, 0, "REQUEST_STRUCTURE_MISMATCH"},
		{"a parameter", `{` + known + `,"parameters":{"truncate":"END"}}`, 0, "INVALID_CREATE_COLLECTION_OPTIONS"},
		{"another member", `{` + known + `,"model":"x"}`, 0, "COMMAND_FIELD_UNKNOWN"},
		{"no object", `"nvidia"`, 0, "REQUEST_STRUCTURE_MISMATCH"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			in, err := jsonv.Decode([]byte(test.in))
			if err != nil {
				t.Fatal(err)
			}
			got, dimension, err := vectorize.Parse("v", in, test.dimension)
			if test.code == "" && (err != nil || !reflect.DeepEqual(*got, service) || dimension != vectorize.Dimension) {
				t.Errorf("%+v of %d: %v", got, dimension, err)
			}
			if test.code != "" && (err == nil || !strings.HasPrefix(err.Error(), test.code+":")) {
				t.Errorf("got %v, want %s", err, test.code)
			}
		})
	}
}

// TestDefinitionsAreKept as they were given: an empty object is no absent one, and
// the name of a stored key ends with that of the key in it.
func TestDefinitionsAreKept(t *testing.T) {
	t.Parallel()
	for given, want := range map[string]string{
		``: `{"provider":"openai","modelName":"text-embedding-3-small"}`,
		`,"authentication":{},"parameters":{}`: `{"provider":"openai","modelName":"text-embedding-3-small",` +
			`"authentication":{},"parameters":{}}`,
		`,"authentication":{"providerKey":"mine"}`: `{"provider":"openai","modelName":"text-embedding-3-small",` +
			`"authentication":{"providerKey":"mine.providerKey"}}`,
		`,"authentication":{"providerKey":"a.b"}`: `{"provider":"openai","modelName":"text-embedding-3-small",` +
			`"authentication":{"providerKey":"a.b.providerKey"}}`,
		`,"authentication":{"providerKey":"mine.providerKey"}`: `{"provider":"openai","modelName":"text-embedding-3-small",` +
			`"authentication":{"providerKey":"mine.providerKey"}}`,
	} {
		in, err := jsonv.Decode([]byte(`{"provider":"openai","modelName":"text-embedding-3-small"` + given + `}`))
		if err != nil {
			t.Fatal(err)
		}
		got, _, err := vectorize.Parse("v", in, 0)
		if err != nil {
			t.Fatal(err)
		}
		if text, err := json.Marshal(got); err != nil || string(text) != want {
			t.Errorf("%s: %s (%v), want %s", given, text, err, want)
		}
	}
}
