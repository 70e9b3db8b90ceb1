package provider

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/pulumi/pulumi-go-provider/infer"

	"github.com/killrvideo/killrvideo-go/infra/caller"
	"github.com/killrvideo/killrvideo-go/infra/provider/ddl"
)

// notImported refuses the import of a resource that cannot be read from its id.
func notImported(what, id, why, instead string) error {
	return fmt.Errorf("import the %s %s: it cannot be imported: %s; %s", what, id, why, instead)
}

// imported reads the tables of the keyspace that an id DATABASE/KEYSPACE names.
func (s *Schema) imported(ctx context.Context, id string) (infer.ReadResponse[SchemaArgs, SchemaState], error) {
	none := infer.ReadResponse[SchemaArgs, SchemaState]{}
	database, keyspace, ok := strings.Cut(id, "/")
	if !ok || database == "" || keyspace == "" || strings.Contains(keyspace, "/") {
		return none, fmt.Errorf("import the schema %s: its id must be the database's id and the keyspace, as in "+
			"00000000-0000-4000-8000-000000000001/killrvideo", id)
	}
	data, err := s.connect(ctx, "import the tables of keyspace "+keyspace)
	if err != nil {
		return none, err
	}
	tables, err := data.Tables(ctx, keyspace)
	if errors.Is(err, errUnknownKeyspace) {
		return none, nil
	}
	if err != nil {
		return none, fmt.Errorf("import the tables of keyspace %s: %w", keyspace, err)
	}
	args := SchemaArgs{DatabaseID: database, Keyspace: keyspace, Tables: []SchemaTable{}}
	for _, table := range tables {
		args.Tables = append(args.Tables, tableOf(table))
	}
	state, err := args.state()
	return infer.ReadResponse[SchemaArgs, SchemaState]{ID: id, Inputs: args, State: state}, err
}

// tableOf is a table as a program declares it. Indexes of kinds that a program
// cannot declare are left out.
func tableOf(table ddl.Table) SchemaTable {
	declared := SchemaTable{Name: table.Name, Definition: string(table.Definition)}
	for _, index := range table.Indexes {
		if index.Kind == ddl.Regular || index.Kind == ddl.Vector {
			declared.Indexes = append(declared.Indexes, SchemaIndex{Name: index.Name, Kind: index.Kind, Definition: string(index.Definition)})
		}
	}
	return declared
}

// Read refuses an import; a refresh has nothing to compare, since the key is
// only in the state.
func (*SigningKey) Read(
	_ context.Context, req infer.ReadRequest[SigningKeyArgs, SigningKeyState],
) (infer.ReadResponse[SigningKeyArgs, SigningKeyState], error) {
	if req.State.Current == "" {
		return infer.ReadResponse[SigningKeyArgs, SigningKeyState]{}, notImported("signing key", req.ID,
			"its value is nowhere but in the state that made it",
			"to use a key that you have, run "+caller.Here("config set --secret jwtSecretKey"))
	}
	return infer.ReadResponse[SigningKeyArgs, SigningKeyState](req), nil
}

// Read refuses an import: a proof that was not made cannot be taken over. What
// a refresh would find out is asked at the end of every deployment.
func (*Gate) Read(_ context.Context, req infer.ReadRequest[GateArgs, GateState]) (infer.ReadResponse[GateArgs, GateState], error) {
	if req.State.Revision == "" {
		return infer.ReadResponse[GateArgs, GateState]{}, notImported("gate", req.ID, "it is a proof, and none was made",
			"run "+caller.Up()+", which makes one")
	}
	return infer.ReadResponse[GateArgs, GateState](req), nil
}
