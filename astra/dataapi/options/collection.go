package options

// CreateCollectionOptions define a collection.
type CreateCollectionOptions struct {
	DefaultId *CollectionDefaultIdOptions `json:"defaultId,omitempty"`
	Vector    *VectorOptions              `json:"vector,omitempty"`
	Indexing  *IndexingOptions            `json:"indexing,omitempty"`
	Lexical   *LexicalOptions             `json:"lexical,omitempty"`
	Rerank    *RerankOptions              `json:"rerank,omitempty"`
}

// CreateCollectionOption is a *CreateCollectionOptions; begin with
// [CreateCollection].
type CreateCollectionOption = *CreateCollectionOptions

// DefaultIdType is the type of the _id of documents inserted without one.
type DefaultIdType string

// Types of default _ids; a text with a UUID if none is set.
const (
	DefaultIdTypeUUID     DefaultIdType = "uuid"
	DefaultIdTypeUUIDv6   DefaultIdType = "uuidv6"
	DefaultIdTypeUUIDv7   DefaultIdType = "uuidv7"
	DefaultIdTypeObjectId DefaultIdType = "objectId"
)

// CollectionDefaultIdOptions select the type of default _ids.
type CollectionDefaultIdOptions struct {
	Type *DefaultIdType `json:"type,omitempty"`
}

// VectorOptions define the $vector of a collection.
type VectorOptions struct {
	Dimension *int                  `json:"dimension,omitempty"`
	Metric    *string               `json:"metric,omitempty"`
	Service   *VectorServiceOptions `json:"service,omitempty"`
}

// VectorServiceOptions name the provider that embeds texts or reranks.
type VectorServiceOptions struct {
	Provider       *string        `json:"provider,omitempty"`
	ModelName      *string        `json:"modelName,omitempty"`
	Authentication map[string]any `json:"authentication,omitempty"`
	Parameters     map[string]any `json:"parameters,omitempty"`
}

// RerankServiceOptions has the same members.
type RerankServiceOptions = VectorServiceOptions

// IndexingOptions list the fields that are indexed, or those that are not.
type IndexingOptions struct {
	Allow []string `json:"allow,omitempty"`
	Deny  []string `json:"deny,omitempty"`
}

// LexicalOptions define the search by words; Analyzer is a name or an object.
type LexicalOptions struct {
	Enabled  *bool `json:"enabled,omitempty"`
	Analyzer any   `json:"analyzer,omitempty"`
}

// RerankOptions define reranking.
type RerankOptions struct {
	Enabled *bool                 `json:"enabled,omitempty"`
	Service *RerankServiceOptions `json:"service,omitempty"`
}

// CreateCollection begins the definition of a collection.
func CreateCollection() *CreateCollectionOptions { return &CreateCollectionOptions{} }

// SetDefaultId sets DefaultId.
func (o *CreateCollectionOptions) SetDefaultId(v *CollectionDefaultIdOptions) *CreateCollectionOptions {
	o.DefaultId = v
	return o
}

// SetVector sets Vector.
func (o *CreateCollectionOptions) SetVector(v *VectorOptions) *CreateCollectionOptions {
	o.Vector = v
	return o
}

// SetIndexing sets Indexing.
func (o *CreateCollectionOptions) SetIndexing(v *IndexingOptions) *CreateCollectionOptions {
	o.Indexing = v
	return o
}

// SetLexical sets Lexical.
func (o *CreateCollectionOptions) SetLexical(v *LexicalOptions) *CreateCollectionOptions {
	o.Lexical = v
	return o
}

// SetRerank sets Rerank.
func (o *CreateCollectionOptions) SetRerank(v *RerankOptions) *CreateCollectionOptions {
	o.Rerank = v
	return o
}
