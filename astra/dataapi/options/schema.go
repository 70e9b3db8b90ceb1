package options

// CreateTableOptions are the options of createTable and createType.
type CreateTableOptions struct {
	// IfNotExists accepts an existing table or type; only then is a retry safe.
	IfNotExists *bool `json:"ifNotExists,omitempty"`
}

// CreateTableOption is a *CreateTableOptions; begin with [CreateTable].
type CreateTableOption = *CreateTableOptions

// CreateType has the same options.
type (
	CreateTypeOptions = CreateTableOptions
	CreateTypeOption  = CreateTableOption
)

// CreateTable begins the options of createTable.
func CreateTable() *CreateTableOptions { return &CreateTableOptions{} }

// CreateType begins the options of createType.
func CreateType() *CreateTypeOptions { return &CreateTypeOptions{} }

// SetIfNotExists sets IfNotExists.
func (o *CreateTableOptions) SetIfNotExists(b bool) *CreateTableOptions { o.IfNotExists = &b; return o }

// DropTableOptions are the options of dropTable, dropIndex and dropType.
type DropTableOptions struct {
	// IfExists accepts a missing table, index or type; only then is a retry safe.
	IfExists *bool `json:"ifExists,omitempty"`
}

// DropTableOption is a *DropTableOptions; begin with [DropTable].
type DropTableOption = *DropTableOptions

// Drops of indexes and types have the same options.
type (
	DropTableIndexOptions = DropTableOptions
	DropTableIndexOption  = DropTableOption
	DropTypeOptions       = DropTableOptions
	DropTypeOption        = DropTableOption
)

// DropTable begins the options of dropTable.
func DropTable() *DropTableOptions { return &DropTableOptions{} }

// DropTableIndex begins the options of dropIndex.
func DropTableIndex() *DropTableIndexOptions { return &DropTableIndexOptions{} }

// DropType begins the options of dropType.
func DropType() *DropTypeOptions { return &DropTypeOptions{} }

// SetIfExists sets IfExists.
func (o *DropTableOptions) SetIfExists(b bool) *DropTableOptions { o.IfExists = &b; return o }

// CreateIndexOptions are the options of createIndex. Those of texts: Ascii
// folds to ASCII, Normalize folds Unicode forms, CaseSensitive tells case apart.
type CreateIndexOptions struct {
	// IfNotExists accepts an existing index; only then is a retry safe.
	IfNotExists   *bool
	Ascii         *bool
	Normalize     *bool
	CaseSensitive *bool
}

// CreateIndexOption is a *CreateIndexOptions; begin with [CreateIndex].
type CreateIndexOption = *CreateIndexOptions

// CreateIndex begins the options of createIndex.
func CreateIndex() *CreateIndexOptions { return &CreateIndexOptions{} }

// SetIfNotExists sets IfNotExists.
func (o *CreateIndexOptions) SetIfNotExists(b bool) *CreateIndexOptions { o.IfNotExists = &b; return o }

// SetAscii sets Ascii.
func (o *CreateIndexOptions) SetAscii(b bool) *CreateIndexOptions { o.Ascii = &b; return o }

// SetNormalize sets Normalize.
func (o *CreateIndexOptions) SetNormalize(b bool) *CreateIndexOptions { o.Normalize = &b; return o }

// SetCaseSensitive sets CaseSensitive.
func (o *CreateIndexOptions) SetCaseSensitive(b bool) *CreateIndexOptions {
	o.CaseSensitive = &b
	return o
}

// VectorMetric says how vectors are compared.
type VectorMetric string

// Metrics of a vector index.
const (
	MetricCosine     VectorMetric = "cosine"
	MetricDotProduct VectorMetric = "dot_product"
	MetricEuclidean  VectorMetric = "euclidean"
)

// CreateVectorIndexOptions are the options of createVectorIndex.
type CreateVectorIndexOptions struct {
	// IfNotExists accepts an existing index; only then is a retry safe.
	IfNotExists *bool
	// Metric is cosine if neither it nor SourceModel is set.
	Metric      *VectorMetric
	SourceModel *string
}

// CreateVectorIndexOption is a *CreateVectorIndexOptions; begin with
// [CreateVectorIndex].
type CreateVectorIndexOption = *CreateVectorIndexOptions

// CreateVectorIndex begins the options of createVectorIndex.
func CreateVectorIndex() *CreateVectorIndexOptions { return &CreateVectorIndexOptions{} }

// SetIfNotExists sets IfNotExists.
func (o *CreateVectorIndexOptions) SetIfNotExists(b bool) *CreateVectorIndexOptions {
	o.IfNotExists = &b
	return o
}

// SetMetric sets Metric.
func (o *CreateVectorIndexOptions) SetMetric(m VectorMetric) *CreateVectorIndexOptions {
	o.Metric = &m
	return o
}

// SetSourceModel sets SourceModel.
func (o *CreateVectorIndexOptions) SetSourceModel(model string) *CreateVectorIndexOptions {
	o.SourceModel = &model
	return o
}

// CreateTextIndexOptions are the options of createTextIndex.
type CreateTextIndexOptions struct {
	// IfNotExists accepts an existing index; only then is a retry safe.
	IfNotExists *bool
	// Analyzer is a name or an object.
	Analyzer any
}

// CreateTextIndexOption is a *CreateTextIndexOptions; begin with
// [CreateTextIndex].
type CreateTextIndexOption = *CreateTextIndexOptions

// CreateTextIndex begins the options of createTextIndex.
func CreateTextIndex() *CreateTextIndexOptions { return &CreateTextIndexOptions{} }

// SetIfNotExists sets IfNotExists.
func (o *CreateTextIndexOptions) SetIfNotExists(b bool) *CreateTextIndexOptions {
	o.IfNotExists = &b
	return o
}

// UpdateAnalyzer sets Analyzer to a name.
func (o *CreateTextIndexOptions) UpdateAnalyzer(name string) *CreateTextIndexOptions {
	o.Analyzer = name
	return o
}

// SetCustomAnalyzer sets Analyzer to an object.
func (o *CreateTextIndexOptions) SetCustomAnalyzer(analyzer map[string]any) *CreateTextIndexOptions {
	o.Analyzer = analyzer
	return o
}
