package resource

// ReadActions is what a token needs to read the rows of a keyspace, and no
// more. A token that writes needs db-table-modify too, which is the default of
// a Role.
func ReadActions() []string {
	return []string{"db-rest", "db-cql", "db-keyspace-describe", "db-table-describe", "db-table-select"}
}
