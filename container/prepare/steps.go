package main

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"path/filepath"
	"slices"
	"time"

	"github.com/killrvideo/killrvideo-go/astra"
	"github.com/killrvideo/killrvideo-go/astra/dataapi"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/options"
	"github.com/killrvideo/killrvideo-go/astra/devops"
	"github.com/killrvideo/killrvideo-go/service/store/schema"
)

// grant is a token with a role of its own.
type grant struct {
	file, role string
	actions    []string
}

func grants() []grant {
	least := leastActions()
	reads := slices.DeleteFunc(slices.Clone(least), func(action string) bool { return action == "db-table-modify" })
	return []grant{{tokenFile, "killrvideo-laptop", least}, {readTokenFile, "killrvideo-laptop-reads", reads}}
}

// leastActions reads and writes rows, and no more. A test holds it equal to
// what the stacks grant.
func leastActions() []string {
	return []string{"db-rest", "db-cql", "db-keyspace-describe", "db-table-describe", "db-table-select", "db-table-modify"}
}

// connect waits until the embedded Astra listens and has its administrator
// token written.
func (j *job) connect(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, j.patience)
	defer cancel()
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for {
		token, err := read(j.adminFile)
		if err == nil && token != "" && j.healthy(ctx) {
			j.admin = astra.Token(token)
			j.control, err = devops.NewClient(j.url+"/v2", j.admin, nil)
			return err
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return errors.Join(fmt.Errorf("wait for the embedded Astra at %s and its token in %s: %w; is astra-local running?",
				j.url, j.adminFile, ctx.Err()), err)
		}
	}
}

func (j *job) healthy(ctx context.Context) bool {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, j.url+"/stargate/health", nil)
	if err != nil {
		return false
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return false
	}
	return answer.Body.Close() == nil && answer.StatusCode == http.StatusOK
}

func (j *job) ensureKeyspace(ctx context.Context) error {
	database, err := j.control.Database(ctx, j.database)
	if err != nil || database.HasKeyspace(j.keyspace) {
		return err
	}
	return j.control.CreateKeyspace(ctx, j.database, j.keyspace)
}

// ensureTables adds tables and indexes that are missing. A table that has
// since gained columns is the stacks' business: throw the laptop's data away,
// or let `make up` alter it.
func (j *job) ensureTables(ctx context.Context) error {
	db := j.data(j.admin)
	for _, wanted := range schema.Tables() {
		table, err := db.CreateTable(ctx, wanted.Name, wanted.Definition, options.CreateTable().SetIfNotExists(true))
		if err != nil {
			return err
		}
		for _, index := range wanted.Indexes {
			if err := createIndex(ctx, table, index); err != nil {
				return err
			}
		}
	}
	return nil
}

func createIndex(ctx context.Context, table *dataapi.Table, index schema.Index) error {
	if index.Kind == schema.Regular {
		return table.CreateIndex(ctx, index.Name, index.Definition.Column, options.CreateIndex().SetIfNotExists(true))
	}
	column, ok := index.Definition.Column.(string)
	if !ok {
		return fmt.Errorf("vector index %s: its column must be a name, got %v", index.Name, index.Definition.Column)
	}
	how := options.CreateVectorIndex().SetIfNotExists(true).SetMetric(options.VectorMetric(index.Definition.Options.Metric))
	return table.CreateVectorIndex(ctx, index.Name, column, how)
}

// ensureToken keeps a token that still works and mints one otherwise, as
// after the embedded Astra's data was thrown away.
func (j *job) ensureToken(ctx context.Context, g grant) error {
	kept, err := read(filepath.Join(j.out, g.file))
	if err != nil {
		return err
	}
	if kept != "" {
		if _, err := j.data(astra.Token(kept)).ListTableNames(ctx); err == nil {
			return nil
		}
	}
	org, err := j.control.Organization(ctx)
	if err != nil {
		return err
	}
	role, err := j.ensureRole(ctx, org, g)
	if err != nil {
		return err
	}
	token, err := j.control.CreateToken(ctx, org, role)
	if err != nil {
		return err
	}
	return j.write(g.file, token.Value.Reveal())
}

func (j *job) ensureTokens(ctx context.Context) error {
	for _, g := range grants() {
		if err := j.ensureToken(ctx, g); err != nil {
			return err
		}
	}
	return nil
}

// ensureRole is the id of the role, limited to this keyspace.
func (j *job) ensureRole(ctx context.Context, org string, g grant) (string, error) {
	database := devops.DRN{Org: org, Database: j.database}
	keyspace := devops.DRN{Org: org, Database: j.database, Keyspace: j.keyspace}
	tables := devops.DRN{Org: org, Database: j.database, Keyspace: j.keyspace, Table: "*"}
	wanted := devops.Role{Name: g.role, Policy: devops.Policy{
		Description: "KillrVideo API on this machine", Effect: "allow", Actions: g.actions,
		Resources: []string{database.String(), keyspace.String(), tables.String()},
	}}
	roles, err := j.control.Roles(ctx)
	if err != nil {
		return "", err
	}
	at := slices.IndexFunc(roles, func(r devops.Role) bool { return r.Name == g.role })
	if at < 0 {
		created, err := j.control.CreateRole(ctx, wanted)
		if err != nil {
			return "", err
		}
		return created.ID, nil
	}
	wanted.ID = roles[at].ID
	return wanted.ID, j.control.UpdateRole(ctx, wanted)
}

// ensureKey makes a JWT key of 256 random bits unless there is one.
func (j *job) ensureKey(context.Context) error {
	kept, err := read(filepath.Join(j.out, keyFile))
	if err != nil || kept != "" {
		return err
	}
	key := make([]byte, 32)
	_, _ = rand.Read(key) // never fails: crypto/rand ends the program instead
	return j.write(keyFile, hex.EncodeToString(key))
}

func (j *job) data(token astra.Token) *dataapi.Db {
	return dataapi.NewClient(options.API().SetToken(token).SetKeyspace(j.keyspace)).Database(j.url)
}
