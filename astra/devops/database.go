package devops

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"
)

// Database is what we read of a database. Status is ACTIVE when it serves;
// there are more statuses than any document lists.
type Database struct {
	ID     string       `json:"id"`
	Status string       `json:"status"`
	Info   DatabaseInfo `json:"info"`
}

// DatabaseInfo is the part that its owner chose.
type DatabaseInfo struct {
	Name                string   `json:"name"`
	CloudProvider       string   `json:"cloudProvider"`
	Region              string   `json:"region"`
	Keyspace            string   `json:"keyspace"`
	AdditionalKeyspaces []string `json:"additionalKeyspaces"`
	Keyspaces           []string `json:"keyspaces"`
}

// HasKeyspace reports whether the database lists the keyspace.
func (d Database) HasKeyspace(name string) bool {
	return d.Info.Keyspace == name || slices.Contains(d.Info.AdditionalKeyspaces, name) || slices.Contains(d.Info.Keyspaces, name)
}

// Organization is the UUID of the token's organisation.
func (c *Client) Organization(ctx context.Context) (string, error) {
	var org struct {
		ID string `json:"id"`
	}
	err := c.do(ctx, request{op: "read the organisation", method: http.MethodGet, path: "/currentOrg", again: true}, &org)
	return org.ID, err
}

// pageOfDatabases is how many databases are asked for at a time, the most that
// the API gives; without a limit it gives fewer.
const pageOfDatabases = 100

// Databases lists the databases that the token may see.
func (c *Client) Databases(ctx context.Context) ([]Database, error) {
	var all []Database
	query := url.Values{"limit": {strconv.Itoa(pageOfDatabases)}}
	for {
		var page []Database
		err := c.do(ctx, request{op: "list databases", method: http.MethodGet, path: "/databases?" + query.Encode(), again: true}, &page)
		if err != nil {
			return nil, err
		}
		all = append(all, page...)
		if len(page) < pageOfDatabases || page[len(page)-1].ID == query.Get("starting_after") {
			return all, nil
		}
		query.Set("starting_after", page[len(page)-1].ID)
	}
}

// Database reads one database.
func (c *Client) Database(ctx context.Context, id string) (*Database, error) {
	path := "/databases/" + url.PathEscape(id)
	return read[Database](ctx, c, request{op: "read database " + id, method: http.MethodGet, path: path, again: true})
}

// CreateKeyspace creates a keyspace, which takes the service a while, and
// waits until the database lists it and is active again. While the database
// makes another change it waits for its turn.
func (c *Client) CreateKeyspace(ctx context.Context, database, keyspace string) error {
	op := fmt.Sprintf("create keyspace %s in database %s", keyspace, database)
	if err := c.changeKeyspace(ctx, op, http.MethodPost, database, keyspace); err != nil {
		return err
	}
	return c.until(ctx, op, func() (bool, error) {
		d, err := c.Database(ctx, database)
		return err == nil && d.HasKeyspace(keyspace) && d.Status == "ACTIVE", err
	})
}

// DeleteKeyspace drops a keyspace with all its tables and waits until it is
// gone.
func (c *Client) DeleteKeyspace(ctx context.Context, database, keyspace string) error {
	op := fmt.Sprintf("drop keyspace %s of database %s", keyspace, database)
	if err := c.changeKeyspace(ctx, op, http.MethodDelete, database, keyspace); err != nil {
		return err
	}
	return c.until(ctx, op, func() (bool, error) {
		d, err := c.Database(ctx, database)
		return err == nil && !d.HasKeyspace(keyspace), err
	})
}

// changeKeyspace sends the request, and again when the database was busy with
// another change, which the API answers with a conflict.
func (c *Client) changeKeyspace(ctx context.Context, op, method, database, keyspace string) error {
	var refused error
	err := c.until(ctx, op, func() (bool, error) {
		refused = c.do(ctx, request{op: op, method: method, path: keyspacePath(database, keyspace), again: true}, nil)
		if !errors.Is(refused, ErrConflict) {
			return true, nil
		}
		d, err := c.Database(ctx, database)
		settled := err != nil || d.Status == "ACTIVE" && d.HasKeyspace(keyspace) == (method == http.MethodPost)
		return settled, nil //nolint:nilerr // the conflict that was refused says more
	})
	if refused != nil {
		return refused
	}
	return err
}

func keyspacePath(database, keyspace string) string {
	return "/databases/" + url.PathEscape(database) + "/keyspaces/" + url.PathEscape(keyspace)
}

// verifyBound is how long a change may take to show.
const verifyBound = 2 * time.Minute

// until asks, with growing pauses, whether a change has come true.
func (c *Client) until(ctx context.Context, op string, holds func() (bool, error)) error {
	return c.untilWithin(ctx, verifyBound, op, holds)
}

func (c *Client) untilWithin(ctx context.Context, bound time.Duration, op string, holds func() (bool, error)) error {
	ctx, cancel := context.WithTimeout(ctx, bound)
	defer cancel()
	for pause := 50 * time.Millisecond; ; pause = min(2*pause, 2*time.Second) {
		done, err := holds()
		if err != nil {
			return fmt.Errorf("%s: %w: %w", op, ErrUnverified, err)
		}
		if done {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%s: it was accepted but has not come true: %w", op, ctx.Err())
		case <-time.After(pause):
		}
	}
}
