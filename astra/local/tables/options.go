package tables

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/killrvideo/killrvideo-go/astra/local/fault"
	"github.com/killrvideo/killrvideo-go/astra/local/jsonv"
	"github.com/killrvideo/killrvideo-go/astra/local/value"
)

// opts reads options; a null counts as absent.
type opts struct{ *jsonv.Object }

func (c *call) options() opts {
	in, _ := c.body.Get("options")
	o, _ := in.(*jsonv.Object)
	return opts{o}
}

// boolean reads true or false. As Jackson does, it takes them as text too, and
// a whole number for whether it is not 0.
func (o opts) boolean(name string) (bool, error) {
	in, _ := o.Get(name)
	switch v := in.(type) {
	case nil:
		return false, nil
	case bool:
		return v, nil
	case json.Number:
		if !value.Fractional(string(v)) {
			return strings.Trim(string(v), "-0") != "", nil
		}
	case string:
		switch strings.TrimSpace(v) {
		case "true", "True", "TRUE":
			return true, nil
		case "false", "False", "FALSE", "":
			return false, nil
		}
	}
	return false, fault.Mismatch("the option '%s' must be true or false, not %s.", name, value.JSONKind(in))
}

// whole reads a number of 32 bits as Jackson does: without its fraction, or from
// a text of digits.
func whole(in any) (int64, bool) {
	switch v := in.(type) {
	case json.Number:
		f, err := strconv.ParseFloat(string(v), 64)
		return int64(f), err == nil && f > math.MinInt32-1 && f < math.MaxInt32+1
	case string:
		n, err := strconv.ParseInt(strings.TrimSpace(v), 10, 32)
		return n, err == nil
	}
	return 0, false
}

// number reads a whole number of at least min; given is false when absent.
func (o opts) number(name string, min int64) (n int64, given bool, err error) {
	in, _ := o.Get(name)
	if text, ok := in.(string); in == nil || ok && strings.TrimSpace(text) == "" {
		return 0, false, nil
	}
	n, ok := whole(in)
	if !ok {
		return 0, false, fault.Mismatch("the option '%s' must be a whole number, not %s.", name, value.JSONKind(in))
	}
	if n < min {
		return 0, false, invalidField("options."+name, in, fmt.Sprintf("%s should be greater than or equal to %d", name, min))
	}
	return n, true, nil
}
