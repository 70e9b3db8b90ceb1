package provider

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"

	"github.com/google/uuid"
	p "github.com/pulumi/pulumi-go-provider"

	"github.com/killrvideo/killrvideo-go/astra"
	"github.com/killrvideo/killrvideo-go/astra/devops"
	"github.com/killrvideo/killrvideo-go/infra/caller"
	"github.com/killrvideo/killrvideo-go/infra/provider/ddl"
)

// prover tries what a token may do and what it must not. None of its calls
// changes anything that exists.
type prover struct {
	endpoint string
	clientID string         // of the token to prove; "" if its form hides it
	data     dataClient     // with the token to prove
	own      *devops.Client // with the token to prove
	control  *devops.Client // with the deploy token; nil without one
	patient  backoff
}

// prove returns what the token may do although it should not, and an error if
// it cannot do what it must, or if that could not be found out.
func (t *Token) prove(ctx context.Context, token astra.Token, control *devops.Client, args TokenArgs, patient backoff) ([]string, error) {
	connected := t.astra.as(ctx, token)
	data, err := connected.data(ctx, args.DatabaseID)
	if err != nil {
		return nil, err
	}
	own, err := connected.control()
	if err != nil {
		return nil, err
	}
	v := prover{
		endpoint: data.endpoint, clientID: clientIDOf(token.Reveal()),
		data: data, own: own, control: control, patient: patient,
	}
	return v.prove(ctx, args)
}

func (v prover) prove(ctx context.Context, args TokenArgs) ([]string, error) {
	tables, err := v.reads(ctx, args.Keyspace)
	if err != nil {
		return nil, err
	}
	broad, err := v.writes(ctx, args, tables)
	if err != nil {
		return nil, err
	}
	roles, organization, known, err := v.roles(ctx)
	if err != nil {
		return nil, err
	}
	broad = append(broad, excess(roles, organization, args)...)
	probes := []probe{v.createsTables(tables), v.reachesFurther, v.administers}
	if !known {
		probes = append(probes, v.dropsTables, v.altersTables(tables), v.seesDatabases, v.changesKeyspaces, v.changesRoles, v.mintsTokens)
	}
	for _, forbidden := range probes {
		finding, err := forbidden(ctx, args)
		if err != nil {
			return broad, err
		}
		if finding != "" {
			broad = append(broad, finding)
		}
	}
	return broad, nil
}

// reads waits until the token can list the tables and read from one: a token
// and its role arrive at the database some time after they were made.
func (v prover) reads(ctx context.Context, keyspace string) (tables []ddl.Table, err error) {
	err = v.patient.retry(ctx, func() (bool, error) {
		tables, err = v.data.Columns(ctx, keyspace)
		if err == nil && len(tables) > 0 {
			err = v.data.ReadOne(ctx, keyspace, tables[0].Name)
		}
		return !refused(err), err
	})
	return tables, v.told(err, "read", keyspace)
}

// writes asks for a write that changes nothing: a token that may read only must
// be refused, any other must not.
func (v prover) writes(ctx context.Context, args TokenArgs, tables []ddl.Table) ([]string, error) {
	table, key, ok := absentRow(tables)
	if !ok {
		p.GetLogger(ctx).Info("no table of keyspace " + args.Keyspace + " has a key by which a write can be proved without changing a row")
		return nil, nil
	}
	if args.ReadOnly {
		err := v.data.DeleteOne(ctx, args.Keyspace, table, key)
		switch {
		case err == nil:
			return []string{"it may write rows of keyspace " + args.Keyspace}, nil
		case refused(err):
			return nil, nil
		}
		return nil, fmt.Errorf("find out whether it may write rows: %w", err)
	}
	err := v.patient.retry(ctx, func() (bool, error) {
		err := v.data.DeleteOne(ctx, args.Keyspace, table, key)
		return !refused(err), err
	})
	return nil, v.told(err, "write", args.Keyspace)
}

// told explains why a token cannot do what it must.
func (v prover) told(err error, what, keyspace string) error {
	switch {
	case err == nil:
		return nil
	case refused(err):
		return fmt.Errorf("it cannot %s keyspace %s at %s after %d attempts: %w. Either it has not arrived at the database yet "+
			"(run "+caller.Up()+" again in a minute), or it lacks the rights: it is of another database, its role does not name this keyspace "+
			"or lacks an action, or the keyspace does not exist", what, keyspace, v.endpoint, v.patient.attempts, err)
	default:
		return fmt.Errorf("%s keyspace %s at %s with it: %w", what, keyspace, v.endpoint, err)
	}
}

// refused says whether an answer of either API means no.
func refused(err error) bool {
	return errors.Is(err, errRefused) || errors.Is(err, errUnknownKeyspace) ||
		errors.Is(err, devops.ErrUnauthorized) || errors.Is(err, devops.ErrForbidden)
}

// randomHex is so many random bytes as text.
func randomHex(bytes int) string {
	random := make([]byte, bytes)
	_, _ = rand.Read(random) // never fails: it ends the program instead
	return hex.EncodeToString(random)
}

// absentRow is a full primary key that no row of a table has. Deleting that row
// needs the right to write and changes nothing. It needs a table with a key
// column whose value cannot be guessed; ok is false if there is none.
func absentRow(tables []ddl.Table) (table string, key map[string]any, ok bool) {
	for _, t := range tables {
		key, unique, known := map[string]any{}, false, true
		for _, column := range t.Key.Columns() {
			value, random := valueOf(t.Columns[column])
			key[column], unique, known = value, unique || random, known && value != nil
		}
		if unique && known {
			return t.Name, key, true
		}
	}
	return "", nil, false
}

// valueOf is a value of a type of key columns, nil for a type that is not known
// here, and whether it is random.
func valueOf(typ ddl.Type) (value any, random bool) {
	switch typ {
	case "text", "ascii":
		return "astradb-proof-" + randomHex(6), true
	case "uuid":
		return uuid.NewString(), true
	case "blob":
		return map[string]string{"$binary": base64.StdEncoding.EncodeToString([]byte(randomHex(6)))}, true
	case "int", "bigint", "smallint", "tinyint", "varint", "float", "double", "decimal":
		return 0, false
	case "boolean":
		return false, false
	case "timestamp":
		return "2000-01-01T00:00:00Z", false
	case "date":
		return "2000-01-01", false
	case "time":
		return "00:00:00", false
	case "inet":
		return "127.0.0.1", false
	}
	return nil, false
}
