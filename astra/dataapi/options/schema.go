package options

// CreateTableOptions build the options of createTable.
type CreateTableOptions struct{ IfNotExists bool }

// CreateTable begins the options of createTable.
func CreateTable() *CreateTableOptions { return &CreateTableOptions{} }

// SetIfNotExists lets an existing table pass; only then is a retry safe.
func (o *CreateTableOptions) SetIfNotExists(b bool) *CreateTableOptions { o.IfNotExists = b; return o }

// DropOptions build the options of dropTable and dropIndex.
type DropOptions struct{ IfExists bool }

// DropTable begins the options of dropTable.
func DropTable() *DropOptions { return &DropOptions{} }

// DropTableIndex begins the options of dropIndex.
func DropTableIndex() *DropOptions { return &DropOptions{} }

// SetIfExists lets a missing table or index pass; only then is a retry safe.
func (o *DropOptions) SetIfExists(b bool) *DropOptions { o.IfExists = b; return o }

// CreateIndexOptions build the options of createIndex and createVectorIndex.
type CreateIndexOptions struct {
	IfNotExists bool
	// Index are the options of the index itself, such as metric.
	Index map[string]any
}

// CreateIndex begins the options of createIndex.
func CreateIndex() *CreateIndexOptions { return &CreateIndexOptions{} }

// CreateVectorIndex begins the options of createVectorIndex.
func CreateVectorIndex() *CreateIndexOptions { return &CreateIndexOptions{} }

// SetIfNotExists lets an existing index pass; only then is a retry safe.
func (o *CreateIndexOptions) SetIfNotExists(b bool) *CreateIndexOptions { o.IfNotExists = b; return o }

// Metrics of a vector index.
const (
	MetricCosine     = "cosine"
	MetricDotProduct = "dot_product"
	MetricEuclidean  = "euclidean"
)

// SetMetric sets how a vector index compares; cosine if not set.
func (o *CreateIndexOptions) SetMetric(metric string) *CreateIndexOptions {
	return o.with("metric", metric)
}

// SetCaseSensitive says whether a text index tells case apart.
func (o *CreateIndexOptions) SetCaseSensitive(b bool) *CreateIndexOptions {
	return o.with("caseSensitive", b)
}

// SetNormalize says whether a text index folds Unicode forms.
func (o *CreateIndexOptions) SetNormalize(b bool) *CreateIndexOptions { return o.with("normalize", b) }

// SetASCII says whether a text index folds to ASCII.
func (o *CreateIndexOptions) SetASCII(b bool) *CreateIndexOptions { return o.with("ascii", b) }

func (o *CreateIndexOptions) with(name string, value any) *CreateIndexOptions {
	if o.Index == nil {
		o.Index = map[string]any{}
	}
	o.Index[name] = value
	return o
}
