package documents

import (
	"encoding/json"
	"strconv"

	"github.com/killrvideo/killrvideo-go/astra/local/fault"
	"github.com/killrvideo/killrvideo-go/astra/local/jsonv"
	"github.com/killrvideo/killrvideo-go/astra/local/value"
)

// Projection selects the fields of a document.
type Projection struct {
	all, none bool
	include   bool
	paths     [][]string
	slices    []slice
	special   map[string]bool
}

type slice struct {
	path        []string
	skip, count int
}

// InvalidProjection refuses a path of a projection, or its value.
func InvalidProjection(format string, args ...any) error {
	return fault.New("UNSUPPORTED_PROJECTION_PARAM",
		"The projection is not supported: "+format+".\n\nResend the command with a valid projection.", args...)
}

// ParseProjection reads a projection; nil is the default, which leaves the
// vector and the texts for it out.
func ParseProjection(in any) (*Projection, error) {
	p := &Projection{special: map[string]bool{}}
	if in == nil {
		return p, nil
	}
	o, ok := in.(*jsonv.Object)
	if !ok {
		return nil, fault.New("UNSUPPORTED_PROJECTION_DEFINITION",
			"The projection must be a JSON object, not %s.\n\nResend the command with a valid projection.", value.JSONKind(in))
	}
	if o.Len() == 1 && o.Has("*") {
		on, err := toggle("*", o.Value("*"))
		p.all, p.none = on, !on
		return p, err
	}
	counts := map[bool]int{}
	if err := p.collect(o, nil, counts); err != nil {
		return nil, err
	}
	p.include = counts[true] > 0
	return p, nil
}

func toggle(path string, in any) (bool, error) {
	switch v := in.(type) {
	case bool:
		return v, nil
	case json.Number:
		f, err := v.Float64()
		return f != 0, err
	}
	return false, InvalidProjection("path ('%s') value must be Number, Boolean or Object, not %s", path, value.JSONKind(in))
}

func (p *Projection) collect(o *jsonv.Object, parent []string, counts map[bool]int) error {
	for _, key := range o.Keys {
		if err := p.field(key, o.Value(key), parent, counts); err != nil {
			return err
		}
	}
	return nil
}

func (p *Projection) field(key string, in any, parent []string, counts map[bool]int) error {
	special := key == Vector || key == Vectorize || key == Lexical || key == ID && parent == nil
	switch {
	case key == "":
		return InvalidProjection("empty paths (and path segments) not allowed")
	case key[0] == '$' && !special && parent == nil:
		return InvalidProjection("'$lexical'/'$vector'/'$vectorize' are only allowed paths that can start with '$' (path: '%s')", key)
	case key == "$slice":
		return p.addSlice(parent, in)
	case key[0] == '$' && !special:
		return InvalidProjection("unsupported projection operator '%s' (only '$slice' supported)", key)
	case key == "*":
		return InvalidProjection("wildcard ('*') only allowed as the only root-level path")
	}
	names, err := Split(key)
	if err != nil {
		return InvalidProjection("%v", err)
	}
	path := append(append([]string{}, parent...), names...)
	if inner, ok := in.(*jsonv.Object); ok {
		return p.collect(inner, path, counts)
	}
	on, err := toggle(key, in)
	if err != nil {
		return err
	}
	if special {
		p.special[key] = on
		return nil
	}
	if counts[!on] > 0 {
		return InvalidProjection("cannot include and exclude fields in one projection ('%s')", key)
	}
	counts[on]++
	p.paths = append(p.paths, path)
	return nil
}

func (p *Projection) addSlice(path []string, in any) error {
	number := func(v any) (int, bool) {
		n, ok := v.(json.Number)
		i, err := strconv.ParseInt(string(n), 10, 32)
		return int(i), ok && err == nil
	}
	if n, ok := number(in); ok {
		p.slices = append(p.slices, slice{path: path, skip: min(n, 0), count: max(n, -n)})
		return nil
	}
	list, _ := in.([]any)
	if len(list) == 2 {
		skip, okSkip := number(list[0])
		count, okCount := number(list[1])
		if okSkip && okCount && count >= 0 {
			p.slices = append(p.slices, slice{path, skip, count})
			return nil
		}
	}
	return InvalidProjection("path has unsupported parameter for '$slice': only Number or Array with 2 Numbers accepted")
}

// Apply returns the selected fields of a document; it changes nothing.
func (p *Projection) Apply(doc *jsonv.Object) *jsonv.Object {
	switch {
	case p.all:
		return doc
	case p.none:
		return jsonv.NewObject()
	}
	var out *jsonv.Object
	if p.include {
		out = p.included(doc)
	} else {
		out = p.excluded(doc)
	}
	for _, s := range p.slices {
		if list, ok := Get(out, s.path); ok {
			if l, ok := list.([]any); ok {
				_ = Set(out, s.path, s.of(l))
			}
		}
	}
	return out
}

func (s slice) of(list []any) []any {
	from := s.skip
	if from < 0 {
		from = max(0, len(list)+from)
	}
	from = min(from, len(list))
	return list[from:min(len(list), from+s.count)]
}

func (p *Projection) excluded(doc *jsonv.Object) *jsonv.Object {
	out := Copy(doc).(*jsonv.Object)
	for _, k := range []string{Vector, Vectorize, Lexical} {
		if !p.special[k] {
			out.Delete(k)
		}
	}
	if on, given := p.special[ID]; given && !on {
		out.Delete(ID)
	}
	for _, path := range p.paths {
		strip(out, path)
	}
	return out
}

// strip removes a path, in every element of the arrays on its way.
func strip(v any, path []string) {
	switch x := v.(type) {
	case []any:
		for _, e := range x {
			strip(e, path)
		}
	case *jsonv.Object:
		if len(path) == 1 {
			x.Delete(path[0])
			return
		}
		strip(x.Value(path[0]), path[1:])
	}
}

func (p *Projection) included(doc *jsonv.Object) *jsonv.Object {
	paths := append([][]string{}, p.paths...)
	if on, given := p.special[ID]; on || !given {
		paths = append(paths, []string{ID})
	}
	for _, k := range []string{Vector, Vectorize, Lexical} {
		if p.special[k] {
			paths = append(paths, []string{k})
		}
	}
	for _, s := range p.slices {
		paths = append(paths, s.path)
	}
	picked, _ := pick(doc, paths).(*jsonv.Object)
	if picked == nil {
		picked = jsonv.NewObject()
	}
	return picked
}

// pick keeps what the paths reach, in the document's order.
func pick(v any, paths [][]string) any {
	switch x := v.(type) {
	case []any:
		out := []any{}
		for _, e := range x {
			switch e.(type) {
			case *jsonv.Object, []any:
				out = append(out, pick(e, paths))
			}
		}
		return out
	case *jsonv.Object:
		out := jsonv.NewObject()
		for _, k := range x.Keys {
			var deeper [][]string
			whole := false
			for _, path := range paths {
				if path[0] == k {
					whole = whole || len(path) == 1
					deeper = append(deeper, path[1:])
				}
			}
			inner := x.Value(k)
			if whole {
				out.Set(k, Copy(inner))
				continue
			}
			switch inner.(type) {
			case *jsonv.Object, []any:
				if len(deeper) > 0 {
					out.Set(k, pick(inner, deeper))
				}
			}
		}
		return out
	}
	return v
}
