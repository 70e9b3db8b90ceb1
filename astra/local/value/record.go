package value

import (
	"errors"
	"fmt"

	"github.com/killrvideo/killrvideo-go/astra/local/jsonv"
)

// parseRecord reads a value of a user-defined type: an object, or an array of
// [field, value]. Fields that it leaves out are not set.
func parseRecord(t Type, in any) (any, error) {
	out := make(Record, len(t.User.Fields))
	add := func(k, v any) error {
		name, ok := k.(string)
		if !ok {
			return errors.New("a field of a user-defined type must be named by a string")
		}
		i := t.User.At(name)
		if i < 0 {
			return fmt.Errorf("the user-defined type %q has no field %q", t.User.Name, name)
		}
		if v == nil {
			return nil
		}
		parsed, err := ParseScalar(t.User.Fields[i].Kind, v)
		out[i] = parsed
		if err != nil {
			return fmt.Errorf("field %q of the user-defined type %q: %w", name, t.User.Name, err)
		}
		return nil
	}
	switch in.(type) {
	case *jsonv.Object, []any:
	default:
		return nil, mismatch(UserDefined, "an object", in)
	}
	return out, eachPair(t, in, add)
}

// renderRecord leaves out the fields that are not set.
func renderRecord(u *User, r Record) any {
	out := jsonv.NewObject()
	for i, f := range u.Fields {
		if i < len(r) && r[i] != nil {
			out.Set(f.Name, RenderScalar(f.Kind, r[i]))
		}
	}
	return out
}
