package results

import (
	"encoding/json"

	"github.com/killrvideo/killrvideo-go/astra/dataapi/table"
)

// TableDescriptor is one table as listTables describes it.
type TableDescriptor struct {
	Name       string           `json:"name"`
	Definition table.Definition `json:"definition"`
}

// UDTDescriptor is one user-defined type as listTypes describes it.
type UDTDescriptor struct {
	Name       string              `json:"name"`
	Definition table.UDTDefinition `json:"definition"`
}

// UnmarshalJSON implements [json.Unmarshaler]; the Data API writes udtName.
func (d *UDTDescriptor) UnmarshalJSON(data []byte) error {
	var wire struct {
		Name       string              `json:"name"`
		UDTName    string              `json:"udtName"`
		Definition table.UDTDefinition `json:"definition"`
	}
	err := json.Unmarshal(data, &wire)
	*d = UDTDescriptor{Name: wire.Name + wire.UDTName, Definition: wire.Definition}
	return err
}

// IndexDescriptor is one index as listIndexes describes it. In a list of names
// only Name is set.
type IndexDescriptor struct {
	Name       string                 `json:"name"`
	Definition *table.IndexDefinition `json:"definition,omitempty"`
	// IndexType is regular, vector or text.
	IndexType string `json:"indexType,omitempty"`
}

// UnmarshalJSON implements [json.Unmarshaler] for the object and for the name.
func (d *IndexDescriptor) UnmarshalJSON(data []byte) error {
	var name string
	if json.Unmarshal(data, &name) == nil {
		*d = IndexDescriptor{Name: name}
		return nil
	}
	type plain IndexDescriptor
	return json.Unmarshal(data, (*plain)(d))
}

// CollectionDescriptor is one collection as findCollections describes it.
type CollectionDescriptor struct {
	Name string `json:"name"`
	// Definition has the options that the collection was created with.
	Definition CollectionDefinition `json:"options"`
}

// CollectionDefinition is the definition of a collection.
type CollectionDefinition struct {
	DefaultId *CollectionDefaultIdDefinition `json:"defaultId,omitempty"`
	Vector    *VectorDefinition              `json:"vector,omitempty"`
	Indexing  *IndexingDefinition            `json:"indexing,omitempty"`
	Lexical   json.RawMessage                `json:"lexical,omitempty"`
	Rerank    json.RawMessage                `json:"rerank,omitempty"`
}

// CollectionDefaultIdDefinition is the type of default _ids.
type CollectionDefaultIdDefinition struct {
	Type *string `json:"type,omitempty"`
}

// VectorDefinition is the $vector of a collection.
type VectorDefinition struct {
	Dimension *int                 `json:"dimension,omitempty"`
	Metric    *string              `json:"metric,omitempty"`
	Service   *table.VectorService `json:"service,omitempty"`
}

// IndexingDefinition lists the fields that are indexed, or those that are not.
type IndexingDefinition struct {
	Allow []string `json:"allow,omitempty"`
	Deny  []string `json:"deny,omitempty"`
}
