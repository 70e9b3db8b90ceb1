package table

import "encoding/json"

// IndexDefinition is what an index covers. Column is a name, or for a map, set
// or list column an object such as {"tags": "$values"}.
type IndexDefinition struct {
	Column  any                     `json:"column"`
	Options *IndexDefinitionOptions `json:"options,omitempty"`
}

// IndexDefinitionOptions are the options of an index; what its kind does not
// know stays empty.
type IndexDefinitionOptions struct {
	// Metric and SourceModel are of vector indexes.
	Metric      string `json:"metric,omitempty"`
	SourceModel string `json:"sourceModel,omitempty"`
	// Ascii, Normalize and CaseSensitive are of regular indexes on texts.
	Ascii         *bool `json:"ascii,omitempty"`
	Normalize     *bool `json:"normalize,omitempty"`
	CaseSensitive *bool `json:"caseSensitive,omitempty"`
	// Analyzer is of text indexes: a name or an object.
	Analyzer any `json:"analyzer,omitempty"`
}

// AlterOperation is one change of a table: [AddColumns], [DropColumns],
// [AddVectorize] or [DropVectorize].
type AlterOperation interface{ isAlterOp() }

// AddColumns adds columns.
type AddColumns struct {
	Columns Columns `json:"columns"`
}

// DropColumns removes columns with their data.
type DropColumns struct {
	Columns []string `json:"columns"`
}

// AddVectorize gives vector columns an embedding service.
type AddVectorize struct {
	Columns map[string]VectorService `json:"columns"`
}

// DropVectorize removes the embedding service of vector columns; the vectors
// stay.
type DropVectorize struct {
	Columns []string `json:"columns"`
}

func (AddColumns) isAlterOp()    {}
func (DropColumns) isAlterOp()   {}
func (AddVectorize) isAlterOp()  {}
func (DropVectorize) isAlterOp() {}

// MarshalJSON implements [json.Marshaler].
func (o AddColumns) MarshalJSON() ([]byte, error) {
	type plain AddColumns
	return json.Marshal(map[string]any{"add": plain(o)})
}

// MarshalJSON implements [json.Marshaler].
func (o DropColumns) MarshalJSON() ([]byte, error) {
	type plain DropColumns
	return json.Marshal(map[string]any{"drop": plain(o)})
}

// MarshalJSON implements [json.Marshaler].
func (o AddVectorize) MarshalJSON() ([]byte, error) {
	type plain AddVectorize
	return json.Marshal(map[string]any{"addVectorize": plain(o)})
}

// MarshalJSON implements [json.Marshaler].
func (o DropVectorize) MarshalJSON() ([]byte, error) {
	type plain DropVectorize
	return json.Marshal(map[string]any{"dropVectorize": plain(o)})
}

// AlterTypeOperation is one change of a user-defined type: [AddTypeFields] or
// [RenameTypeFields].
type AlterTypeOperation interface{ isAlterTypeOp() }

// AddTypeFields adds fields.
type AddTypeFields struct {
	Fields Columns `json:"fields"`
}

// RenameTypeFields renames fields, old name to new.
type RenameTypeFields struct {
	Fields map[string]string `json:"fields"`
}

func (AddTypeFields) isAlterTypeOp()    {}
func (RenameTypeFields) isAlterTypeOp() {}

// MarshalJSON implements [json.Marshaler].
func (o AddTypeFields) MarshalJSON() ([]byte, error) {
	type plain AddTypeFields
	return json.Marshal(map[string]any{"add": plain(o)})
}

// MarshalJSON implements [json.Marshaler].
func (o RenameTypeFields) MarshalJSON() ([]byte, error) {
	type plain RenameTypeFields
	return json.Marshal(map[string]any{"rename": plain(o)})
}
