package devops

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"
)

// Statuses of a database that its owner has to tell apart.
const (
	StatusActive      = "ACTIVE"
	StatusError       = "ERROR"
	StatusTerminated  = "TERMINATED"
	StatusTerminating = "TERMINATING"
)

// provisionBound is how long a database may take to be made or to be terminated.
const provisionBound = 30 * time.Minute

// NewDatabase is what a new serverless vector database is made of.
type NewDatabase struct {
	Name string `json:"name"`
	// CloudProvider is AWS, GCP or AZURE.
	CloudProvider string `json:"cloudProvider"`
	Region        string `json:"region"`
	// Keyspace is the first keyspace; empty means Astra's default.
	Keyspace string `json:"keyspace,omitempty"`
}

// CreateDatabase asks for a database and returns its id as soon as it has one;
// [Client.AwaitDatabase] waits until it serves. It is never repeated after an
// answer that was lost, since that might leave a second database.
func (c *Client) CreateDatabase(ctx context.Context, database NewDatabase) (id string, err error) {
	body := struct {
		NewDatabase
		Tier          string `json:"tier"`
		CapacityUnits int    `json:"capacityUnits"`
		DBType        string `json:"dbType"`
	}{database, "serverless", 1, "vector"}
	op := "create database " + database.Name
	if err := c.do(ctx, request{op: op, method: http.MethodPost, path: "/databases", body: body, location: &id}, nil); err != nil {
		return "", err
	}
	if id == "" {
		return "", fmt.Errorf("%s: the answer names no database", op)
	}
	return id, nil
}

// AwaitDatabase waits until a database is active.
func (c *Client) AwaitDatabase(ctx context.Context, id string) (database *Database, err error) {
	op := "wait for database " + id
	failed := false
	err = c.untilWithin(ctx, provisionBound, op, func() (bool, error) {
		database, err = c.Database(ctx, id)
		failed = err == nil && database.Status == StatusError
		return failed || err == nil && database.Status == StatusActive, err
	})
	if err == nil && failed {
		err = fmt.Errorf("%s: its status is %s", op, StatusError)
	}
	return database, err
}

// TerminateDatabase deletes a database with all its data and verifies that it
// is gone; one that was not there is deleted.
func (c *Client) TerminateDatabase(ctx context.Context, id string) error {
	op := "terminate database " + id
	err := c.do(ctx, request{op: op, method: http.MethodPost, path: "/databases/" + url.PathEscape(id) + "/terminate"}, nil)
	if err != nil && !errors.Is(err, ErrNotFound) {
		if database, readErr := c.Database(ctx, id); readErr != nil || database.Status != StatusTerminating &&
			database.Status != StatusTerminated {
			return err
		}
	}
	return c.untilWithin(ctx, provisionBound, op, func() (bool, error) {
		database, err := c.Database(ctx, id)
		if errors.Is(err, ErrNotFound) {
			return true, nil
		}
		return err == nil && database.Status == StatusTerminated, err
	})
}

// Region is where a serverless database can be.
type Region struct {
	Name           string `json:"name"`
	CloudProvider  string `json:"cloudProvider"`
	DisplayName    string `json:"displayName"`
	Zone           string `json:"zone"`
	Classification string `json:"classification"`
	Enabled        bool   `json:"enabled"`
}

// Regions lists the regions of serverless vector databases.
func (c *Client) Regions(ctx context.Context) ([]Region, error) {
	var regions []Region
	path := "/regions/serverless?region-type=vector"
	return regions, c.do(ctx, request{op: "list regions", method: http.MethodGet, path: path, again: true}, &regions)
}
