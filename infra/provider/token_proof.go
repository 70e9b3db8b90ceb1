package provider

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/killrvideo/killrvideo-go/astra"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/options"
	"github.com/killrvideo/killrvideo-go/astra/devops"
)

// prover tries what a token may do and what it must not.
type prover struct {
	endpoint string
	data     dataClient     // with the token to prove
	own      *devops.Client // with the token to prove
	control  *devops.Client // with the deploy token; nil without one
	patient  backoff
}

// prove returns what the token may do although it should not, and an error if
// it cannot do what it must, or if that could not be found out.
func (t *Token) prove(ctx context.Context, token astra.Token, control *devops.Client, args TokenArgs, patient backoff) ([]string, error) {
	connected := t.astra.as(ctx, token)
	data, err := connected.data()
	if err != nil {
		return nil, err
	}
	own, err := connected.control()
	if err != nil {
		return nil, err
	}
	v := prover{endpoint: connected.config.DataAPIEndpoint, data: data, own: own, control: control, patient: patient}
	return v.prove(ctx, args)
}

func (v prover) prove(ctx context.Context, args TokenArgs) (broad []string, err error) {
	if err := v.works(ctx, args.Keyspace); err != nil {
		return nil, err
	}
	for _, forbidden := range []func(context.Context, TokenArgs) (string, error){v.createsTables, v.reachesFurther, v.administers} {
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

// works waits until the token can list the tables and read from one: a token
// and its role arrive at the database some time after they were made.
func (v prover) works(ctx context.Context, keyspace string) error {
	err := v.patient.retry(ctx, func() (bool, error) {
		tables, err := v.data.TableNames(ctx, keyspace)
		if err == nil && len(tables) > 0 {
			err = v.data.ReadOne(ctx, keyspace, tables[0])
		}
		return !refused(err), err
	})
	switch {
	case err == nil:
		return nil
	case refused(err):
		return fmt.Errorf("it cannot read keyspace %s at %s after %d attempts: %w. Either it has not arrived at the database yet "+
			"(run `pulumi up` again in a minute), or it lacks the rights: it is of another database, its role does not name this keyspace, "+
			"or the keyspace does not exist", keyspace, v.endpoint, v.patient.attempts, err)
	default:
		return fmt.Errorf("read keyspace %s at %s with it: %w", keyspace, v.endpoint, err)
	}
}

// createsTables tries to create a table, and takes it away if that worked.
func (v prover) createsTables(ctx context.Context, args TokenArgs) (string, error) {
	name := "killrvideo_proof_" + randomHex()
	err := v.data.CreateTable(ctx, args.Keyspace, name, json.RawMessage(`{"columns":{"id":"text"},"primaryKey":"id"}`))
	if refused(err) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("find out whether it may create tables: %w", err)
	}
	if err := v.data.DropTable(context.WithoutCancel(ctx), args.Keyspace, name); err != nil {
		return "", fmt.Errorf("it may create tables; dropping the table %s made to find out failed, drop it by hand: %w", name, err)
	}
	return "it may create tables in keyspace " + args.Keyspace, nil
}

// reachesFurther tries to look into other keyspaces of the database.
func (v prover) reachesFurther(ctx context.Context, args TokenArgs) (string, error) {
	others, err := v.otherKeyspaces(ctx, args)
	if err != nil {
		return "", err
	}
	for _, other := range others {
		_, err := v.data.TableNames(ctx, other)
		if err == nil {
			return fmt.Sprintf("it may read keyspace %s", other), nil
		}
		if !refused(err) {
			return "", fmt.Errorf("find out whether it may read keyspace %s: %w", other, err)
		}
	}
	return "", nil
}

// probedKeyspaces bounds how many other keyspaces are tried.
const probedKeyspaces = 3

// otherKeyspaces are keyspaces that exist, when there is a deploy token to ask
// for them; else the one every database is made with.
func (v prover) otherKeyspaces(ctx context.Context, args TokenArgs) ([]string, error) {
	all := []string{options.DefaultKeyspace}
	if v.control != nil {
		database, err := v.control.Database(ctx, args.DatabaseID)
		if err != nil {
			return nil, fmt.Errorf("find other keyspaces to try: %w", err)
		}
		all = keyspacesOf(*database)
	}
	others := slices.DeleteFunc(all, func(name string) bool { return name == args.Keyspace })
	return others[:min(len(others), probedKeyspaces)], nil
}

// keyspacesOf lists the keyspaces that a database says it has, in order.
func keyspacesOf(database devops.Database) []string {
	all := slices.Concat([]string{database.Info.Keyspace}, database.Info.AdditionalKeyspaces, database.Info.Keyspaces)
	slices.Sort(all)
	return slices.DeleteFunc(slices.Compact(all), func(name string) bool { return name == "" })
}

// administers tries the DevOps API.
func (v prover) administers(ctx context.Context, _ TokenArgs) (string, error) {
	_, err := v.own.Roles(ctx)
	if err == nil {
		return "it may administer the organisation (it lists its roles)", nil
	}
	if !refused(err) {
		return "", fmt.Errorf("find out whether it may administer the organisation: %w", err)
	}
	return "", nil
}

// refused says whether an answer of either API means no.
func refused(err error) bool {
	return errors.Is(err, errRefused) || errors.Is(err, errUnknownKeyspace) ||
		errors.Is(err, devops.ErrUnauthorized) || errors.Is(err, devops.ErrForbidden)
}

func randomHex() string {
	var random [6]byte
	_, _ = rand.Read(random[:]) // never fails: it ends the program instead
	return hex.EncodeToString(random[:])
}
