package results

// UpdateResult is the answer of an update of documents.
type UpdateResult struct {
	MatchedCount  int
	ModifiedCount int
	// UpsertedCount is 1 if a document was inserted.
	UpsertedCount int
	// UpsertedId is the _id of that document, nil if there is none.
	UpsertedId any
}

// DeleteResult is the answer of a deletion of documents.
type DeleteResult struct {
	// DeletedCount is -1 when every document of the collection was deleted.
	DeletedCount int
}
