package tables

import (
	"encoding/base64"
	"encoding/json"

	"github.com/killrvideo/killrvideo-go/astra/local/fault"
	"github.com/killrvideo/killrvideo-go/astra/local/jsonv"
	"github.com/killrvideo/killrvideo-go/astra/local/schema"
)

// pageState is where a find goes on: after which key, and how many rows its
// limit has already spent. Clients must treat it as opaque.
type pageState struct {
	After []byte `json:"a"`
	Sent  int    `json:"n"`
}

func (p pageState) String() string {
	raw, _ := json.Marshal(p)
	return base64.StdEncoding.EncodeToString(raw)
}

func parsePageState(in any) (*pageState, error) {
	if in == nil {
		return nil, nil
	}
	s, _ := in.(string)
	raw, err := base64.StdEncoding.DecodeString(s)
	var p pageState
	if err == nil {
		err = json.Unmarshal(raw, &p)
	}
	if err != nil || len(p.After) == 0 || p.Sent < 0 {
		return nil, fault.New("COMMAND_FIELD_VALUE_INVALID", "The option 'pageState' must be the nextPageState of an earlier page.")
	}
	return &p, nil
}

// parseProjection gives the columns to show, in the table's order.
func parseProjection(t *schema.Table, o *jsonv.Object) ([]string, error) {
	if o.Len() == 0 {
		return t.Names(), nil
	}
	named := map[string]bool{}
	var include, exclude int
	for _, k := range o.Keys {
		on, ok := toggle(o.Value(k))
		if !ok {
			return nil, fault.New("UNSUPPORTED_PROJECTION_PARAM", "The projection of '%s' must be true, false, 1 or 0.", k)
		}
		named[k] = true
		if on {
			include++
		} else {
			exclude++
		}
	}
	if include > 0 && exclude > 0 || named["*"] && o.Len() > 1 {
		return nil, fault.New("UNSUPPORTED_PROJECTION_PARAM", "The projection must include columns or exclude columns, not both.")
	}
	if named["*"] {
		if include > 0 {
			return t.Names(), nil
		}
		return []string{}, nil
	}
	out := []string{}
	for _, name := range t.Names() {
		if named[name] == (include > 0) {
			out = append(out, name)
		}
	}
	if len(out) == 0 && include > 0 {
		return nil, fault.New("UNKNOWN_PROJECTION_COLUMNS", "The projection names no column of the table '%s'.", t.Name)
	}
	return out, nil
}

func toggle(in any) (on, ok bool) {
	switch v := in.(type) {
	case bool:
		return v, true
	case json.Number:
		return v == "1", v == "1" || v == "0"
	}
	return false, false
}
