package store

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"time"

	"github.com/killrvideo/killrvideo-go/astra/dataapi"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/results"
	"github.com/killrvideo/killrvideo-go/service/killrvideo"
	"github.com/killrvideo/killrvideo-go/service/store/schema"
	"github.com/killrvideo/killrvideo-go/service/store/tally"
)

// db is what every repository works with: the tables, the tallies that count
// their lists, the clock and the log.
type db struct {
	database, readOnly *dataapi.Db
	log                *slog.Logger
	now                func() time.Time
	// counters are the tallies of each table that has some, stats those of
	// video_stats.
	counters map[string]*tally.Table
	stats    *tally.Table
	// folds are lists with too many tally rows.
	folds backlog[tableList, struct{}]
	// drifts are lists whose total is in doubt.
	drifts    drifts
	bookmarks bookmarks
}

type tableList struct{ table, list string }

func newDB(c Config) *db {
	d := &db{database: c.Database, readOnly: c.ReadOnly, log: c.Log, now: c.Now}
	if d.log == nil {
		d.log = slog.Default()
	}
	if d.now == nil {
		d.now = time.Now
	}
	d.drifts.now, d.bookmarks.now = d.now, d.now
	d.counters = map[string]*tally.Table{}
	for _, name := range []string{schema.VideoStats, schema.Comments, schema.UserActivity, schema.ContentModeration, schema.VideoWords} {
		d.counters[name] = tally.New(tally.Config{
			Table: func(ctx context.Context) *dataapi.Table { return d.table(ctx, name) },
			Now:   d.now, Patience: opTimeout,
			Crowded: func(list string) { d.folds.put(tableList{name, list}, struct{}{}) },
			Drifted: func(list string) { d.drifts.suspect(countedList{name, list, ""}) },
		})
	}
	d.stats = d.counters[schema.VideoStats]
	return d
}

type readOnlyKey struct{}

// WithReadOnly marks a request that writes nothing.
func WithReadOnly(ctx context.Context) context.Context {
	return context.WithValue(ctx, readOnlyKey{}, true)
}

// table returns a table by the handle that suits the request.
func (d *db) table(ctx context.Context, name string) *dataapi.Table {
	if marked, _ := ctx.Value(readOnlyKey{}).(bool); marked && d.readOnly != nil {
		return d.readOnly.Table(name)
	}
	return d.database.Table(name)
}

func (d *db) insert(ctx context.Context, table string, row any) error {
	_, err := d.table(ctx, table).InsertOne(ctx, row)
	return err
}

// count writes rows of lists and what they change in the lists' totals, in one
// call.
func (d *db) count(ctx context.Context, table string, rows []any, deltas ...tally.Delta) error {
	for _, delta := range deltas {
		d.bookmarks.forget(table + "/" + delta.List)
		d.bookmarks.forget(table + "/" + delta.List + "/" + delta.Bucket)
	}
	return d.counters[table].Write(ctx, rows, deltas...)
}

// warn logs the failure of a background job.
func (d *db) warn(ctx context.Context, job string, err error) {
	if err != nil {
		d.log.WarnContext(ctx, "a background job failed", "job", job, "error", err)
	}
}

// flush stores tallies whose last write may have failed.
func (d *db) flush(ctx context.Context) {
	for _, counter := range d.counters {
		d.warn(ctx, "write tallies again", counter.Flush(ctx))
	}
}

// fold replaces the tally rows of closed days in crowded lists.
func (d *db) fold(ctx context.Context) {
	for l := range d.folds.take() {
		d.warn(ctx, "fold the tallies of a list", d.counters[l.table].Fold(ctx, l.list))
	}
}

// errUnavailable is the message for clients while Astra cannot be reached.
const errUnavailable = "Unable to reach data store. Please try again later."

// embeddingFailed begins the codes of errors of Astra's embedding provider.
const embeddingFailed = "EMBEDDING_PROVIDER_"

// failed wraps err with what the store was doing, and sorts it: EUNAVAILABLE if
// it may pass, EUPSTREAM if the embedding provider failed, EINTERNAL if the
// command itself was wrong.
func failed(err error, doing string) error {
	if err == nil {
		return nil
	}
	var answered results.DataAPIErrors
	switch answer := errors.As(err, &answered); {
	case answer && strings.HasPrefix(answered[0].ErrorCode, embeddingFailed):
		return killrvideo.Wrap(err, killrvideo.EUPSTREAM, doing+": the embedding service failed")
	case answer && !transient(answered):
		return killrvideo.Wrap(err, killrvideo.EINTERNAL, doing)
	}
	return killrvideo.Wrap(err, killrvideo.EUNAVAILABLE, errUnavailable)
}

// accessLost are the codes for a token that was revoked or whose role does not
// reach the keyspace, which Astra then reports as missing. Only an operator can
// fix that; it is over with the next revision.
var accessLost = map[string]bool{
	"UNAUTHENTICATED_REQUEST": true, "UNAUTHORIZED_ACCESS": true, "MISSING_AUTHENTICATION_TOKEN": true,
	"UNKNOWN_KEYSPACE": true, "UNKNOWN_COLLECTION_OR_TABLE": true, "COLLECTION_NOT_EXIST": true,
}

// transient reports whether the Data API itself failed, rather than refused.
func transient(all results.DataAPIErrors) bool {
	for _, one := range all {
		if one.Family != "SERVER" && !accessLost[one.ErrorCode] {
			return false
		}
	}
	return true
}
