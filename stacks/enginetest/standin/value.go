package standin

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/property"
)

// autonamed marks an object whose name the provider made up.
const autonamed = "pulumi.com/autonamed"

// plain is a value without what Pulumi knows about it. A secret becomes a hash:
// nothing here ever holds one.
func plain(v property.Value) any {
	switch {
	case v.Secret():
		sum := sha256.Sum256([]byte(v.WithSecret(false).GoString()))
		return "secret " + hex.EncodeToString(sum[:6])
	case v.IsString():
		return v.AsString()
	case v.IsNumber():
		return v.AsNumber()
	case v.IsBool():
		return v.AsBool()
	case v.IsArray():
		list := []any{}
		for _, each := range v.AsArray().All {
			list = append(list, plain(each))
		}
		return list
	case v.IsMap():
		return plainMap(v.AsMap())
	}
	return nil
}

func plainMap(m property.Map) map[string]any {
	out := map[string]any{}
	for key, value := range m.All {
		out[key] = plain(value)
	}
	return out
}

// Decode reads an object into a struct; a secret is a hash.
func Decode(inputs property.Map, into any) error {
	text, err := json.Marshal(plainMap(inputs))
	if err != nil {
		return err
	}
	return json.Unmarshal(text, into)
}

// rich is the way back, for what the cloud itself tells.
func rich(v any) property.Value {
	switch v := v.(type) {
	case string:
		return property.New(v)
	case int:
		return property.New(float64(v))
	case float64:
		return property.New(v)
	case bool:
		return property.New(v)
	case []any:
		list := []property.Value{}
		for _, each := range v {
			list = append(list, rich(each))
		}
		return property.New(list)
	case map[string]any:
		out := map[string]property.Value{}
		for key, value := range v {
			out[key] = rich(value)
		}
		return property.New(out)
	}
	return property.New(property.Null)
}

// search looks for tokens that are not marked as secret. The cloud's lock is
// held.
func (c *Cloud) search(name string, inputs property.Map) {
	var look func(path string, v property.Value)
	look = func(path string, v property.Value) {
		switch {
		case v.Secret():
		case v.IsString():
			c.leaked(name, path, v.AsString())
		case v.IsArray():
			for i, each := range v.AsArray().All {
				look(fmt.Sprintf("%s[%d]", path, i), each)
			}
		case v.IsMap():
			for key, each := range v.AsMap().All {
				look(path+"."+key, each)
			}
		}
	}
	look("", property.New(inputs))
}

// fixed tells whether an object has a given name: then the old
// one must go before a new one can come.
func fixed(inputs property.Map) bool {
	metadata := inputs.Get("metadata")
	if !metadata.IsMap() {
		return false
	}
	notes := metadata.AsMap().Get("annotations")
	return !notes.IsMap() || !notes.AsMap().Get(autonamed).IsString()
}

// named is an object with a name that was made up, and marked as such.
func named(inputs property.Map, name string) property.Map {
	object := func(m property.Map, key string) property.Map {
		if m.Get(key).IsMap() {
			return m.Get(key).AsMap()
		}
		return property.NewMap(nil)
	}
	metadata := object(inputs, "metadata")
	notes := object(metadata, "annotations").Set(autonamed, property.New("true"))
	metadata = metadata.Set("annotations", property.New(notes)).Set("name", property.New(name))
	return inputs.Set("metadata", property.New(metadata))
}

// at walks into maps and lists; nil when there is nothing.
func at(v any, path ...any) any {
	for _, step := range path {
		switch step := step.(type) {
		case string:
			m, _ := v.(map[string]any)
			v = m[step]
		case int:
			l, _ := v.([]any)
			if step >= len(l) {
				return nil
			}
			v = l[step]
		}
	}
	return v
}

func text(v any, path ...any) string {
	s, _ := at(v, path...).(string)
	return s
}

// variable is the value of an entry of a list of environment variables.
func variable(env []any, name string) (value string) {
	for _, one := range env {
		if text(one, "name") == name {
			value = text(one, "value")
		}
	}
	return value
}

func list(v any, path ...any) []any {
	l, _ := at(v, path...).([]any)
	return l
}
