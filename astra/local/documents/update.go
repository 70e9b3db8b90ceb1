package documents

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/killrvideo/killrvideo-go/astra/local/fault"
	"github.com/killrvideo/killrvideo-go/astra/local/jsonv"
	"github.com/killrvideo/killrvideo-go/astra/local/value"
)

// Update changes documents.
type Update struct{ steps []step }

type step struct {
	op   string
	path []string
	name string
	arg  any
}

// Operators lists the update operators of collections in the order in which
// they are applied.
func Operators() []string {
	return []string{"$set", "$setOnInsert", "$unset", "$inc", "$mul", "$min", "$max", "$rename", "$currentDate", "$push", "$addToSet", "$pop"}
}

func unsupportedParam(format string, args ...any) error {
	return fault.New("UNSUPPORTED_UPDATE_OPERATION_PARAM", "The parameter of an update operator is not supported: "+format+".", args...)
}

func unsupportedTarget(format string, args ...any) error {
	return fault.New("UNSUPPORTED_UPDATE_OPERATION_TARGET", "The update operator does not fit the value that the document has: "+format+".",
		args...)
}

// ParseUpdate reads an update clause.
func ParseUpdate(up *jsonv.Object) (*Update, error) {
	out := &Update{}
	for _, op := range up.Keys {
		if !slices.Contains(Operators(), op) {
			return nil, fault.New("UNSUPPORTED_UPDATE_OPERATION", "The update operator '%s' is not supported by collections.", op)
		}
		fields, ok := up.Value(op).(*jsonv.Object)
		if !ok {
			return nil, fault.New("UNSUPPORTED_UPDATE_DATA_TYPE", "The operand of '%s' must be a JSON object, not %s.", op,
				value.JSONKind(up.Value(op)))
		}
		for _, name := range fields.Keys {
			s, err := parseStep(op, name, fields.Value(name))
			if err != nil {
				return nil, err
			}
			out.steps = append(out.steps, s)
		}
	}
	return out, out.overlapping()
}

func parseStep(op, name string, arg any) (step, error) {
	s := step{op: op, name: name, arg: arg}
	if name == ID && op != "$setOnInsert" {
		return s, fault.New("UNSUPPORTED_UPDATE_OPERATOR_FOR_DOC_ID", "The command used the operator %s on '_id', which cannot be changed.\n\n"+
			"Resend the command without '_id'.", op)
	}
	special := name == Vector || name == Vectorize || name == Lexical
	if special && op != "$set" && op != "$unset" && op != "$setOnInsert" {
		code := map[string]string{Vector: "UNSUPPORTED_UPDATE_OPERATOR_FOR_VECTOR", Vectorize: "UNSUPPORTED_UPDATE_OPERATOR_FOR_VECTORIZE",
			Lexical: "UNSUPPORTED_UPDATE_OPERATOR_FOR_LEXICAL"}[name]
		return s, fault.New(code, "The command used the operator %s on '%s', which takes $set, $setOnInsert and $unset only.\n\nResend the "+
			"command with one of them.", op, name)
	}
	if name == "" || name[0] == '$' && !special {
		return s, fault.New("UNSUPPORTED_UPDATE_OPERATION_PATH", "The path '%s' of an update cannot be empty or begin with '$'.", name)
	}
	path, err := Split(name)
	if err != nil {
		return s, fault.New("UNSUPPORTED_UPDATE_OPERATION_PATH", "The path of an update is not supported: %v.", err)
	}
	s.path = path
	if err := s.check(); err != nil {
		return s, err
	}
	s.arg = eachNumber(name, s.arg, distinct)
	return s, nil
}

// check refuses arguments that the operator does not take.
func (s *step) check() error {
	_, isNumber := s.arg.(json.Number)
	switch s.op {
	case "$inc", "$mul":
		if !isNumber {
			return unsupportedParam("%s needs a number for '%s'", s.op, s.name)
		}
	case "$pop":
		if n, _ := s.arg.(json.Number); n != "1" && n != "-1" {
			return unsupportedParam("$pop needs 1 or -1 for '%s'", s.name)
		}
	case "$currentDate":
		if b, _ := s.arg.(bool); !b {
			return unsupportedParam("$currentDate needs true for '%s'", s.name)
		}
	case "$rename":
		to, _ := s.arg.(string)
		if to == "" {
			return unsupportedParam("$rename needs a path for '%s'", s.name)
		}
	case "$push", "$addToSet":
		return s.checkEach()
	}
	return nil
}

// checkEach: an object with a modifier has nothing else, and an array as $each.
// What wraps a value, such as $date, is taken for a modifier as well.
func (s *step) checkEach() error {
	o, ok := s.arg.(*jsonv.Object)
	if !ok || !slices.ContainsFunc(o.Keys, func(k string) bool { return strings.HasPrefix(k, "$") }) {
		return nil
	}
	for _, k := range o.Keys {
		if k != "$each" && (k != "$position" || s.op != "$push") {
			return fault.New("UNSUPPORTED_UPDATE_OPERATION_MODIFIER", "The modifier '%s' of %s is not supported.", k, s.op)
		}
	}
	if _, ok := o.Value("$each").([]any); !ok {
		return unsupportedParam("%s needs an array as $each for '%s'", s.op, s.name)
	}
	if !o.Has("$position") {
		return nil
	}
	n, isNumber := o.Value("$position").(json.Number)
	if _, err := strconv.ParseInt(string(n), 10, 32); !isNumber || err != nil {
		return unsupportedParam("$push needs an integer as $position for '%s'", s.name)
	}
	return nil
}

// overlapping refuses an update that changes a field by two operators.
func (u *Update) overlapping() error {
	var paths []string
	for _, s := range u.steps {
		paths = append(paths, s.name)
		if s.op == "$rename" {
			paths = append(paths, s.arg.(string))
		}
	}
	slices.Sort(paths)
	for i := 1; i < len(paths); i++ {
		if paths[i] == paths[i-1] || strings.HasPrefix(paths[i], paths[i-1]+".") {
			return unsupportedParam("the update operators conflict on the paths '%s' and '%s'", paths[i-1], paths[i])
		}
	}
	return nil
}

// Apply changes a document and reports whether it differs afterwards. Inserted
// says that the update creates the document.
func (u *Update) Apply(doc *jsonv.Object, inserted bool, now time.Time) (changed bool, err error) {
	padding := maxPadding
	for _, op := range Operators() {
		for _, s := range u.steps {
			if s.op != op || op == "$setOnInsert" && !inserted {
				continue
			}
			did, err := s.apply(doc, now, &padding)
			if err != nil {
				return false, err
			}
			changed = changed || did
		}
	}
	return changed, nil
}

func (s step) apply(doc *jsonv.Object, now time.Time, padding *int) (bool, error) {
	old, exists := Get(doc, s.path)
	switch s.op {
	case "$unset":
		return Remove(doc, s.path), nil
	case "$pop":
		if !exists {
			return false, nil
		}
	case "$rename":
		if !exists {
			return false, nil
		}
		to, err := Split(s.arg.(string))
		if err != nil {
			return false, unsupportedParam("%v", err)
		}
		Remove(doc, s.path)
		_, err = put(doc, to, old, padding)
		return err == nil, err
	}
	next, err := s.next(old, exists, now)
	if err != nil || exists && Identical(old, next) {
		return false, err
	}
	_, err = put(doc, s.path, next, padding)
	return err == nil, err
}

// next is the value that the operator makes of the old one.
func (s step) next(old any, exists bool, now time.Time) (any, error) {
	switch s.op {
	case "$set", "$setOnInsert":
		return Copy(s.arg), nil
	case "$currentDate":
		out := jsonv.NewObject()
		out.Set("$date", json.Number(strconv.FormatInt(now.UnixMilli(), 10)))
		return out, nil
	case "$inc", "$mul":
		return s.number(old, exists)
	case "$min", "$max":
		order := Order(s.arg, old)
		if !exists || s.op == "$min" && order < 0 || s.op == "$max" && order > 0 {
			return Copy(s.arg), nil
		}
		return old, nil
	}
	return s.array(old, exists)
}

func (s step) number(old any, exists bool) (any, error) {
	arg := s.arg.(json.Number)
	if !exists {
		if s.op == "$mul" {
			return json.Number("0"), nil
		}
		return arg, nil
	}
	n, ok := old.(json.Number)
	if !ok {
		return nil, unsupportedTarget("%s needs a number at '%s', not %s", s.op, s.name, value.JSONKind(old))
	}
	a, errA := value.ParseDec(string(n))
	b, errB := value.ParseDec(string(arg))
	if errA != nil || errB != nil {
		return nil, unsupportedTarget("%s at '%s' is out of range", s.op, s.name)
	}
	made := a.Add(b)
	if s.op == "$mul" {
		made = a.Mul(b)
	}
	text := Number(json.Number(made.String()))
	if _, err := jsonv.Decode([]byte(text)); err != nil {
		return nil, unsupportedTarget("%s at '%s' makes a number with too many digits", s.op, s.name)
	}
	return text, nil
}

func (s step) array(old any, exists bool) (any, error) {
	list, ok := old.([]any)
	if exists && !ok {
		return nil, unsupportedTarget("%s needs an array at '%s', not %s", s.op, s.name, value.JSONKind(old))
	}
	list = slices.Clone(list)
	switch s.op {
	case "$pop":
		if len(list) == 0 {
			return old, nil
		}
		if s.arg.(json.Number) == "1" {
			return list[:len(list)-1], nil
		}
		return list[1:], nil
	case "$addToSet":
		for _, v := range s.elements() {
			if !slices.ContainsFunc(list, func(e any) bool { return Identical(e, v) }) {
				list = append(list, Copy(v))
			}
		}
		return list, nil
	}
	at := len(list)
	if o, ok := s.arg.(*jsonv.Object); ok {
		if n, ok := o.Value("$position").(json.Number); ok {
			at = position(n, len(list))
		}
	}
	return slices.Insert(list, at, Copy(s.elements()).([]any)...), nil
}

func position(n json.Number, size int) int {
	i, _ := n.Int64()
	if i < 0 {
		return int(max(0, int64(size)+i))
	}
	return int(min(i, int64(size)))
}

func (s step) elements() []any {
	if o, ok := s.arg.(*jsonv.Object); ok && o.Has("$each") {
		return o.Value("$each").([]any)
	}
	return []any{s.arg}
}

// Sets reports whether the update sets a field, and to what.
func (u *Update) Sets(name string) (any, bool) {
	for _, s := range u.steps {
		if s.name == name && (s.op == "$set" || s.op == "$setOnInsert") {
			return s.arg, true
		}
	}
	return nil, false
}
