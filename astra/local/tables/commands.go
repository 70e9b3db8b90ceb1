package tables

import (
	"maps"
	"slices"
)

// level says what a command is for. Tables and collections share an address.
type level int

const (
	database level = iota
	keyspace
	table
	collection
)

// command says which fields and options a command has, which right on the table or
// collection it needs, and whether it changes definitions.
type command struct {
	at      level
	name    string
	fields  []string
	options []string // "*" for those that the command reads itself
	action  string
	change  bool
	run     func(*call) (*reply, error)
}

// commands are all that the API has.
func commands() []command {
	const read, write, alter = "db-table-select", "db-table-modify", "db-table-alter"
	explain, ifNew, ifOld := []string{"explain"}, []string{"ifNotExists"}, []string{"ifExists"}
	index := []string{"name", "definition", "indexType", "options"}
	query := []string{"filter", "projection", "sort", "options"}
	similar := []string{"includeSimilarity", "includeSortVector"}
	pages := []string{"limit", "skip", "pageState", "includeSimilarity", "includeSortVector"}
	many := []string{"ordered", "returnDocumentResponses"}
	return []command{
		{database, "findKeyspaces", nil, nil, "", false, (*call).findKeyspaces},
		{database, "findNamespaces", nil, nil, "", false, (*call).findKeyspaces},
		{database, "findEmbeddingProviders", []string{"options"}, []string{"filterModelStatus"}, "", false, (*call).findEmbeddingProviders},
		{database, "findRerankingProviders", []string{"options"}, []string{"filterModelStatus"}, "", false, (*call).findRerankingProviders},
		{database, "createKeyspace", []string{"name", "options"}, []string{"*"}, "", false, (*call).refuseKeyspace},
		{database, "createNamespace", []string{"name", "options"}, []string{"*"}, "", false, (*call).refuseKeyspace},
		{database, "dropKeyspace", []string{"name", "options"}, []string{"*"}, "", false, (*call).refuseKeyspace},
		{database, "dropNamespace", []string{"name", "options"}, []string{"*"}, "", false, (*call).refuseKeyspace},

		{keyspace, "createTable", []string{"name", "definition", "options"}, ifNew, "", true, (*call).createTable},
		{keyspace, "dropTable", []string{"name", "options"}, ifOld, "", true, (*call).dropTable},
		{keyspace, "listTables", []string{"options"}, explain, "", false, (*call).listTables},
		{keyspace, "dropIndex", []string{"name", "options"}, ifOld, "", true, (*call).dropIndex},
		{keyspace, "createCollection", []string{"name", "options"}, []string{"*"}, "", true, (*call).createCollection},
		{keyspace, "deleteCollection", []string{"name"}, nil, "", true, (*call).deleteCollection},
		{keyspace, "findCollections", []string{"options"}, explain, "", false, (*call).findCollections},
		{keyspace, "createType", []string{"name", "definition", "options"}, ifNew, "", true, (*call).createType},
		{keyspace, "alterType", []string{"name", "rename", "add"}, nil, "", true, (*call).alterType},
		{keyspace, "dropType", []string{"name", "options"}, ifOld, "", true, (*call).dropType},
		{keyspace, "listTypes", []string{"options"}, explain, "", false, (*call).listTypes},

		{table, "alterTable", []string{"operation"}, nil, alter, true, (*call).alterTable},
		{table, "createIndex", index, ifNew, alter, true, (*call).createIndex},
		{table, "createVectorIndex", index, ifNew, alter, true, (*call).createVectorIndex},
		{table, "createTextIndex", index, ifNew, alter, true, (*call).createTextIndex},
		{table, "listIndexes", []string{"options"}, explain, "", false, (*call).listIndexes},
		{table, "insertOne", []string{"document"}, nil, write, false, (*call).insertOne},
		{table, "insertMany", []string{"documents", "options"}, many, write, false, (*call).insertMany},
		{table, "findOne", query, similar, read, false, (*call).findOne},
		{table, "find", query, pages, read, false, (*call).find},
		{table, "updateOne", []string{"filter", "update", "sort", "options"}, []string{"upsert"}, write, false, (*call).updateOne},
		{table, "deleteOne", []string{"filter", "sort"}, nil, write, false, (*call).deleteOne},
		{table, "deleteMany", []string{"filter", "sort"}, nil, write, false, (*call).deleteMany},

		{collection, "insertOne", []string{"document"}, nil, write, false, (*call).insertDocument},
		{collection, "insertMany", []string{"documents", "options"}, many, write, false, (*call).insertDocuments},
		{collection, "findOne", query, similar, read, false, (*call).findDocument},
		{collection, "find", query, pages, read, false, (*call).findDocuments},
		{collection, "findAndRerank", query, []string{"limit", "hybridLimits", "rerankQuery", "rerankOn", "includeScores", "includeSortVector",
			"rerank"}, read, false, (*call).findAndRerank},
		{collection, "countDocuments", []string{"filter"}, nil, read, false, (*call).countDocuments},
		{collection, "estimatedDocumentCount", nil, nil, read, false, (*call).estimateDocuments},
		{collection, "updateOne", []string{"filter", "update", "sort", "options"}, []string{"upsert"}, write, false, (*call).updateDocument},
		{collection, "updateMany", []string{"filter", "update", "options"}, []string{"upsert", "pageState"}, write, false,
			(*call).updateDocuments},
		{collection, "deleteOne", []string{"filter", "sort"}, nil, write, false, (*call).deleteDocument},
		{collection, "deleteMany", []string{"filter"}, nil, write, false, (*call).deleteDocuments},
		{collection, "findOneAndUpdate", []string{"filter", "update", "sort", "projection", "options"}, []string{"upsert", "returnDocument"},
			write, false, (*call).findAndUpdate},
		{collection, "findOneAndReplace", []string{"filter", "replacement", "sort", "projection", "options"},
			[]string{"upsert", "returnDocument"}, write, false, (*call).findAndReplace},
		{collection, "findOneAndDelete", []string{"filter", "sort", "projection"}, nil, write, false, (*call).findAndDelete},
	}
}

// command finds a command of a level by its name.
func (h *Handler) command(at level, name string) (command, bool) {
	h.once.Do(func() {
		h.known = map[level]map[string]command{database: {}, keyspace: {}, table: {}, collection: {}}
		for _, c := range commands() {
			h.known[c.at][c.name] = c
		}
	})
	c, ok := h.known[at][name]
	return c, ok
}

// names lists the commands of a level.
func (h *Handler) names(at level) []string {
	h.command(at, "")
	return slices.Sorted(maps.Keys(h.known[at]))
}

// or is a command with the fields and options of another as well.
func (c command) or(other command) command {
	c.fields, c.options = slices.Concat(c.fields, other.fields), slices.Concat(c.options, other.options)
	return c
}
