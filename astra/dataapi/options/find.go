package options

import "github.com/killrvideo/killrvideo-go/astra/dataapi/sort"

// TableFindOptions are the options of find.
type TableFindOptions struct {
	Sort       sort.Sortable
	Projection map[string]any
	// Limit bounds the rows over all pages; 0 is no bound.
	Limit *int
	// Skip leaves out the first rows; it makes the server sort in memory.
	Skip *int
	// IncludeSimilarity adds $similarity to the rows of a vector sort.
	IncludeSimilarity *bool
	// IncludeSortVector asks for the vector that was sorted by.
	IncludeSortVector *bool
	// InitialPageState begins at a page that an earlier find named.
	InitialPageState *string
}

// TableFindOption is a *TableFindOptions; begin with [TableFind].
type TableFindOption = *TableFindOptions

// Finds of collections have the same options.
type (
	CollectionFindOptions = TableFindOptions
	CollectionFindOption  = TableFindOption
)

// TableFind begins the options of find.
func TableFind() *TableFindOptions { return &TableFindOptions{} }

// CollectionFind begins the options of find.
func CollectionFind() *CollectionFindOptions { return &CollectionFindOptions{} }

// SetSort sets Sort.
func (o *TableFindOptions) SetSort(s sort.Sortable) *TableFindOptions { o.Sort = s; return o }

// SetProjection sets Projection: names to true or false.
func (o *TableFindOptions) SetProjection(p map[string]any) *TableFindOptions {
	o.Projection = p
	return o
}

// SetLimit sets Limit.
func (o *TableFindOptions) SetLimit(n int) *TableFindOptions { o.Limit = &n; return o }

// SetSkip sets Skip.
func (o *TableFindOptions) SetSkip(n int) *TableFindOptions { o.Skip = &n; return o }

// SetIncludeSimilarity sets IncludeSimilarity.
func (o *TableFindOptions) SetIncludeSimilarity(b bool) *TableFindOptions {
	o.IncludeSimilarity = &b
	return o
}

// SetIncludeSortVector sets IncludeSortVector.
func (o *TableFindOptions) SetIncludeSortVector(b bool) *TableFindOptions {
	o.IncludeSortVector = &b
	return o
}

// SetPageState sets InitialPageState.
func (o *TableFindOptions) SetPageState(state string) *TableFindOptions {
	o.InitialPageState = &state
	return o
}

// TableFindOneOptions are the options of findOne.
type TableFindOneOptions struct {
	Sort              sort.Sortable
	Projection        map[string]any
	IncludeSimilarity *bool
}

// TableFindOneOption is a *TableFindOneOptions; begin with [TableFindOne].
type TableFindOneOption = *TableFindOneOptions

// FindOne of a collection has the same options.
type (
	CollectionFindOneOptions = TableFindOneOptions
	CollectionFindOneOption  = TableFindOneOption
)

// TableFindOne begins the options of findOne.
func TableFindOne() *TableFindOneOptions { return &TableFindOneOptions{} }

// CollectionFindOne begins the options of findOne.
func CollectionFindOne() *CollectionFindOneOptions { return &CollectionFindOneOptions{} }

// SetSort sets Sort.
func (o *TableFindOneOptions) SetSort(s sort.Sortable) *TableFindOneOptions { o.Sort = s; return o }

// SetProjection sets Projection: names to true or false.
func (o *TableFindOneOptions) SetProjection(p map[string]any) *TableFindOneOptions {
	o.Projection = p
	return o
}

// SetIncludeSimilarity sets IncludeSimilarity.
func (o *TableFindOneOptions) SetIncludeSimilarity(b bool) *TableFindOneOptions {
	o.IncludeSimilarity = &b
	return o
}
