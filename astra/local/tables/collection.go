package tables

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"github.com/killrvideo/killrvideo-go/astra/local/documents"
	"github.com/killrvideo/killrvideo-go/astra/local/fault"
	"github.com/killrvideo/killrvideo-go/astra/local/jsonv"
	"github.com/killrvideo/killrvideo-go/astra/local/rowstore"
	"github.com/killrvideo/killrvideo-go/astra/local/schema"
	"github.com/killrvideo/killrvideo-go/astra/local/value"
)

// ofCollection lists the commands of a collection.
func ofCollection(name string) (command, bool) {
	read, change := "db-table-select", "db-table-modify"
	switch name {
	case "insertOne":
		return command{table, []string{"document"}, nil, change, false, (*call).insertDocument}, true
	case "insertMany":
		return command{table, []string{"documents", "options"}, []string{"ordered", "returnDocumentResponses"}, change, false, (*call).insertDocuments}, true
	case "find":
		return command{table, []string{"filter", "projection", "sort", "options"}, []string{"limit", "skip", "pageState", "includeSimilarity", "includeSortVector"}, read, false, (*call).findDocuments}, true
	case "findOne":
		return command{table, []string{"filter", "projection", "sort", "options"}, []string{"includeSimilarity", "includeSortVector"}, read, false, (*call).findDocument}, true
	case "countDocuments":
		return command{table, []string{"filter"}, nil, read, false, (*call).countDocuments}, true
	case "estimatedDocumentCount":
		return command{table, []string{}, nil, read, false, (*call).estimateDocuments}, true
	case "updateOne":
		return command{table, []string{"filter", "update", "sort", "options"}, []string{"upsert"}, change, false, (*call).updateDocument}, true
	case "updateMany":
		return command{table, []string{"filter", "update", "options"}, []string{"upsert", "pageState"}, change, false, (*call).updateDocuments}, true
	case "deleteOne":
		return command{table, []string{"filter", "sort"}, nil, change, false, (*call).deleteDocument}, true
	case "deleteMany":
		return command{table, []string{"filter"}, nil, change, false, (*call).deleteDocuments}, true
	case "findOneAndUpdate":
		return command{table, []string{"filter", "update", "sort", "projection", "options"}, []string{"upsert", "returnDocument"}, change, false, (*call).findAndUpdate}, true
	case "findOneAndReplace":
		return command{table, []string{"filter", "replacement", "sort", "projection", "options"}, []string{"upsert", "returnDocument"}, change, false, (*call).findAndReplace}, true
	case "findOneAndDelete":
		return command{table, []string{"filter", "sort", "projection"}, nil, change, false, (*call).findAndDelete}, true
	case "findAndRerank":
		return command{table, []string{"filter", "projection", "sort", "options"}, []string{"limit", "hybridLimits", "rerankQuery", "rerankOn", "includeScores", "includeSortVector", "rerank"}, read, false, (*call).findAndRerank}, true
	}
	return command{}, false
}

func (c *call) notForCollections() error {
	return fault.New("UNSUPPORTED_COLLECTION_COMMAND", "Collections do not support the command.\n\nThe commands supported by collections are: %s.\n"+
		"The commands supported by tables are: %s.\n\nThe command ran against the collection: %s\nThe unsupported command was: %s.\n\n"+
		"Resend using one of the supported commands.", list(collectionCommands()), list(tableCommands()), c.full(), c.name)
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
		d, err := value.ParseDec(string(v))
		if err != nil {
			return "", fault.New("SHRED_BAD_DOCID_VALUE", "The value of '_id' is not valid: %v.", err)
		}
		return "n" + d.Plain(), nil
	}
	for tag, name := range map[string]string{"d": "$date", "u": "$uuid", "o": "$objectId"} {
		if in, ok := value.Wrapped(id, name); ok {
			if err := checkWrapped(name, in); err != nil {
				return "", fault.New("SHRED_BAD_DOCID_VALUE", "The value of '_id' is not valid: %v.", err)
			}
			return tag + strings.ToLower(shown(in)), nil
		}
	}
	return "", fault.New("SHRED_BAD_DOCID_TYPE", "The type of '_id' is not supported: it must be a String, Number, Boolean, null or an EJSON value, not %s.", value.JSONKind(id))
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
		return nil, tooLarge("document size (%d characters) exceeds maximum allowed (%d)", len(raw), maxDocument)
	}
	row := rowstore.Row{schema.DocumentKey: s.key, schema.DocumentBody: string(raw)}
	if s.vector != nil {
		row[schema.DocumentVector] = s.vector
	}
	return row, nil
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

// prepare checks a document and gives it an '_id' and its vector.
func (c *call) prepare(doc *jsonv.Object) (stored, error) {
	if !doc.Has(documents.ID) {
		with := jsonv.NewObject()
		with.Set(documents.ID, c.newID())
		for _, k := range doc.Keys {
			with.Set(k, doc.Value(k))
		}
		doc = with
	} else {
		with := jsonv.NewObject()
		with.Set(documents.ID, doc.Value(documents.ID))
		for _, k := range doc.Keys {
			with.Set(k, doc.Value(k))
		}
		doc = with
	}
	key, err := idKey(doc.Value(documents.ID))
	if err != nil {
		return stored{}, err
	}
	if err := c.checkDocument(doc); err != nil {
		return stored{}, err
	}
	vector, err := c.documentVector(doc)
	return stored{key, doc, vector}, err
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
	if l, ok := given.([]any); ok {
		if len(l) == 0 {
			return nil, fault.New("SHRED_BAD_VECTOR_SIZE", "The value of '$vector' is not valid: it cannot be an empty array.")
		}
		for _, e := range l {
			if _, ok := e.(json.Number); !ok {
				return nil, fault.New("SHRED_BAD_VECTOR_VALUE", "The value of '$vector' is not valid: it must hold numbers only, not %s.", value.JSONKind(e))
			}
		}
	}
	vector, err := value.ParseVector(given)
	if err != nil {
		return nil, fault.New("SHRED_BAD_DOCUMENT_VECTOR_TYPE", "The value of '$vector' is not valid: %v.", err)
	}
	return vector, c.checkLength(vector)
}

func (c *call) checkLength(vector []float32) error {
	col, _ := c.table.Column(schema.DocumentVector)
	if len(vector) != col.Type.Dimension {
		return fault.New("INVALID_VECTOR_LENGTH", "The vector has %d numbers, which is not the dimension of the collection.\n\nThe collection was: %s.\n"+
			"Its dimension is: %d.\n\nResend the command with a vector of that length.", len(vector), c.full(), col.Type.Dimension)
	}
	return nil
}

func (c *call) vectorizeDocument(doc *jsonv.Object, text any, hasVector bool) ([]float32, error) {
	s, ok := text.(string)
	switch {
	case hasVector:
		return nil, fault.New("INVALID_USAGE_OF_VECTORIZE", "'$vector' and '$vectorize' cannot be used together in one document.\n\nResend the command with one of them.")
	case !ok:
		return nil, fault.New("INVALID_VECTORIZE_VALUE_TYPE", "The value of '$vectorize' is not valid: it must be a String, not %s.", value.JSONKind(text))
	case c.table.Collection.Service == nil:
		return nil, fault.New("EMBEDDING_SERVICE_NOT_CONFIGURED", "The collection '%s' has no embedding service, so texts cannot be vectorized.\n\nMake the collection again with one.", c.tableName)
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

// indexedPath tells whether filters and sorts may use a path.
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
