package dataapi

import (
	"context"
	"fmt"

	"github.com/killrvideo/killrvideo-go/astra/dataapi/cursors"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/filter"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/internal/call"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/options"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/results"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/update"
)

// The filters and updates of collections.
type (
	CollectionFilter = filter.Filterable
	CollectionUpdate = update.CollectionUpdate
)

// Collection is one collection. It is safe for use by many goroutines. Only
// reads are retried: documents have generated keys and counts, so a write that
// is repeated may have another result.
type Collection struct {
	target
	db *Db
}

// Collection is a collection of the keyspace; no request is sent.
func (d *Db) Collection(name string, opts ...options.APIOption) *Collection {
	c := &Collection{target: d.child(name, opts), db: d}
	c.documents = true
	return c
}

// CreateCollection creates a collection. One that exists with the same
// definition is accepted, so the command is retried.
func (d *Db) CreateCollection(ctx context.Context, name string, opts ...options.CreateCollectionOption) (*Collection, error) {
	body := map[string]any{"name": name, "options": options.Merge(opts...)}
	if _, err := d.run(ctx, "createCollection", body, true); err != nil {
		return nil, fmt.Errorf("create collection %s: %w", name, err)
	}
	return d.Collection(name), nil
}

// DropCollection drops a collection with all its documents, if it exists.
func (d *Db) DropCollection(ctx context.Context, name string) error {
	if _, err := d.run(ctx, "deleteCollection", map[string]any{"name": name}, true); err != nil {
		return fmt.Errorf("drop collection %s: %w", name, err)
	}
	return nil
}

// ListCollections describes every collection of the keyspace.
func (d *Db) ListCollections(ctx context.Context) ([]results.CollectionDescriptor, error) {
	return list[results.CollectionDescriptor](ctx, &d.target, "findCollections", true)
}

// ListCollectionNames names every collection of the keyspace.
func (d *Db) ListCollectionNames(ctx context.Context) ([]string, error) {
	return list[string](ctx, &d.target, "findCollections", false)
}

// Name is the collection's name.
func (c *Collection) Name() string { return c.name }

// Database is the keyspace that the collection is in.
func (c *Collection) Database() *Db { return c.db }

// Options describes the collection.
func (c *Collection) Options(ctx context.Context) (*results.CollectionDescriptor, error) {
	return describe(ctx, &c.target, "findCollections", func(one results.CollectionDescriptor) string { return one.Name })
}

// Drop drops the collection with all its documents.
func (c *Collection) Drop(ctx context.Context) error { return c.db.DropCollection(ctx, c.name) }

// InsertOne inserts a document; its _id must be new.
func (c *Collection) InsertOne(ctx context.Context, document any) (*results.InsertOneResult, error) {
	return insertOne(ctx, &c.target, document, false)
}

// InsertMany inserts the documents of a slice; see [Table.InsertMany].
func (c *Collection) InsertMany(
	ctx context.Context, documents any, opts ...options.CollectionInsertManyOption,
) (*results.InsertManyResult, error) {
	return insertMany(ctx, &c.target, documents, options.Merge(opts...), false)
}

// FindOne reads the first document that the filter matches; a nil filter
// matches every document.
func (c *Collection) FindOne(ctx context.Context, f CollectionFilter, opts ...options.CollectionFindOneOption) *results.SingleResult {
	response, err := findOne(ctx, &c.target, f, options.Merge(opts...))
	if err != nil {
		return results.NewFailure(err)
	}
	return results.NewDocument(response.Data.Document, response.Status.Warnings)
}

// Find returns a cursor over the documents that the filter matches; see
// [Table.Find].
func (c *Collection) Find(f CollectionFilter, opts ...options.CollectionFindOption) *cursors.CollectionFindCursor {
	return cursors.NewCollectionFindCursor(c.caller, c.command("find", nil, true), orNothing(f), options.Merge(opts...))
}

// UpdateOne changes the first document that the filter matches.
func (c *Collection) UpdateOne(
	ctx context.Context, f CollectionFilter, u CollectionUpdate, opts ...options.CollectionUpdateOneOption,
) (*results.UpdateResult, error) {
	o := options.Merge(opts...)
	response, err := c.change(ctx, "updateOne", f, body{"update": u, "sort": o.Sort, "options": set(body{"upsert": o.Upsert})})
	if err != nil {
		return nil, err
	}
	return updated(&results.UpdateResult{}, response.Status), nil
}

// UpdateMany changes all documents that the filter matches, with as many
// commands as it takes. On an error the result is what was changed before it.
func (c *Collection) UpdateMany(
	ctx context.Context, f CollectionFilter, u CollectionUpdate, opts ...options.CollectionUpdateManyOption,
) (*results.UpdateResult, error) {
	o := options.Merge(opts...)
	result, page := &results.UpdateResult{}, ""
	for {
		response, err := c.change(ctx, "updateMany", f, body{
			"update": u, "options": set(body{"upsert": o.Upsert, "pageState": page}),
		})
		if err != nil {
			return result, err
		}
		updated(result, response.Status)
		if page = response.Status.NextPageState; !response.Status.MoreData || page == "" {
			return result, nil
		}
	}
}

func updated(result *results.UpdateResult, s call.Status) *results.UpdateResult {
	result.MatchedCount += s.MatchedCount
	result.ModifiedCount += s.ModifiedCount
	if s.UpsertedID != nil {
		result.UpsertedCount, result.UpsertedId = 1, s.UpsertedID
	}
	return result
}

// ReplaceOne replaces the first document that the filter matches.
func (c *Collection) ReplaceOne(
	ctx context.Context, f CollectionFilter, replacement any, opts ...options.CollectionReplaceOneOption,
) (*results.UpdateResult, error) {
	o := options.Merge(opts...)
	response, err := c.change(ctx, "findOneAndReplace", f, body{
		"replacement": replacement, "sort": o.Sort, "projection": map[string]any{"*": false}, "options": set(body{"upsert": o.Upsert}),
	})
	if err != nil {
		return nil, err
	}
	return updated(&results.UpdateResult{}, response.Status), nil
}

// FindOneAndUpdate changes the first document that the filter matches and
// returns it, by default as it was before.
func (c *Collection) FindOneAndUpdate(
	ctx context.Context, f CollectionFilter, u CollectionUpdate, opts ...options.CollectionFindOneAndUpdateOption,
) *results.SingleResult {
	return c.findOneAnd(ctx, "findOneAndUpdate", f, body{"update": u}, options.Merge(opts...))
}

// FindOneAndReplace replaces the first document that the filter matches and
// returns it, by default as it was before.
func (c *Collection) FindOneAndReplace(
	ctx context.Context, f CollectionFilter, replacement any, opts ...options.CollectionFindOneAndReplaceOption,
) *results.SingleResult {
	return c.findOneAnd(ctx, "findOneAndReplace", f, body{"replacement": replacement}, options.Merge(opts...))
}

// FindOneAndDelete deletes the first document that the filter matches and
// returns it.
func (c *Collection) FindOneAndDelete(
	ctx context.Context, f CollectionFilter, opts ...options.CollectionFindOneAndDeleteOption,
) *results.SingleResult {
	return c.findOneAnd(ctx, "findOneAndDelete", f, body{}, options.Merge(opts...))
}

func (c *Collection) findOneAnd(
	ctx context.Context, name string, f CollectionFilter, with body, o options.CollectionFindOneAndUpdateOptions,
) *results.SingleResult {
	with["sort"], with["projection"] = o.Sort, o.Projection
	with["options"] = set(body{"upsert": o.Upsert, "returnDocument": o.ReturnDocument})
	response, err := c.change(ctx, name, f, with)
	if err != nil {
		return results.NewFailure(err)
	}
	return results.NewDocument(response.Data.Document, response.Status.Warnings)
}

// DeleteOne deletes the first document that the filter matches.
func (c *Collection) DeleteOne(
	ctx context.Context, f CollectionFilter, opts ...options.CollectionDeleteOneOption,
) (*results.DeleteResult, error) {
	response, err := c.change(ctx, "deleteOne", f, body{"sort": options.Merge(opts...).Sort})
	if err != nil {
		return nil, err
	}
	return &results.DeleteResult{DeletedCount: response.Status.DeletedCount}, nil
}

// DeleteMany deletes all documents that the filter matches, with as many
// commands as it takes; the empty filter deletes every document. On an error
// the result is what was deleted before it.
func (c *Collection) DeleteMany(ctx context.Context, f CollectionFilter) (*results.DeleteResult, error) {
	result := &results.DeleteResult{}
	if isNil(f) {
		return result, fmt.Errorf("deleteMany of %s: %w", c.name, ErrNilFilter)
	}
	for {
		response, err := c.change(ctx, "deleteMany", f, body{})
		if err != nil {
			return result, err
		}
		result.DeletedCount += response.Status.DeletedCount
		if !response.Status.MoreData {
			return result, nil
		}
	}
}

// CountDocuments counts the documents that the filter matches. Beyond
// upperBound, or the Data API's own bound of 1,000, it returns
// [results.ErrTooManyDocumentsToCount].
func (c *Collection) CountDocuments(ctx context.Context, f CollectionFilter, upperBound int) (int, error) {
	response, err := c.run(ctx, "countDocuments", set(body{"filter": orNothing(f)}), true)
	if err != nil {
		return 0, fmt.Errorf("countDocuments of %s: %w", c.name, err)
	}
	if n := response.Status.Count; response.Status.MoreData || n > upperBound {
		return n, results.ErrTooManyDocumentsToCount
	}
	return response.Status.Count, nil
}

// EstimatedDocumentCount estimates the number of documents.
func (c *Collection) EstimatedDocumentCount(ctx context.Context) (int, error) {
	response, err := c.run(ctx, "estimatedDocumentCount", body{}, true)
	if err != nil {
		return 0, fmt.Errorf("estimatedDocumentCount of %s: %w", c.name, err)
	}
	return response.Status.Count, nil
}

// body is the body of a command.
type body map[string]any

// change sends a command that writes documents. What is not set is left out.
func (c *Collection) change(ctx context.Context, name string, f CollectionFilter, with body) (*call.Response, error) {
	with["filter"] = orNothing(f)
	response, err := c.run(ctx, name, set(with), false)
	if err != nil {
		return nil, fmt.Errorf("%s of %s: %w", name, c.name, err)
	}
	return response, nil
}

// set is the body without what is not set.
func set(b body) body {
	for name, value := range b {
		if opts, ok := value.(body); isNil(value) || value == "" || ok && len(opts) == 0 {
			delete(b, name)
		}
	}
	return b
}
