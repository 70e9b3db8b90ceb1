package provider

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi-go-provider/infer"

	"github.com/killrvideo/killrvideo-go/infra/provider/ddl"
)

// Schema is a keyspace with its tables and indexes. It only adds.
type Schema struct {
	astra   connector
	patient backoff
}

// SchemaArgs are its inputs.
type SchemaArgs struct {
	DatabaseID string        `pulumi:"databaseId"`
	Keyspace   string        `pulumi:"keyspace"`
	Tables     []SchemaTable `pulumi:"tables"`
}

// SchemaTable is one table.
type SchemaTable struct {
	Name       string        `pulumi:"name"`
	Definition string        `pulumi:"definition"`
	Indexes    []SchemaIndex `pulumi:"indexes,optional"`
}

// SchemaIndex is one index of a table.
type SchemaIndex struct {
	Name       string `pulumi:"name"`
	Kind       string `pulumi:"kind,optional"`
	Column     string `pulumi:"column,optional"`
	Definition string `pulumi:"definition,optional"`
}

// SchemaState is what the stack remembers.
type SchemaState struct {
	SchemaArgs
	TableNames []string `pulumi:"tableNames"`
	Hash       string   `pulumi:"hash"`
	// OrganizationID is empty in the state of a release that did not remember it.
	OrganizationID string `pulumi:"organizationId,optional"`
}

// Annotate names and describes the resource.
func (s *Schema) Annotate(a infer.Annotator) {
	a.SetToken("index", "Schema")
	a.Describe(&s, "A keyspace with its tables and indexes. Only additions are made, and deletion keeps the data."+example(`
resources:
  orders:
    type: astradb:Schema
    properties:
      databaseId: 00000000-0000-4000-8000-000000000001
      keyspace: orders
      tables:
        - name: items
          definition: '{"columns":{"id":"uuid","name":"text"},"primaryKey":"id"}'
          indexes:
            - name: items_by_name
              column: name
`))
}

// Annotate describes the inputs.
func (args *SchemaArgs) Annotate(a infer.Annotator) {
	a.Describe(&args.DatabaseID, "UUID of the database.")
	a.Describe(&args.Keyspace, "Created if it does not exist.")
	a.Describe(&args.Tables, "Tables, created or extended.")
}

// Annotate describes the outputs.
func (s *SchemaState) Annotate(a infer.Annotator) {
	a.Describe(&s.TableNames, "Names of the declared tables, sorted.")
	a.Describe(&s.Hash, "SHA-256 of the declared tables, in hex.")
	a.Describe(&s.OrganizationID, "UUID of the organisation.")
}

// Annotate describes a table.
func (t *SchemaTable) Annotate(a infer.Annotator) {
	a.Describe(&t.Name, "Name of the table.")
	a.Describe(&t.Indexes, "Indexes of the table, created if they do not exist.")
	a.Describe(&t.Definition, "The JSON of a Data API createTable definition, as text: the order of clustering columns has a meaning.")
}

// Annotate describes an index.
func (i *SchemaIndex) Annotate(a infer.Annotator) {
	a.Describe(&i.Name, "Name of the index, unique in the keyspace.")
	a.Describe(&i.Kind, "regular, or vector.")
	a.Describe(&i.Column, "The indexed column.")
	a.Describe(&i.Definition, "The JSON of a createIndex definition, instead of column.")
}

// WireDependencies says that names and hash are known at preview, since they
// follow from the inputs.
func (*Schema) WireDependencies(f infer.FieldSelector, _ *SchemaArgs, state *SchemaState) {
	f.OutputField(&state.TableNames).AlwaysKnown()
	f.OutputField(&state.Hash).AlwaysKnown()
}

// Check parses the tables.
func (*Schema) Check(ctx context.Context, req infer.CheckRequest) (infer.CheckResponse[SchemaArgs], error) {
	return checked(ctx, req, func(args *SchemaArgs, problems *problems) {
		problems.require("databaseId", args.DatabaseID, "the database's id (stack setting astraDatabaseId)")
		problems.require("keyspace", args.Keyspace, "the keyspace")
		if _, err := args.parse(); err != nil {
			problems.add("tables", "%v", err)
		}
	})
}

// Create adds what is missing.
func (s *Schema) Create(ctx context.Context, req infer.CreateRequest[SchemaArgs]) (infer.CreateResponse[SchemaState], error) {
	state, err := req.Inputs.state("")
	if err == nil && !req.DryRun {
		err = s.apply(ctx, &state)
	}
	if err != nil {
		return infer.CreateResponse[SchemaState]{}, err
	}
	return infer.CreateResponse[SchemaState]{ID: req.Inputs.DatabaseID + "/" + req.Inputs.Keyspace, Output: state}, nil
}

// Diff refuses what would lose data or cannot be made, already at preview.
func (*Schema) Diff(ctx context.Context, req infer.DiffRequest[SchemaArgs, SchemaState]) (infer.DiffResponse, error) {
	changes := asReplace(changedInputs(req.State.SchemaArgs, req.Inputs), "tables")
	before, err := req.State.parse()
	if err != nil {
		return infer.DiffResponse{}, err
	}
	after, err := req.Inputs.parse()
	if err != nil {
		return infer.DiffResponse{}, err
	}
	if _, moves := changes["keyspace"]; moves {
		return diffOf(changes), nil
	}
	left, err := ddl.Losses(before, after)
	if len(left) > 0 {
		p.GetLogger(ctx).Warning(fmt.Sprintf("not declared any more, as when an older release is deployed: %s. It stays with its data; "+
			"the release that declares it finds it again", strings.Join(left, ", ")))
	}
	return diffOf(changes), err
}

// Update adds what is missing.
func (s *Schema) Update(ctx context.Context, req infer.UpdateRequest[SchemaArgs, SchemaState]) (infer.UpdateResponse[SchemaState], error) {
	state, err := req.Inputs.state(req.State.OrganizationID)
	if err == nil && !req.DryRun {
		err = s.apply(ctx, &state)
	}
	return infer.UpdateResponse[SchemaState]{Output: state}, err
}

// Read shows missing tables, columns and indexes as drift, and a missing
// keyspace as a schema that is gone. An import, whose id is the one that Create
// gives, reads all tables of the keyspace.
func (s *Schema) Read(
	ctx context.Context, req infer.ReadRequest[SchemaArgs, SchemaState],
) (infer.ReadResponse[SchemaArgs, SchemaState], error) {
	if req.State.DatabaseID == "" {
		return s.imported(ctx, req.ID)
	}
	wanted, err := req.State.parse()
	if err != nil {
		return infer.ReadResponse[SchemaArgs, SchemaState]{}, err
	}
	live, err := s.live(ctx, "read", req.State.SchemaArgs, req.State.OrganizationID)
	if err != nil || live == nil {
		return infer.ReadResponse[SchemaArgs, SchemaState]{}, err
	}
	req.State.Tables = req.State.only(ddl.Present(live.tables, wanted))
	req.Inputs.Tables = req.State.Tables
	req.State, err = req.State.SchemaArgs.state(live.organization)
	return infer.ReadResponse[SchemaArgs, SchemaState](req), err
}

// Delete leaves the data alone.
func (*Schema) Delete(ctx context.Context, req infer.DeleteRequest[SchemaState]) (infer.DeleteResponse, error) {
	p.GetLogger(ctx).Info(fmt.Sprintf("keyspace %s, its tables and their data stay; drop them by hand if they are not needed",
		req.State.Keyspace))
	return infer.DeleteResponse{}, nil
}

// parse reads the definitions.
func (args SchemaArgs) parse() ([]ddl.Table, error) {
	var tables []ddl.Table
	for _, t := range args.Tables {
		table, err := ddl.Parse(t.Name, t.Definition)
		if err != nil {
			return nil, err
		}
		for _, i := range t.Indexes {
			index, err := ddl.ParseIndex(i.Name, i.Kind, i.Column, i.Definition)
			if err != nil {
				return nil, fmt.Errorf("table %s: %w", t.Name, err)
			}
			table.Indexes = append(table.Indexes, index)
		}
		tables = append(tables, table)
	}
	return tables, nil
}

// state is what follows from the inputs, in an organisation.
func (args SchemaArgs) state(organization string) (SchemaState, error) {
	text, err := json.Marshal(args)
	if err != nil {
		return SchemaState{}, fmt.Errorf("hash the schema: %w", err)
	}
	sum := sha256.Sum256(text)
	state := SchemaState{SchemaArgs: args, TableNames: []string{}, Hash: hex.EncodeToString(sum[:]), OrganizationID: organization}
	for _, table := range args.Tables {
		state.TableNames = append(state.TableNames, table.Name)
	}
	slices.Sort(state.TableNames)
	return state, nil
}

// only limits the declared tables to what is present.
func (args SchemaArgs) only(present []ddl.Table) []SchemaTable {
	tables := []SchemaTable{}
	for _, declared := range args.Tables {
		at := slices.IndexFunc(present, func(t ddl.Table) bool { return t.Name == declared.Name })
		if at < 0 {
			continue
		}
		declared.Definition = string(present[at].Definition)
		declared.Indexes = slices.DeleteFunc(slices.Clone(declared.Indexes), func(i SchemaIndex) bool {
			return !slices.ContainsFunc(present[at].Indexes, func(has ddl.Index) bool { return has.Name == i.Name })
		})
		tables = append(tables, declared)
	}
	return tables
}

// imported reads the tables of the keyspace that an id DATABASE/KEYSPACE names.
func (s *Schema) imported(ctx context.Context, id string) (infer.ReadResponse[SchemaArgs, SchemaState], error) {
	none := infer.ReadResponse[SchemaArgs, SchemaState]{}
	database, keyspace, ok := strings.Cut(id, "/")
	if !ok || database == "" || keyspace == "" || strings.Contains(keyspace, "/") {
		return none, fmt.Errorf("import the schema %s: its id must be the database's id and the keyspace, as in "+
			"00000000-0000-4000-8000-000000000001/shop", id)
	}
	args := SchemaArgs{DatabaseID: database, Keyspace: keyspace, Tables: []SchemaTable{}}
	live, err := s.live(ctx, "import", args, "")
	if err != nil || live == nil {
		return none, err
	}
	for _, table := range live.tables {
		args.Tables = append(args.Tables, tableOf(table))
	}
	state, err := args.state(live.organization)
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
