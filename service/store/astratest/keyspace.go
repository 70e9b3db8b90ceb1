package astratest

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/killrvideo/killrvideo-go/astra"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/options"
	"github.com/killrvideo/killrvideo-go/astra/devops"
	"github.com/killrvideo/killrvideo-go/service/store/schema"
)

// ReadActions suffice to read.
func ReadActions() []string {
	return []string{"db-rest", "db-cql", "db-keyspace-describe", "db-table-describe", "db-table-select"}
}

// WriteActions are all that the service's token may do.
func WriteActions() []string { return append(ReadActions(), "db-table-modify") }

// CreateKeyspace makes a keyspace with the service's tables.
func (a *Astra) CreateKeyspace(ctx context.Context, keyspace string) error {
	client, err := a.devops()
	if err != nil {
		return err
	}
	if keyspace != Keyspace {
		if err := client.CreateKeyspace(ctx, DatabaseID, keyspace); err != nil {
			return err
		}
	}
	db := a.Database(a.Admin, keyspace)
	for _, t := range schema.Tables() {
		created, err := db.CreateTable(ctx, t.Name, t.Definition, options.CreateTable().SetIfNotExists(true))
		if err != nil {
			return err
		}
		for _, index := range t.Indexes {
			column := index.Definition.Column
			if index.Kind == schema.Vector {
				err = created.CreateVectorIndex(ctx, index.Name, fmt.Sprint(column), options.CreateVectorIndex().SetMetric(options.MetricCosine))
			} else {
				err = created.CreateIndex(ctx, index.Name, column)
			}
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// Mint makes a token that may do these actions in one keyspace and nothing
// else.
func (a *Astra) Mint(ctx context.Context, name, keyspace string, actions []string) (astra.Token, error) {
	client, err := a.devops()
	if err != nil {
		return "", err
	}
	org, err := client.Organization(ctx)
	if err != nil {
		return "", err
	}
	scope := devops.DRN{Org: org, Database: DatabaseID}
	inKeyspace := scope
	inKeyspace.Keyspace = keyspace
	tables := inKeyspace
	tables.Table = "*"
	role, err := client.CreateRole(ctx, devops.Role{Name: name, Policy: devops.Policy{
		Description: "made by a test", Effect: "allow", Actions: actions,
		Resources: []string{scope.String(), inKeyspace.String(), tables.String()},
	}})
	if err != nil {
		return "", err
	}
	token, err := client.CreateToken(ctx, org, role.ID)
	if err != nil {
		return "", err
	}
	return token.Value, nil
}

// Revoke makes a token worth nothing. What is between the colons of it is the
// name that the DevOps API knows it by.
func (a *Astra) Revoke(ctx context.Context, token astra.Token) error {
	client, err := a.devops()
	if err != nil {
		return err
	}
	parts := strings.Split(token.Reveal(), ":")
	if len(parts) != 3 {
		return errors.New("this token does not say its client id")
	}
	return client.DeleteToken(ctx, parts[1])
}
