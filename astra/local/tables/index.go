package tables

import (
	"strings"

	"github.com/killrvideo/killrvideo-go/astra/local/fault"
	"github.com/killrvideo/killrvideo-go/astra/local/jsonv"
	"github.com/killrvideo/killrvideo-go/astra/local/schema"
	"github.com/killrvideo/killrvideo-go/astra/local/value"
)

// indexRequest reads what both index commands share.
func (c *call) indexRequest() (name string, col schema.Column, function string, options *jsonv.Object, exists bool, err error) {
	if name, err = c.text("name"); err != nil {
		return
	}
	if err = schema.CheckName("index", name, schema.MaxIndexName); err != nil {
		return
	}
	def, err := c.object("definition")
	if err != nil {
		return
	}
	in, _ := def.Get("column")
	column, _ := in.(string)
	if o := asObject(in); o.Len() == 1 {
		column = o.Keys[0]
		function, _ = o.Value(column).(string)
		if function != "$keys" && function != "$values" {
			err = fault.New("COMMAND_FIELD_VALUE_INVALID", "The field 'definition.column' must name $keys or $values.")
			return
		}
	}
	col, ok := c.table.Column(column)
	if !ok {
		err = fault.New("UNKNOWN_INDEX_COLUMN", "The table '%s' has no column '%s'.", c.tableName, column)
		return
	}
	o, _ := def.Get("options")
	options = asObject(o)
	ifNotExists, err := c.options().boolean("ifNotExists")
	exists = c.indexExists(name)
	if err == nil && exists && !ifNotExists {
		err = fault.New("CANNOT_ADD_EXISTING_INDEX", "The index '%s' exists in keyspace '%s'.", name, c.keyspace)
	}
	return
}

func (c *call) createIndex() (*reply, error) {
	name, col, function, given, exists, err := c.indexRequest()
	if err != nil || exists {
		return done(), err
	}
	k := col.Type.Kind
	if k == value.Vector || k == value.Counter || k == value.Duration {
		return nil, fault.New("UNSUPPORTED_INDEXING_FOR_DATA_TYPES", "Column '%s' of type %s cannot have a regular index.", col.Name, k)
	}
	if function != "" && k != value.Map {
		return nil, fault.New("UNSUPPORTED_INDEXING_FOR_DATA_TYPES", "Column '%s' of type %s has no keys and values to index.", col.Name, k)
	}
	if len(c.table.PartitionBy) == 1 && c.table.PartitionBy[0] == col.Name {
		return nil, fault.New("CANNOT_INDEX_PARTITION_KEY", "Column '%s' is the whole partition key, which needs no index.", col.Name)
	}
	options, err := textOptions(k, given)
	if err != nil {
		return nil, err
	}
	if k == value.Map {
		options["map"] = true
	}
	return done(), c.h.Store.CreateIndex(c.table, schema.Index{Name: name, Column: col.Name, Function: function, Kind: schema.Regular, Options: options})
}

// textOptions reads the analyzer options of a regular index and fills them.
func textOptions(k value.Kind, given *jsonv.Object) (map[string]any, error) {
	isText := k == value.Text || k == value.ASCII
	out := map[string]any{}
	if isText {
		out = map[string]any{"ascii": false, "caseSensitive": true, "normalize": false}
	}
	if given == nil {
		return out, nil
	}
	for _, name := range given.Keys {
		v := given.Value(name)
		if !contains([]string{"ascii", "caseSensitive", "normalize"}, name) {
			return nil, fault.New("COMMAND_FIELD_UNKNOWN", "The index options have no field '%s'.", name)
		}
		if v == nil {
			continue
		}
		b, ok := v.(bool)
		if !ok {
			return nil, fault.New("COMMAND_FIELD_VALUE_INVALID", "The index option '%s' must be true or false.", name)
		}
		if !isText {
			return nil, fault.New("UNSUPPORTED_TEXT_ANALYSIS_FOR_DATA_TYPES", "The index option '%s' is for text and ascii columns only.", name)
		}
		out[name] = b
	}
	return out, nil
}

// sourceModels are those that a vector index can be tuned to.
func sourceModels() []string {
	return []string{"ada002", "bert", "cohere-v3", "gecko", "nv-qa-4", "openai-v3-large", "openai-v3-small", "other"}
}

func (c *call) createVectorIndex() (*reply, error) {
	name, col, _, given, exists, err := c.indexRequest()
	if err != nil || exists {
		return done(), err
	}
	if col.Type.Kind != value.Vector {
		return nil, fault.New("UNSUPPORTED_VECTOR_INDEX_FOR_DATA_TYPES", "Column '%s' of type %s is not a vector.", col.Name, col.Type.Kind)
	}
	options := map[string]any{"metric": "cosine", "sourceModel": "other"}
	if given != nil {
		for _, k := range given.Keys {
			s, ok := given.Value(k).(string)
			switch {
			case given.Value(k) == nil && (k == "metric" || k == "sourceModel"):
				continue
			case ok && k == "metric":
				if !contains([]string{"cosine", "dot_product", "euclidean"}, s) {
					return nil, fault.New("UNKNOWN_VECTOR_METRIC", "The metric '%s' is not known; use cosine, dot_product or euclidean.", s)
				}
			case ok && k == "sourceModel":
				if !contains(sourceModels(), s) {
					return nil, fault.New("UNKNOWN_VECTOR_SOURCE_MODEL", "The source model '%s' is not known; known are %s.", s, strings.Join(sourceModels(), ", "))
				}
			default:
				return nil, fault.New("COMMAND_FIELD_VALUE_INVALID", "The vector index option '%s' is not valid.", k)
			}
			options[k] = s
		}
	}
	return done(), c.h.Store.CreateIndex(c.table, schema.Index{Name: name, Column: col.Name, Kind: schema.Vector, Options: options})
}
