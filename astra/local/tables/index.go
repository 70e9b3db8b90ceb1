package tables

import (
	"slices"
	"strings"

	"github.com/killrvideo/killrvideo-go/astra/local/fault"
	"github.com/killrvideo/killrvideo-go/astra/local/jsonv"
	"github.com/killrvideo/killrvideo-go/astra/local/schema"
	"github.com/killrvideo/killrvideo-go/astra/local/value"
)

// indexRequest is what the three commands that make an index share.
type indexRequest struct {
	name     string
	col      schema.Column
	function string
	options  *jsonv.Object
	exists   bool
}

func (c *call) readIndex(kind string, optionNames ...string) (r indexRequest, err error) {
	def, err := c.needed("definition")
	if err != nil {
		return r, err
	}
	if err := fault.OnlyFields("'definition'", def.Keys, "column", "options"); err != nil {
		return r, err
	}
	column, err := r.readColumn(def, kind)
	if err != nil {
		return r, err
	}
	if r.options, err = readObject("the field 'definition.options'", def.Value("options")); err != nil {
		return r, err
	}
	if err := fault.OnlyFields("'definition.options'", schema.Members(r.options), optionNames...); err != nil {
		return r, err
	}
	if r.name, err = c.newName("index", schema.MaxIndexName); err != nil {
		return r, err
	}
	if err := c.checkIndexType(kind); err != nil {
		return r, err
	}
	col, ok := c.table.Column(column)
	if !ok {
		return r, c.bad("SCHEMA", "UNKNOWN_INDEX_COLUMN", "The command indexes a column that the table does not have.",
			"The command used the unknown columns: "+column+".", "Resend the command with columns of the table only.")
	}
	r.col = col
	ifNotExists, err := c.options().boolean("ifNotExists")
	r.exists = c.indexExists(r.name)
	if err == nil && r.exists && !ifNotExists {
		err = fault.New("CANNOT_ADD_EXISTING_INDEX", "The keyspace has an index of this name.\n\nThe command would add the "+
			"existing index: %s.\n\n"+
			"Resend the command with a name that the keyspace does not have.", r.name)
	}
	return r, err
}

// readColumn reads the column of a definition: a name, or, for a regular index,
// an object of a name and what to index of a collection.
func (r *indexRequest) readColumn(def *jsonv.Object, kind string) (string, error) {
	in, given := def.Get("column")
	switch v := in.(type) {
	case string:
		return v, nil
	case nil:
		if !given {
			return "", invalidField("definition.column", nil, "must not be null")
		}
	case *jsonv.Object:
		if kind != schema.Regular || v.Len() != 1 {
			break
		}
		name := v.Keys[0]
		r.function, _ = v.Value(name).(string)
		if r.function == schema.Keys || r.function == schema.Values {
			return name, nil
		}
	}
	if kind != schema.Regular {
		return "", fault.Mismatch("the field 'definition.column' must be a text, not %s.", value.JSONKind(in))
	}
	return "", badIndexColumn()
}

func badIndexColumn() error {
	return fault.New("INVALID_FORMAT_FOR_INDEX_CREATION_COLUMN", "The column of the index is written in a form that is not supported.\n\n"+
		"A column is written as its name; for maps that indexes the entries.\nThe keys of a map are indexed by "+
		"{\"column\": {\"m\": \"$keys\"}}, "+
		"the values of a map, list or set by {\"column\": {\"m\": \"$values\"}}.\n\nResend the command with a supported form.")
}

// checkIndexType reads the optional field that says what the command makes.
func (c *call) checkIndexType(kind string) error {
	in := c.body.Value("indexType")
	known := []string{schema.Regular, schema.Text, schema.Vector}
	s, err := readText("the field 'indexType'", in)
	switch {
	case err != nil || in == nil:
		return err
	case !slices.Contains(known, s):
		return fault.New("UNKNOWN_INDEX_TYPE", "The command makes an index of an unknown type.\n\nThe known types are: %s.\n"+
			"The command used: %s.\n\n"+
			"Resend the command with a known type.", list(known), s)
	case s != kind:
		return fault.New("UNSUPPORTED_INDEX_TYPE", "The command makes indexes of another type.\n\nThe field 'indexType' is "+
			"optional; listIndexes shows it, "+
			"so that an index can be created again by the command for its type.\n\nThe supported types are: %s.\nThe command used: %s.\n\n"+
			"Resend the command with a supported type.", kind, s)
	}
	return nil
}

func (c *call) createIndex() (*reply, error) {
	r, err := c.readIndex(schema.Regular, "ascii", "caseSensitive", "normalize")
	if err != nil {
		return nil, err
	}
	index := schema.Index{Name: r.name, Column: r.col.Name, Kind: schema.Regular, Function: r.function}
	target := r.col.Type.Kind
	switch k := r.col.Type.Kind; {
	case k == value.Vector || k == value.UserDefined:
		return nil, c.bad("SCHEMA", "UNSUPPORTED_INDEXING_FOR_DATA_TYPES", "The command indexes a column of a type that "+
			"cannot have a regular index.",
			"The command used the unsupported columns: "+list(typed(c.table, r.col.Name))+".",
			"Resend the command with columns of primitive or collection types; vectors are indexed by createVectorIndex.")
	case !k.Collection() && r.function != "", (k == value.List || k == value.Set) && r.function == schema.Keys:
		return nil, badIndexColumn()
	case k == value.List || k == value.Set:
		index.Function, target = schema.Values, r.col.Type.Elem
	case k == value.Map && r.function == "":
		index.Function, target = schema.Entries, ""
	case k == value.Map && r.function == schema.Keys:
		target = r.col.Type.Key
	case k == value.Map:
		target = r.col.Type.Elem
	}
	if index.Options, err = c.textOptions(r.col, target, r.options); err != nil {
		return nil, err
	}
	if r.exists {
		return done(), nil
	}
	if len(c.table.PartitionBy) == 1 && c.table.PartitionBy[0] == r.col.Name {
		return nil, c.refused("an index on the only partition column '%s' is not possible", r.col.Name)
	}
	if target == value.Duration {
		return nil, c.refused("a column of type %s cannot be indexed", r.col.Type.CQL())
	}
	return c.addIndex(index)
}

// addIndex refuses a second index of a kind on the same part of a column.
func (c *call) addIndex(index schema.Index) (*reply, error) {
	if slices.ContainsFunc(c.table.Indexes, func(i schema.Index) bool {
		return i.Column == index.Column && i.Kind == index.Kind && i.Function == index.Function
	}) {
		return nil, c.refused("column '%s' has an index of this kind", index.Column)
	}
	return done(), c.h.Store.CreateIndex(c.table, index)
}

// textOptions reads the analyzer options of a regular index and fills them.
// Target is the kind that is indexed; "" for the entries of a map.
func (c *call) textOptions(col schema.Column, target value.Kind, given *jsonv.Object) (map[string]any, error) {
	isText := target == value.Text || target == value.ASCII
	out := map[string]any{}
	if isText && (given != nil || !col.Type.Kind.Collection()) {
		out = map[string]any{"ascii": false, "caseSensitive": true, "normalize": false}
	}
	for _, name := range schema.Members(given) {
		v := given.Value(name)
		if v == nil {
			continue
		}
		b, ok := v.(bool)
		switch {
		case !ok:
			return nil, fault.Mismatch("the index option '%s' must be true or false, not %s.", name, value.JSONKind(v))
		case target == "":
			return nil, c.bad("SCHEMA", "CANNOT_ANALYZE_ENTRIES_ON_MAP_COLUMNS", "The entries of a map cannot be indexed with options for texts.",
				"The command used the option: "+name+".", "Resend the command without options.")
		case !isText:
			return nil, c.bad("SCHEMA", "UNSUPPORTED_TEXT_ANALYSIS_FOR_DATA_TYPES", "The options ascii, caseSensitive and normalize are for "+
				"texts: columns, values of lists and sets, keys or values of maps.",
				"The command used them on the unsupported columns: "+list(typed(c.table, col.Name))+".", "Resend the command with columns of texts.")
		}
		out[name] = b
	}
	return out, nil
}

// sourceModel is one that a vector index can be tuned to, with its metric.
type sourceModel struct{ name, metric string }

func sourceModels() []sourceModel {
	return []sourceModel{
		{"ada002", "dot_product"}, {"bert", "dot_product"}, {"cohere-v3", "dot_product"}, {"gecko", "dot_product"}, {"nv-qa-4", "dot_product"},
		{"openai-v3-large", "dot_product"}, {"openai-v3-small", "dot_product"}, {"other", "cosine"},
	}
}

func metrics() []string { return []string{"cosine", "dot_product", "euclidean"} }

func (c *call) createVectorIndex() (*reply, error) {
	r, err := c.readIndex(schema.Vector, "metric", "sourceModel")
	if err != nil {
		return nil, err
	}
	if r.col.Type.Kind != value.Vector {
		return nil, c.bad("SCHEMA", "UNSUPPORTED_VECTOR_INDEX_FOR_DATA_TYPES",
			"The command makes a vector index on a column that holds no vectors.",
			"The command used the unsupported columns: "+list(typed(c.table, r.col.Name))+".",
			"Resend the command with columns of type vector; other columns are indexed by createIndex.")
	}
	options, err := vectorOptions(r.options)
	if err != nil || r.exists {
		return done(), err
	}
	return c.addIndex(schema.Index{Name: r.name, Column: r.col.Name, Kind: schema.Vector, Options: options})
}

// vectorOptions reads metric and source model; each may be given without the
// other.
func vectorOptions(given *jsonv.Object) (map[string]any, error) {
	out := map[string]any{"metric": "cosine", "sourceModel": "other"}
	if in, _ := given.Get("sourceModel"); in != nil {
		s, _ := in.(string)
		at := slices.IndexFunc(sourceModels(), func(m sourceModel) bool { return m.name == s })
		if at < 0 {
			var known []string
			for _, m := range sourceModels() {
				known = append(known, m.name)
			}
			return nil, fault.New("UNKNOWN_VECTOR_SOURCE_MODEL", "The source model of the vectors is not known.\n\nThe known models are: %s.\n"+
				"The command used: %s.\n\n"+
				"Resend the command with a known source model.", list(known), jsonText(in))
		}
		out["sourceModel"], out["metric"] = s, sourceModels()[at].metric
	}
	if in, _ := given.Get("metric"); in != nil {
		s, _ := in.(string)
		s = strings.ToLower(s)
		if !slices.Contains(metrics(), s) {
			return nil, fault.New("UNKNOWN_VECTOR_METRIC", "The metric by which vectors are compared is not known.\n\nThe known metrics are: %s.\n"+
				"The command used: %s.\n\n"+
				"Resend the command with a known metric.", list(metrics()), jsonText(in))
		}
		out["metric"] = s
	}
	return out, nil
}
