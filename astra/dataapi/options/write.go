package options

import "github.com/killrvideo/killrvideo-go/astra/dataapi/sort"

// TableInsertManyOptions are the options of insertMany.
type TableInsertManyOptions struct {
	// Ordered stops at the first row that fails; chunks are sent one by one.
	Ordered *bool
	// ChunkSize is the number of rows in a command, 50 if not set and 100 at most.
	ChunkSize *int
	// Concurrency is the number of commands at a time, 8 if not set.
	Concurrency *int
}

// TableInsertManyOption is a *TableInsertManyOptions; begin with
// [TableInsertMany].
type TableInsertManyOption = *TableInsertManyOptions

// InsertMany of a collection has the same options.
type (
	CollectionInsertManyOptions = TableInsertManyOptions
	CollectionInsertManyOption  = TableInsertManyOption
)

// TableInsertMany begins the options of insertMany.
func TableInsertMany() *TableInsertManyOptions { return &TableInsertManyOptions{} }

// CollectionInsertMany begins the options of insertMany.
func CollectionInsertMany() *CollectionInsertManyOptions { return &CollectionInsertManyOptions{} }

// SetOrdered sets Ordered.
func (o *TableInsertManyOptions) SetOrdered(b bool) *TableInsertManyOptions { o.Ordered = &b; return o }

// SetChunkSize sets ChunkSize.
func (o *TableInsertManyOptions) SetChunkSize(n int) *TableInsertManyOptions {
	o.ChunkSize = &n
	return o
}

// SetConcurrency sets Concurrency.
func (o *TableInsertManyOptions) SetConcurrency(n int) *TableInsertManyOptions {
	o.Concurrency = &n
	return o
}

// ReturnDocument selects the document that a command answers with.
type ReturnDocument string

// The document before or after the command.
const (
	ReturnDocumentBefore ReturnDocument = "before"
	ReturnDocumentAfter  ReturnDocument = "after"
)

// CollectionFindOneAndUpdateOptions are the options of findOneAndUpdate.
type CollectionFindOneAndUpdateOptions struct {
	// Sort decides which document, if several match.
	Sort       sort.Sortable
	Projection map[string]any
	// Upsert inserts a document if none matches.
	Upsert         *bool
	ReturnDocument *ReturnDocument
}

// CollectionFindOneAndUpdateOption is a *CollectionFindOneAndUpdateOptions;
// begin with [CollectionFindOneAndUpdate].
type CollectionFindOneAndUpdateOption = *CollectionFindOneAndUpdateOptions

// The other commands that change one document take the same options; each
// ignores those that it does not have.
type (
	CollectionFindOneAndReplaceOptions = CollectionFindOneAndUpdateOptions
	CollectionFindOneAndReplaceOption  = CollectionFindOneAndUpdateOption
	CollectionFindOneAndDeleteOptions  = CollectionFindOneAndUpdateOptions
	CollectionFindOneAndDeleteOption   = CollectionFindOneAndUpdateOption
	CollectionReplaceOneOptions        = CollectionFindOneAndUpdateOptions
	CollectionReplaceOneOption         = CollectionFindOneAndUpdateOption
	CollectionUpdateOneOptions         = CollectionFindOneAndUpdateOptions
	CollectionUpdateOneOption          = CollectionFindOneAndUpdateOption
	CollectionUpdateManyOptions        = CollectionFindOneAndUpdateOptions
	CollectionUpdateManyOption         = CollectionFindOneAndUpdateOption
	CollectionDeleteOneOptions         = CollectionFindOneAndUpdateOptions
	CollectionDeleteOneOption          = CollectionFindOneAndUpdateOption
)

// CollectionFindOneAndUpdate begins the options of findOneAndUpdate.
func CollectionFindOneAndUpdate() *CollectionFindOneAndUpdateOptions {
	return &CollectionFindOneAndUpdateOptions{}
}

// CollectionFindOneAndReplace begins the options of findOneAndReplace.
func CollectionFindOneAndReplace() *CollectionFindOneAndReplaceOptions {
	return CollectionFindOneAndUpdate()
}

// CollectionFindOneAndDelete begins the options of findOneAndDelete.
func CollectionFindOneAndDelete() *CollectionFindOneAndDeleteOptions {
	return CollectionFindOneAndUpdate()
}

// CollectionReplaceOne begins the options of a replacement.
func CollectionReplaceOne() *CollectionReplaceOneOptions { return CollectionFindOneAndUpdate() }

// CollectionUpdateOne begins the options of updateOne.
func CollectionUpdateOne() *CollectionUpdateOneOptions { return CollectionFindOneAndUpdate() }

// CollectionUpdateMany begins the options of updateMany.
func CollectionUpdateMany() *CollectionUpdateManyOptions { return CollectionFindOneAndUpdate() }

// CollectionDeleteOne begins the options of deleteOne.
func CollectionDeleteOne() *CollectionDeleteOneOptions { return CollectionFindOneAndUpdate() }

// SetSort sets Sort.
func (o *CollectionFindOneAndUpdateOptions) SetSort(s sort.Sortable) *CollectionFindOneAndUpdateOptions {
	o.Sort = s
	return o
}

// SetProjection sets Projection: names to true or false.
func (o *CollectionFindOneAndUpdateOptions) SetProjection(p map[string]any) *CollectionFindOneAndUpdateOptions {
	o.Projection = p
	return o
}

// SetUpsert sets Upsert.
func (o *CollectionFindOneAndUpdateOptions) SetUpsert(b bool) *CollectionFindOneAndUpdateOptions {
	o.Upsert = &b
	return o
}

// SetReturnDocument sets ReturnDocument.
func (o *CollectionFindOneAndUpdateOptions) SetReturnDocument(d ReturnDocument) *CollectionFindOneAndUpdateOptions {
	o.ReturnDocument = &d
	return o
}
