package tables

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/google/uuid"

	"github.com/killrvideo/killrvideo-go/astra/local/documents"
	"github.com/killrvideo/killrvideo-go/astra/local/fault"
	"github.com/killrvideo/killrvideo-go/astra/local/jsonv"
	"github.com/killrvideo/killrvideo-go/astra/local/rowstore"
	"github.com/killrvideo/killrvideo-go/astra/local/schema"
	"github.com/killrvideo/killrvideo-go/astra/local/value"
)

func (c *call) notForCollections() error {
	return fault.New("UNSUPPORTED_COLLECTION_COMMAND", "Collections do not support the command.\n\nThe commands supported "+
		"by collections are: %s.\n"+
		"The commands supported by tables are: %s.\n\nThe command ran against the collection: %s\nThe unsupported command was: %s.\n\n"+
		"Resend using one of the supported commands.", list(c.h.names(collection)), list(c.h.names(table)), c.full(), c.name)
}

// idKey is the form of an '_id' under which its document is stored.
func idKey(id any) (string, error) {
	switch v := id.(type) {
	case nil:
		return "z", nil
	case string:
		if v == "" {
			return "", fault.New("SHRED_BAD_DOCID_VALUE", "The value of '_id' is not valid: an empty String is not allowed.")
		}
		return "s" + v, nil
	case bool:
		return "b" + strconv.FormatBool(v), nil
	case json.Number:
		if _, err := value.ParseDec(string(v)); err != nil {
			return "", fault.New("SHRED_BAD_DOCID_VALUE", "The value of '_id' is not valid: %v.", err)
		}
		return "n" + string(documents.Number(v)), nil
	}
	for _, name := range []string{"$date", "$uuid", "$objectId"} {
		in, ok := value.Wrapped(id, name)
		if !ok {
			continue
		}
		if err := checkWrapped(name, in); err != nil {
			return "", fault.New("SHRED_BAD_DOCID_TYPE", "The type of '_id' is not supported: %v.", err)
		}
		if text, ok := in.(string); ok {
			return "s" + strings.ToLower(text), nil // stored as the text that it wraps
		}
		return "d" + string(in.(json.Number)), nil
	}
	return "", fault.New("SHRED_BAD_DOCID_TYPE", "The type of '_id' is not supported: it must be a String, Number, Boolean, null or an "+
		"EJSON value, not %s.", value.JSONKind(id))
}

// newID makes an id of the collection's kind.
func (c *call) newID() any {
	wrap := func(name, v string) any {
		o := jsonv.NewObject()
		o.Set(name, v)
		return o
	}
	switch c.table.Collection.DefaultID {
	case "objectId":
		return wrap("$objectId", objectID())
	case "uuid":
		return wrap("$uuid", uuid.NewString())
	case "uuidv6":
		id, err := uuid.NewV6()
		if err == nil {
			return wrap("$uuid", id.String())
		}
	case "uuidv7":
		id, err := uuid.NewV7()
		if err == nil {
			return wrap("$uuid", id.String())
		}
	}
	return uuid.NewString()
}

// stored is a document with what is kept of it.
type stored struct {
	key    string
	doc    *jsonv.Object
	vector []float32
}

func (s stored) row() (rowstore.Row, error) {
	raw, err := jsonv.Marshal(s.doc)
	if err != nil {
		return nil, err
	}
	if len(raw) > maxDocument {
		if n := characters(raw); n > maxDocument {
			return nil, tooLarge("document size (%d characters) exceeds maximum allowed (%d)", n, maxDocument)
		}
	}
	row := rowstore.Row{schema.DocumentKey: s.key, schema.DocumentBody: string(raw)}
	if s.vector != nil {
		row[schema.DocumentVector] = s.vector
	}
	return row, nil
}

// characters counts as Java does, in units of UTF-16.
func characters(text []byte) (n int) {
	for len(text) > 0 {
		r, size := utf8.DecodeRune(text)
		n, text = n+utf16.RuneLen(r), text[size:]
	}
	return n
}

// loaded reads a stored document.
func loaded(row rowstore.Row) (stored, error) {
	s := stored{}
	s.key, _ = row[schema.DocumentKey].(string)
	s.vector, _ = row[schema.DocumentVector].([]float32)
	text, _ := row[schema.DocumentBody].(string)
	in, err := jsonv.Decode([]byte(text))
	s.doc, _ = in.(*jsonv.Object)
	return s, err
}

// decoded is loaded for a row that is not decoded.
func decoded(raw rowstore.Stored) (stored, error) {
	row, err := raw.Row(nil)
	if err != nil {
		return stored{}, err
	}
	return loaded(row)
}

// prepare checks a document and gives it an '_id' and its vector.
func (c *call) prepare(doc *jsonv.Object) (stored, error) {
	with := jsonv.NewObject()
	if doc.Has(documents.ID) {
		with.Set(documents.ID, nil) // the first member
	} else {
		with.Set(documents.ID, c.newID())
	}
	for _, k := range doc.Keys {
		with.Set(k, documents.Normal(k, doc.Value(k)))
	}
	key, err := idKey(with.Value(documents.ID))
	if err != nil {
		return stored{}, err
	}
	s := stored{key: key, doc: with}
	if err = c.checkDocument(with); err == nil {
		s.vector, err = c.documentVector(with)
	}
	return s, err
}

// documentVector reads the vector of a document, which keeps the form in which
// it came, or makes it and writes it into the document as an array.
func (c *call) documentVector(doc *jsonv.Object) ([]float32, error) {
	given, hasVector := doc.Get(documents.Vector)
	text, hasText := doc.Get(documents.Vectorize)
	if (hasVector && given != nil || hasText && text != nil) && c.table.Collection.Metric == "" {
		return nil, fault.New("VECTOR_SEARCH_NOT_SUPPORTED", "The collection has no vectors: %s.", c.full())
	}
	if hasText && text != nil {
		return c.vectorizeDocument(doc, text, hasVector)
	}
	if given == nil {
		return nil, nil
	}
	return c.readVector(given)
}

func (c *call) readVector(given any) ([]float32, error) {
	vector, err := documents.ParseVector(given)
	if err != nil {
		return nil, err
	}
	return vector, c.checkLength(vector)
}

func (c *call) checkLength(vector []float32) error {
	col, _ := c.table.Column(schema.DocumentVector)
	if len(vector) != col.Type.Dimension {
		return fault.New("INVALID_VECTOR_LENGTH", "The vector has %d numbers, which is not the dimension of the collection.\n\n"+
			"The collection was: %s.\n"+
			"Its dimension is: %d.\n\nResend the command with a vector of that length.", len(vector), c.full(), col.Type.Dimension)
	}
	return c.checkDirection(c.table.Collection.Metric, vector)
}

func (c *call) vectorizeDocument(doc *jsonv.Object, text any, hasVector bool) ([]float32, error) {
	s, ok := text.(string)
	switch {
	case hasVector:
		return nil, fault.New("INVALID_USAGE_OF_VECTORIZE", "'$vector' and '$vectorize' cannot be used together in one document.\n\nResend the "+
			"command with one of them.")
	case !ok:
		return nil, fault.New("INVALID_VECTORIZE_VALUE_TYPE", "The value of '$vectorize' is not valid: it must be a String, not %s.",
			value.JSONKind(text))
	case c.table.Collection.Service == nil:
		return nil, fault.New("EMBEDDING_SERVICE_NOT_CONFIGURED", "The collection '%s' has no embedding service, so texts cannot be "+
			"vectorized.\n\nMake the collection again with one.", c.tableName)
	}
	if strings.TrimSpace(s) == "" {
		doc.Set(documents.Vector, nil)
		return nil, nil
	}
	col, _ := c.table.Column(schema.DocumentVector)
	vector, err := c.embed(col, s)
	if err == nil {
		doc.Set(documents.Vector, value.Floats(vector))
	}
	return vector, err
}

// indexedPath reports whether filters and sorts may use a path.
func (c *call) indexedPath(path string) bool {
	under := func(list []string) bool {
		return slices.ContainsFunc(list, func(p string) bool { return p == "*" || p == path || strings.HasPrefix(path, p+".") })
	}
	col := c.table.Collection
	switch {
	case len(col.Allow) > 0:
		return under(col.Allow)
	case len(col.Deny) > 0:
		return !under(col.Deny)
	}
	return true
}
