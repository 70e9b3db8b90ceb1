package provider

import (
	"context"
	"errors"
	"fmt"

	p "github.com/pulumi/pulumi-go-provider"

	"github.com/killrvideo/killrvideo-go/astra/devops"
	"github.com/killrvideo/killrvideo-go/infra/caller"
	"github.com/killrvideo/killrvideo-go/infra/provider/ddl"
)

// connect opens the Data API with the deploy token.
func (s *Schema) connect(ctx context.Context, what, databaseID string) (dataClient, error) {
	connected, err := s.astra.deploy(ctx, what)
	if err != nil {
		return dataClient{}, err
	}
	return connected.data(ctx, databaseID)
}

// liveSchema is what a keyspace has.
type liveSchema struct {
	organization string
	tables       []ddl.Table
}

// live reads the tables of a keyspace; nil means that it does not exist. Only
// the DevOps API can tell that: the Data API answers the same about a keyspace
// that the token may not see.
func (s *Schema) live(ctx context.Context, verb string, args SchemaArgs, remembered string) (*liveSchema, error) {
	what := fmt.Sprintf("%s the tables of keyspace %s", verb, args.Keyspace)
	control, organization, err := s.astra.organization(ctx, what, remembered)
	if err != nil {
		return nil, unless(err, errReset)
	}
	database, err := control.Database(ctx, args.DatabaseID)
	if errors.Is(err, devops.ErrNotFound) || err == nil && (terminated(*database) || !database.HasKeyspace(args.Keyspace)) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", what, err)
	}
	data, err := s.connect(ctx, what, args.DatabaseID)
	if err != nil {
		return nil, err
	}
	tables, err := data.Tables(ctx, args.Keyspace)
	if errors.Is(err, errUnknownKeyspace) {
		return nil, fmt.Errorf("%s: database %s has it, but its Data API at %s does not show it to the deploy token; "+
			"give that token a role on the keyspace: %w", what, args.DatabaseID, data.endpoint, err)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", what, err)
	}
	return &liveSchema{organization, tables}, nil
}

// apply brings the keyspace to what the state says, telling what it does.
func (s *Schema) apply(ctx context.Context, state *SchemaState) error {
	args := state.SchemaArgs
	data, err := s.connect(ctx, "create the tables of keyspace "+args.Keyspace, args.DatabaseID)
	if err != nil {
		return err
	}
	wanted, err := args.parse()
	if err != nil {
		return err
	}
	if err := s.ensureKeyspace(ctx, state); err != nil {
		return err
	}
	existing, err := s.visibleTables(ctx, data, args.Keyspace)
	if err != nil {
		return err
	}
	plan, err := ddl.Compare(existing, wanted)
	if err != nil {
		return fmt.Errorf("keyspace %s: %w", args.Keyspace, err)
	}
	return s.execute(ctx, data, args.Keyspace, plan)
}

// ensureKeyspace creates the keyspace unless it is there, and remembers the
// organisation.
func (s *Schema) ensureKeyspace(ctx context.Context, args *SchemaState) error {
	control, organization, err := s.astra.organization(ctx, "create keyspace "+args.Keyspace, args.OrganizationID)
	if err != nil {
		return err
	}
	args.OrganizationID = organization
	database, err := control.Database(ctx, args.DatabaseID)
	if err != nil || database.HasKeyspace(args.Keyspace) {
		return err
	}
	p.GetLogger(ctx).Info("creating keyspace " + args.Keyspace)
	if err := control.CreateKeyspace(ctx, args.DatabaseID, args.Keyspace); err != nil && !errors.Is(err, devops.ErrConflict) {
		return err
	}
	return nil
}

// visibleTables lists the tables, and waits for a keyspace that was just made.
func (s *Schema) visibleTables(ctx context.Context, data dataClient, keyspace string) (tables []ddl.Table, err error) {
	err = s.patient.retry(ctx, func() (bool, error) {
		tables, err = data.Tables(ctx, keyspace)
		return !errors.Is(err, errUnknownKeyspace), err
	})
	if errors.Is(err, errUnknownKeyspace) {
		return nil, fmt.Errorf("the Data API does not see keyspace %s after %d attempts: either it is not ready yet "+
			"(run "+caller.Up()+" again in a minute), or astraDeployToken may not use it: %w", keyspace, s.patient.attempts, err)
	}
	if err != nil {
		return nil, fmt.Errorf("list the tables of keyspace %s: %w", keyspace, err)
	}
	return tables, nil
}

// execute makes the additions. A table may be seen a moment after it was made,
// so what follows on it is tried again.
func (s *Schema) execute(ctx context.Context, data dataClient, keyspace string, plan ddl.Plan) error {
	log := p.GetLogger(ctx)
	for _, table := range plan.Create {
		log.InfoStatus("creating table " + table.Name)
		if err := data.CreateTable(ctx, keyspace, table.Name, table.Definition, false); err != nil {
			return fmt.Errorf("create table %s in keyspace %s: %w", table.Name, keyspace, err)
		}
	}
	for _, change := range plan.Columns {
		log.InfoStatus("adding columns to table " + change.Table)
		if err := data.AddColumns(ctx, keyspace, change.Table, change.Columns); err != nil {
			return fmt.Errorf("add columns to table %s in keyspace %s: %w", change.Table, keyspace, err)
		}
	}
	for _, change := range plan.Vectorize {
		log.InfoStatus("adding the embedding of texts to table " + change.Table)
		if err := data.AddVectorize(ctx, keyspace, change.Table, change.Columns); err != nil {
			return fmt.Errorf("add the embedding of texts to table %s in keyspace %s: %w", change.Table, keyspace, err)
		}
	}
	for _, change := range plan.Indexes {
		log.InfoStatus("creating index " + change.Index.Name)
		err := s.patient.retry(ctx, func() (bool, error) {
			err := data.CreateIndex(ctx, keyspace, change.Table, change.Index)
			return !errors.Is(err, errUnknownTable), err
		})
		if err != nil {
			return fmt.Errorf("create index %s on table %s in keyspace %s: %w", change.Index.Name, change.Table, keyspace, err)
		}
	}
	if !plan.Empty() {
		log.Info(fmt.Sprintf("keyspace %s: added %s", keyspace, plan))
	}
	return nil
}
