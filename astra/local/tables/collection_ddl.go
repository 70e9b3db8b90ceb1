package tables

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"

	"github.com/killrvideo/killrvideo-go/astra/local/documents"
	"github.com/killrvideo/killrvideo-go/astra/local/fault"
	"github.com/killrvideo/killrvideo-go/astra/local/jsonv"
	"github.com/killrvideo/killrvideo-go/astra/local/schema"
	"github.com/killrvideo/killrvideo-go/astra/local/value"
	"github.com/killrvideo/killrvideo-go/astra/local/vectorize"
)

// maxCollections is how many collections a database may have.
const maxCollections = 10

func badOptions(format string, args ...any) error {
	return fault.New("INVALID_CREATE_COLLECTION_OPTIONS", "The options of createCollection are not valid: "+format+
		".\n\nResend the command with valid options.", args...)
}

func (c *call) createCollection() (*reply, error) {
	name, _ := c.body.Value("name").(string)
	if c.body.Value("name") == nil {
		return nil, invalidField("name", nil, "must not be null")
	}
	if err := c.authorize("db-table-create", name); err != nil {
		return nil, err
	}
	if err := schema.CheckName("collection", name, schema.MaxName); err != nil {
		return nil, err
	}
	col, dimension, err := parseCollection(c.options().Object)
	if err != nil {
		return nil, err
	}
	if old, exists := c.h.Store.Table(c.space(), name); exists {
		return c.sameCollection(old, col)
	}
	if n := len(slices.DeleteFunc(c.h.Store.Tables(c.space()), isTable)); n >= maxCollections {
		return nil, fault.New("TOO_MANY_COLLECTIONS", "The collection '%s' cannot be created: the database may have %d collections, and has %d.",
			name, maxCollections, n)
	}
	return done(), c.h.Store.CreateTable(schema.NewCollection(c.space(), name, col, dimension))
}

// sameCollection accepts a collection that exists with the same options.
func (c *call) sameCollection(old *schema.Table, col *schema.Collection) (*reply, error) {
	if old.Collection == nil {
		return nil, fault.New("EXISTING_TABLE_NOT_DATA_API_COLLECTION", "The keyspace has a table '%s', which is not a collection.\n\nDrop the "+
			"table, or choose another name.", old.Name)
	}
	if !bytes.Equal(old.Collection.Options, col.Options) {
		return nil, fault.New("EXISTING_COLLECTION_DIFFERENT_SETTINGS", "The collection '%s' exists with other settings.\n\n"+
			"Delete the collection and make it again to change its settings.", old.Name)
	}
	return done(), nil
}

// knownOptions refuses options, or members of one, that the command does not know.
func knownOptions(o *jsonv.Object, known ...string) error {
	for _, k := range schema.Members(o) {
		if !slices.Contains(known, k) {
			return fault.New("INVALID_CREATE_COLLECTION_FIELD", "The command has fields that it does not know: '%s' is not one of '%s'.\n\n"+
				"Resend the command with known fields only.", k, strings.Join(known, "', '"))
		}
	}
	return nil
}

// parseCollection reads the options and fills what they leave out.
func parseCollection(o *jsonv.Object) (*schema.Collection, int, error) {
	c, out, dimension := &schema.Collection{}, jsonv.NewObject(), 0
	if err := knownOptions(o, "defaultId", "indexing", "lexical", "rerank", "vector"); err != nil {
		return nil, 0, err
	}
	part := func(name string) (*jsonv.Object, error) { return readObject("the option '"+name+"'", o.Value(name)) }
	vector, err := part("vector")
	if err != nil {
		return nil, 0, err
	}
	if vector != nil {
		described, d, err := readVectorOptions(c, vector)
		if err != nil {
			return nil, 0, err
		}
		out.Set("vector", described)
		dimension = d
	}
	for _, p := range []struct {
		name string
		read func(*schema.Collection, *jsonv.Object) (any, error)
	}{{"defaultId", readDefaultID}, {"indexing", readIndexing}, {"lexical", readLexical}, {"rerank", readRerank}} {
		given, err := part(p.name)
		if err != nil {
			return nil, 0, err
		}
		described, err := p.read(c, given)
		if err != nil {
			return nil, 0, err
		}
		if described != nil {
			out.Set(p.name, described)
		}
	}
	c.Options, err = json.Marshal(out)
	return c, dimension, err
}

func readVectorOptions(c *schema.Collection, o *jsonv.Object) (any, int, error) {
	if err := knownOptions(o, "dimension", "function", "metric", "service", "size", "sourceModel"); err != nil {
		return nil, 0, err
	}
	for old, name := range map[string]string{"function": "metric", "size": "dimension"} {
		if in, given := o.Get(old); given {
			o.Set(name, in)
		}
	}
	options, err := vectorOptions(o)
	if err != nil {
		name := "metric"
		if fault.From(err).Code == "UNKNOWN_VECTOR_SOURCE_MODEL" {
			name = "sourceModel"
		}
		return nil, 0, invalidField("options.vector."+name, o.Value(name), fault.From(err).Message)
	}
	dimension := 0
	if n, ok := o.Value("dimension").(json.Number); ok {
		d, err := n.Int64()
		if err != nil || d < 1 {
			return nil, 0, invalidField("options.vector.dimension", n, "dimension should be greater than `0`")
		}
		if d > schema.MaxDimension {
			return nil, 0, fault.New("VECTOR_SEARCH_TOO_BIG_VALUE", "The vectors of the collection would be too long: %d (the maximum is %d).", d,
				schema.MaxDimension)
		}
		dimension = int(d)
	}
	described := jsonv.NewObject()
	service := o.Value("service")
	if service != nil {
		if c.Service, dimension, err = vectorize.Parse("$vector", service, dimension); err != nil {
			return nil, 0, err
		}
	}
	if dimension == 0 {
		return nil, 0, badOptions("The 'dimension' can not be null if 'service' is not provided")
	}
	c.Metric = options["metric"].(string)
	described.Set("dimension", dimension)
	described.Set("metric", c.Metric)
	described.Set("sourceModel", options["sourceModel"])
	if c.Service != nil {
		described.Set("service", c.Service)
	}
	return described, dimension, nil
}

func readDefaultID(c *schema.Collection, o *jsonv.Object) (any, error) {
	if o == nil {
		return nil, nil
	}
	if err := knownOptions(o, "type"); err != nil {
		return nil, err
	}
	kind, _ := o.Value("type").(string)
	if !slices.Contains([]string{"objectId", "uuid", "uuidv6", "uuidv7"}, kind) {
		return nil, invalidField("options.idConfig.idType", kind, "support 'objectId', 'uuid', 'uuidv6', 'uuidv7'")
	}
	c.DefaultID = kind
	return o, nil
}

func readIndexing(c *schema.Collection, o *jsonv.Object) (any, error) {
	if o == nil {
		return nil, nil
	}
	bad := func(why string) error {
		return fault.New("INVALID_INDEXING_DEFINITION", "The indexing definition of createCollection is not valid: %s.\n\nResend the command "+
			"with a valid definition.", why)
	}
	if err := knownOptions(o, "allow", "deny"); err != nil {
		return nil, err
	}
	allow, _ := o.Value("allow").([]any)
	deny, _ := o.Value("deny").([]any)
	if (len(allow) == 0) == (len(deny) == 0) {
		return nil, bad("it must have either 'allow' or 'deny', with at least one path")
	}
	for _, list := range []struct {
		in  []any
		out *[]string
	}{{allow, &c.Allow}, {deny, &c.Deny}} {
		for _, e := range list.in {
			s, ok := e.(string)
			if !ok || s == "" || slices.Contains(*list.out, s) {
				return nil, bad("its paths must be different texts that are not empty")
			}
			if _, err := documents.Split(s); err != nil {
				return nil, bad("indexing path ('" + s + "') is not a valid path: " + err.Error())
			}
			if s[0] == '$' && s != documents.Vector {
				return nil, bad("path ('" + s + "') must not start with '$'")
			}
			*list.out = append(*list.out, s)
		}
	}
	return o, nil
}

// readEnabled begins the description of an option that is enabled by default.
func readEnabled(name string, o *jsonv.Object) (out *jsonv.Object, enabled bool, err error) {
	out, enabled = jsonv.NewObject(), o == nil
	if o != nil {
		var given bool
		if enabled, given = o.Value("enabled").(bool); !given {
			return nil, false, badOptions("'enabled' is required property for '%s' Object value", name)
		}
	}
	out.Set("enabled", enabled)
	return out, enabled, nil
}

// readLexical and readRerank fill in what Astra has by default.
func readLexical(_ *schema.Collection, o *jsonv.Object) (any, error) {
	out, enabled, err := readEnabled("lexical", o)
	if err != nil {
		return nil, err
	}
	analyzer, _ := o.Get("analyzer")
	if empty, ok := analyzer.(*jsonv.Object); ok && empty.Len() == 0 {
		analyzer = nil
	}
	switch {
	case !enabled && analyzer != nil:
		return nil, badOptions("'lexical' is disabled, but 'lexical.analyzer' property was provided with an unexpected type: %s; it must be "+
			"left out, be null or an empty object", value.JSONKind(analyzer))
	case !enabled:
		return out, nil
	case analyzer == nil:
		analyzer = schema.Standard
	}
	out.Set("analyzer", analyzer)
	return out, checkAnalyzer(analyzer)
}

// checkAnalyzer refuses what is no analyzer of a collection.
func checkAnalyzer(in any) error {
	switch a := in.(type) {
	case string:
		if !schema.KnownAnalyzer(a) {
			return badOptions("Invalid analyzer config: the analyzer '%s' is not known", a)
		}
	case *jsonv.Object:
		for _, k := range a.Keys {
			_, isObject := a.Value(k).(*jsonv.Object)
			_, isArray := a.Value(k).([]any)
			switch {
			case !slices.Contains([]string{"charFilters", "filters", "tokenizer"}, k):
				return badOptions("Invalid field for 'lexical.analyzer'. Valid fields are: [charFilters, filters, tokenizer], found: [%s]", k)
			case a.Value(k) != nil && (k == "tokenizer" && !isObject || k != "tokenizer" && !isArray):
				return badOptions("'%s' property of 'lexical.analyzer' must be a JSON Object for the tokenizer and a JSON Array for filters, is: %s",
					k, value.JSONKind(a.Value(k)))
			}
		}
		if err := schema.CheckAnalyzer(a); err != nil {
			return badOptions("Invalid analyzer config: %v", err)
		}
	default:
		return badOptions("'analyzer' property of 'lexical' must be either JSON Object or String, is: %s", value.JSONKind(in))
	}
	return nil
}

func readRerank(_ *schema.Collection, o *jsonv.Object) (any, error) {
	out, enabled, err := readEnabled("rerank", o)
	if err != nil {
		return nil, err
	}
	service, err := readObject("the option 'rerank.service'", o.Value("service"))
	switch {
	case err != nil:
		return nil, err
	case !enabled && service.Len() > 0:
		return nil, badOptions("'rerank' is disabled, but 'rerank.service' configuration is provided")
	case !enabled:
		return out, nil
	case service == nil:
		service = jsonv.NewObject()
		service.Set("provider", rerankProvider)
		service.Set("modelName", rerankModel)
	}
	if why := badReranking(service); why != "" {
		return nil, badOptions("%s", why)
	}
	out.Set("service", service)
	return out, nil
}

func (c *call) deleteCollection() (*reply, error) {
	name, err := c.oldName()
	if err != nil {
		return nil, err
	}
	if err := c.authorize("db-table-drop", name); err != nil {
		return nil, err
	}
	t, ok := c.h.Store.Table(c.space(), name)
	if !ok || t.Collection == nil {
		return done(), nil
	}
	return done(), c.h.Store.DropTable(t)
}
