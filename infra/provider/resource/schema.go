package resource

import (
	"encoding/json"
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Schema is the keyspace, tables and indexes the API needs. It only ever adds;
// destroying it leaves the data alone.
type Schema struct {
	pulumi.CustomResourceState

	// TableNames are the tables the schema declares, sorted.
	TableNames pulumi.StringArrayOutput `pulumi:"tableNames"`
	// Hash names this very schema: hex SHA-256 of its canonical form.
	Hash pulumi.StringOutput `pulumi:"hash"`
	// OrganizationID is the UUID of the organisation.
	OrganizationID pulumi.StringOutput `pulumi:"organizationId"`
}

// SchemaArgs are the inputs of a Schema.
type SchemaArgs struct {
	// DatabaseID is the UUID of the database. Required.
	DatabaseID pulumi.StringInput `pulumi:"databaseId"`
	// Keyspace is created if it does not exist. Required.
	Keyspace pulumi.StringInput `pulumi:"keyspace"`
	// Tables are created or extended. Required.
	Tables []Table
}

// Table is one table of a Schema.
type Table struct {
	// Name of the table.
	Name string
	// Definition is anything that encodes to the JSON of a Data API
	// createTable definition. It travels as text because the order of the
	// clustering columns in it has a meaning, which a property map would lose.
	Definition any
	// Indexes of the table.
	Indexes []Index
}

// Index is one index of a Table.
type Index struct {
	// Name of the index, unique in the keyspace.
	Name string
	// Kind is "regular" (the default) or "vector".
	Kind string
	// Column that is indexed; for the keys or values of a map use Definition.
	Column string
	// Definition, if not nil, is the JSON of a createIndex or
	// createVectorIndex definition and is used instead of Column.
	Definition any
}

// NewSchema registers a Schema.
func NewSchema(ctx *pulumi.Context, name string, args *SchemaArgs, opts ...pulumi.ResourceOption) (*Schema, error) {
	tables := pulumi.Array{}
	for _, t := range args.Tables {
		table, err := t.input()
		if err != nil {
			return nil, fmt.Errorf("schema %s: table %s: %w", name, t.Name, err)
		}
		tables = append(tables, table)
	}
	all := inputs(args)
	all["tables"] = tables
	schema := &Schema{}
	return schema, ctx.RegisterResource(SchemaType, name, all, schema, opts...)
}

func (t Table) input() (pulumi.Map, error) {
	definition, err := json.Marshal(t.Definition)
	if err != nil {
		return nil, fmt.Errorf("encode its definition: %w", err)
	}
	indexes := pulumi.Array{}
	for _, i := range t.Indexes {
		index, err := i.input()
		if err != nil {
			return nil, fmt.Errorf("index %s: %w", i.Name, err)
		}
		indexes = append(indexes, index)
	}
	return pulumi.Map{
		"name":       pulumi.String(t.Name),
		"definition": pulumi.String(definition),
		"indexes":    indexes,
	}, nil
}

func (i Index) input() (pulumi.Map, error) {
	m := pulumi.Map{"name": pulumi.String(i.Name)}
	if i.Kind != "" {
		m["kind"] = pulumi.String(i.Kind)
	}
	if i.Column != "" {
		m["column"] = pulumi.String(i.Column)
	}
	if i.Definition != nil {
		definition, err := json.Marshal(i.Definition)
		if err != nil {
			return nil, fmt.Errorf("encode its definition: %w", err)
		}
		m["definition"] = pulumi.String(definition)
	}
	return m, nil
}
