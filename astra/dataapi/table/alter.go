package table

// AlterOperation is one change of a table; exactly one of the constructors
// makes one.
type AlterOperation struct {
	operation map[string]any
}

// Add adds columns.
func Add(columns Columns) AlterOperation { return operation("add", columns) }

// Drop removes columns and what is stored in them.
func Drop(columns ...string) AlterOperation { return operation("drop", columns) }

// AddVectorize gives vector columns an embedding service.
func AddVectorize(columns map[string]Service) AlterOperation {
	return operation("addVectorize", columns)
}

// DropVectorize takes the embedding service from vector columns.
func DropVectorize(columns ...string) AlterOperation { return operation("dropVectorize", columns) }

// Wire is the operation as the command alterTable takes it.
func (o AlterOperation) Wire() map[string]any { return o.operation }

func operation(name string, columns any) AlterOperation {
	return AlterOperation{map[string]any{name: map[string]any{"columns": columns}}}
}
