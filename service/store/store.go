// Package store keeps the domain's users and videos in Astra tables. It is the
// only room that knows their columns; it knows no HTTP, and rules about what
// may be stored are the domain's.
//
// Astra's Data API has no transactions, no conditional writes and no counters
// for tables. What the package does instead, and why it holds, is written
// where it is done: registration.go and package tally.
package store

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/killrvideo/killrvideo-go/astra/dataapi"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/results"
	"github.com/killrvideo/killrvideo-go/service/killrvideo"
	"github.com/killrvideo/killrvideo-go/service/store/schema"
	"github.com/killrvideo/killrvideo-go/service/store/tally"
)

// Config is what a Store works with.
type Config struct {
	// Database is a handle that may read and write.
	Database *dataapi.Db
	// ReadOnly, if set, is used instead for requests marked by WithReadOnly.
	ReadOnly *dataapi.Db
	Log      *slog.Logger
	// Now is time.Now outside of tests.
	Now func() time.Time
}

// Store implements the domain's repositories. One lives as long as the
// process: its tallies count what the process has done.
type Store struct {
	config Config
	// counters are the tallies of each table that has some.
	counters   map[string]*tally.Table
	stats      *tally.Table
	trends     *trends
	chores     *chores
	verify     *verifier
	rating     turns[ratedBy]
	changing   turns[uuid.UUID] // videos
	attempting turns[attemptedBy]
	knownTags  known
	// knownWatched are notes of what was watched, knownTags tags.
	knownWatched known
}

var (
	_ killrvideo.UserRepository     = (*Store)(nil)
	_ killrvideo.Locker             = (*Store)(nil)
	_ killrvideo.VideoRepository    = (*Store)(nil)
	_ killrvideo.ViewRepository     = (*Store)(nil)
	_ killrvideo.RatingRepository   = (*Store)(nil)
	_ killrvideo.CommentRepository  = (*Store)(nil)
	_ killrvideo.FlagRepository     = (*Store)(nil)
	_ killrvideo.AuditRepository    = (*Store)(nil)
	_ killrvideo.SearchRepository   = (*Store)(nil)
	_ killrvideo.WorkRepository     = (*Store)(nil)
	_ killrvideo.ActivityRepository = (*Store)(nil)
)

// New makes a Store.
func New(config Config) *Store {
	if config.Log == nil {
		config.Log = slog.Default()
	}
	if config.Now == nil {
		config.Now = time.Now
	}
	s := &Store{config: config}
	s.chores, s.trends, s.verify = newChores(), newTrends(), newVerifier(config.Now)
	s.counters = map[string]*tally.Table{}
	for _, name := range []string{schema.VideoStats, schema.Comments, schema.UserActivity, schema.ContentModeration, schema.VideoWords} {
		s.counters[name] = s.counted(name)
	}
	s.stats = s.counters[schema.VideoStats]
	return s
}

type readOnlyKey struct{}

// WithReadOnly marks a request that writes nothing.
func WithReadOnly(ctx context.Context) context.Context {
	return context.WithValue(ctx, readOnlyKey{}, true)
}

// table gives a table by the handle that suits the request.
func (s *Store) table(ctx context.Context, name string) *dataapi.Table {
	if marked, _ := ctx.Value(readOnlyKey{}).(bool); marked && s.config.ReadOnly != nil {
		return s.config.ReadOnly.Table(name)
	}
	return s.config.Database.Table(name)
}

// errUnavailable is what clients are told when Astra cannot be reached.
const errUnavailable = "Unable to reach data store. Please try again later."

// unembedded begins the codes of errors that Astra's embedding provider made.
const unembedded = "EMBEDDING_PROVIDER_"

// failed says what the store was doing when err came up, and sorts errors into
// those that may pass and those that are somebody's mistake.
func failed(err error, doing string) error {
	if err == nil {
		return nil
	}
	var answered results.DataAPIErrors
	switch answer := errors.As(err, &answered); {
	case answer && strings.HasPrefix(answered[0].ErrorCode, unembedded):
		return killrvideo.Wrap(err, killrvideo.EUPSTREAM, doing+": the embedding service failed")
	case answer && !fleeting(answered):
		return killrvideo.Wrap(err, killrvideo.EINTERNAL, doing)
	}
	return killrvideo.Wrap(err, killrvideo.EUNAVAILABLE, errUnavailable)
}

// shutOut are the answers to a token that is no longer good, or whose role does
// not reach the keyspace, which Astra then says is not there: an operator's
// matter, and over with the next revision.
var shutOut = map[string]bool{
	"UNAUTHENTICATED_REQUEST": true, "UNAUTHORIZED_ACCESS": true, "MISSING_AUTHENTICATION_TOKEN": true,
	"UNKNOWN_KEYSPACE": true, "UNKNOWN_COLLECTION_OR_TABLE": true, "COLLECTION_NOT_EXIST": true,
}

// fleeting reports whether the Data API itself failed, rather than refused.
func fleeting(all results.DataAPIErrors) bool {
	for _, one := range all {
		if one.Family != "SERVER" && !shutOut[one.ErrorCode] {
			return false
		}
	}
	return true
}
