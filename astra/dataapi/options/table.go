package options

// Find are the options of a find as they travel.
type Find struct {
	Sort              any
	Projection        any
	Limit, Skip       int
	IncludeSimilarity bool
	IncludeSortVector bool
	PageState         string
}

// TableFindOptions build the options of find and findOne.
type TableFindOptions struct{ find Find }

// TableFind begins the options of a find.
func TableFind() *TableFindOptions { return &TableFindOptions{} }

// TableFindOne begins the options of a findOne; limit, skip and page state
// have no meaning there.
func TableFindOne() *TableFindOptions { return &TableFindOptions{} }

// SetSort sets the order: sort.Clauses.
func (o *TableFindOptions) SetSort(sort any) *TableFindOptions { o.find.Sort = sort; return o }

// SetProjection selects columns: a map of names to true or false.
func (o *TableFindOptions) SetProjection(p any) *TableFindOptions { o.find.Projection = p; return o }

// SetLimit bounds the rows over all pages; 0 is no bound.
func (o *TableFindOptions) SetLimit(n int) *TableFindOptions { o.find.Limit = n; return o }

// SetSkip leaves out the first rows; it makes the server sort in memory.
func (o *TableFindOptions) SetSkip(n int) *TableFindOptions { o.find.Skip = n; return o }

// SetIncludeSimilarity adds `$similarity` to the rows of a vector sort.
func (o *TableFindOptions) SetIncludeSimilarity(b bool) *TableFindOptions {
	o.find.IncludeSimilarity = b
	return o
}

// SetIncludeSortVector asks for the vector that was sorted by.
func (o *TableFindOptions) SetIncludeSortVector(b bool) *TableFindOptions {
	o.find.IncludeSortVector = b
	return o
}

// SetPageState begins at a page that an earlier find named.
func (o *TableFindOptions) SetPageState(state string) *TableFindOptions {
	o.find.PageState = state
	return o
}

// MergeFind is the last of the given options, or none.
func MergeFind(opts []*TableFindOptions) Find {
	if len(opts) == 0 || opts[len(opts)-1] == nil {
		return Find{}
	}
	return opts[len(opts)-1].find
}
