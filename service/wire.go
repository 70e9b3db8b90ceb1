package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/killrvideo/killrvideo-go/astra"
	"github.com/killrvideo/killrvideo-go/astra/dataapi"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/filter"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/options"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/results"
	"github.com/killrvideo/killrvideo-go/service/api"
	"github.com/killrvideo/killrvideo-go/service/auth"
	"github.com/killrvideo/killrvideo-go/service/config"
	"github.com/killrvideo/killrvideo-go/service/killrvideo"
	"github.com/killrvideo/killrvideo-go/service/logging"
	"github.com/killrvideo/killrvideo-go/service/store"
	"github.com/killrvideo/killrvideo-go/service/store/schema"
	"github.com/killrvideo/killrvideo-go/service/telemetry"
	"github.com/killrvideo/killrvideo-go/service/youtube"
)

// service is everything that lives as long as the process.
type service struct {
	handler   http.Handler
	accounts  *killrvideo.Accounts
	queue     *killrvideo.IndexQueue
	store     *store.Store
	transport *http.Transport
	rights    rights
	tracing   *telemetry.Tracing
	log       *slog.Logger
	// swept tells that a scheduler runs the background jobs.
	swept bool

	stop context.CancelFunc
	done sync.WaitGroup
}

// start begins the background work; close ends it and waits. Jobs that hold a
// lock are left to a scheduler, if there is one: an instance that has no processor
// between requests would hold the lock until the next request.
func (s *service) start() {
	ctx, cancel := context.WithCancel(context.Background())
	s.stop = cancel
	if !s.swept {
		s.done.Go(func() { s.queue.Serve(ctx) })
		s.done.Go(func() { s.store.RunRecounts(ctx) })
	}
	s.done.Go(func() { s.accounts.Run(ctx) })
	s.done.Go(func() { s.store.Run(ctx) })
	s.done.Go(func() { s.store.Retention.Run(ctx) })
	s.done.Go(func() { s.rights.run(ctx) })
}

// close waits for the background work until ending; a zero time is no limit.
func (s *service) close(ending time.Time) {
	if s.stop != nil {
		s.stop()
	}
	ended := make(chan struct{})
	go func() { s.done.Wait(); close(ended) }()
	var late <-chan time.Time
	if !ending.IsZero() {
		late = time.After(time.Until(ending))
	}
	select {
	case <-ended:
	case <-late:
		s.log.Warn("background work is left for another instance; it did not end in time")
	}
	s.transport.CloseIdleConnections()
	if err := s.tracing.Close(); err != nil {
		s.log.Warn("traces are lost", "error", err)
	}
}

// wire makes each part once. Nothing is asked of Astra yet: a database that is
// down must not keep the process from starting, only from being ready.
func wire(c config.Config, log *slog.Logger, d *drain) (*service, error) {
	metrics := api.NewMetrics()
	transport := astra.NewTransport()
	tracing, err := traces(c, log)
	if err != nil {
		return nil, err
	}
	database, readOnly := databases(c, transport, metrics, tracing, log)
	stored := store.New(store.Config{Database: database, ReadOnly: readOnly, Log: log})
	keys, err := auth.NewKeySet(c.JWTKey.Reveal(), auth.Previous{
		Key: c.JWTPreviousKey.Reveal(), IssuedUntil: c.JWTPreviousIssuedUntil, VerifiesUntil: c.JWTPreviousVerifiesUntil,
	}, c.JWTLifetime, time.Now)
	if err != nil {
		return nil, fmt.Errorf("prepare the signing keys: %w", err)
	}
	hashing := auth.NewHasher(auth.DefaultParams, 0)
	video := youtube.NewClient(youtube.Config{
		APIKey: c.YouTubeAPIKey.Reveal(), HTTP: &http.Client{Transport: transport},
		Observe: func(method string, took time.Duration, _ error) { metrics.ObserveYouTube(method, took) },
	})
	accounts, sessions := accountsOf(c, stored, hashing, log)
	metadata := tracing.YouTube(video, !c.YouTubeAPIKey.IsZero())
	embedding := newEmbedder(c, transport)
	queue := &killrvideo.IndexQueue{
		Work: stored.Work, Locks: stored.Locks, Videos: stored.Videos, Source: metadata, Search: stored.Search, Embed: embedding,
		Backoff: killrvideo.DefaultBackoff, Now: time.Now, Log: log,
	}
	catalogue := &killrvideo.Catalogue{
		Repository: stored.Videos, Views: stored.Views, Ratings: stored.Ratings, Activities: stored.Activities, Audits: stored.Audits,
		Host: video, Metadata: metadata, Index: queue, Now: time.Now, Log: log,
	}
	comments := &killrvideo.Comments{
		Repository: stored.Comments, Videos: stored.Videos, Users: stored.Accounts, Activities: stored.Activities, Audits: stored.Audits,
		NewID: store.NewItemID, Now: time.Now, Log: log,
	}
	handler := api.NewHandler(api.Dependencies{
		Accounts: accounts, Sessions: sessions, Catalogue: catalogue, Comments: comments,
		Moderation: &killrvideo.Moderation{
			Flags: stored.Flags, Audits: stored.Audits, Catalogue: catalogue, Comments: comments, NewID: store.NewItemID, Now: time.Now,
		},
		Search: &killrvideo.Search{
			Repository: stored.Search, Videos: stored.Videos, Embedder: embedding, Reembed: queue.Reembed,
		},
		Limits: api.Limits(c.RateLimits), TrustedProxies: c.TrustedProxies,
		MetricsToken: c.MetricsToken.Reveal(), WithoutDocs: !c.Docs,
		SweepToken: c.SweepToken.Reveal(), Sweep: func(ctx context.Context) error { return sweep(ctx, queue, accounts, stored) },
		Keys:          keys,
		Ready:         ready(database, readOnly),
		Draining:      d.begun.Load,
		ReadOnly:      store.WithReadOnly,
		WithRequestID: dataapi.WithRequestID,
		Tracing:       tracing, Metrics: metrics, Log: log,
		Version: version, Commit: commit, Revision: c.Revision, CORSOrigins: c.CORSOrigins, RequestTimeout: requestTimeout,
	})
	if c.LogFormat == config.LogGoogle {
		handler = logging.WithTrace(handler)
	}
	return &service{
		handler: handler, accounts: accounts, queue: queue, store: stored, transport: transport,
		rights: rights{config: c, http: &http.Client{Transport: transport}, log: log}, tracing: tracing, log: log,
		swept: !c.SweepToken.IsZero(),
	}, nil
}

// sweep runs the background jobs once. Those that the service starts run them
// too, where the platform lets them.
func sweep(ctx context.Context, queue *killrvideo.IndexQueue, accounts *killrvideo.Accounts, stored *store.Store) error {
	queue.Poll(ctx)
	stored.Tidy(ctx)
	stored.Recount(ctx)
	return errors.Join(accounts.LockByCredentials(ctx), stored.Retention.Sweep(ctx), ctx.Err())
}

func traces(c config.Config, log *slog.Logger) (*telemetry.Tracing, error) {
	return telemetry.New(context.Background(), telemetry.Config{
		Endpoint: c.Traces.Endpoint, Protocol: c.Traces.Protocol, Headers: c.Traces.Headers.Reveal(),
		Service: c.Traces.Service, Version: version, Revision: c.Revision, Ratio: c.Traces.Ratio, Log: log,
	})
}

func accountsOf(
	c config.Config, stored *store.Store, hashing killrvideo.Passwords, log *slog.Logger,
) (*killrvideo.Accounts, *killrvideo.Sessions) {
	if c.TrustModeratorEmails && len(c.ModeratorEmails) > 0 {
		log.Warn("MODERATOR_PROOF=none: anyone who registers an address of MODERATOR_EMAILS becomes a moderator; use this on your own " +
			"machine only")
	}
	accounts := &killrvideo.Accounts{
		Repository: stored.Accounts, Audits: stored.Audits, Passwords: hashing, DefaultRoles: roles(c.DefaultRoles),
		Moderators: killrvideo.ModeratorSettings{
			Emails: c.ModeratorEmails, Codes: config.Codes(c.ModeratorCodes), TrustEmails: c.TrustModeratorEmails,
		},
		Locks: stored.Locks, Now: time.Now, Log: log,
		Lockout: killrvideo.Lockout{Repository: stored.Logins, Failures: c.LoginFailures, Window: c.Lockout},
	}
	return accounts, &killrvideo.Sessions{
		Repository: stored.Sessions, Accounts: accounts, Lifetime: c.SessionLifetime, ValidAfter: c.SessionsValidAfter, Now: time.Now, Log: log,
	}
}

func roles(names []string) []killrvideo.Role {
	list := make([]killrvideo.Role, len(names))
	for i, name := range names {
		list[i] = killrvideo.Role(name)
	}
	return list
}

// databases gives the handle that may write and, if there is a token for it,
// the one that only reads. They share one client and one transport.
func databases(c config.Config, transport *http.Transport, metrics *api.Metrics, tracing *telemetry.Tracing, log *slog.Logger) (database,
	readOnly *dataapi.Db) {
	client := dataapi.NewClient(options.API().
		SetToken(astra.Token(c.AstraToken.Reveal())).
		SetKeyspace(c.AstraKeyspace).
		SetHTTPClient(&http.Client{Transport: telemetry.Transport(transport)}).
		SetObserver(func(ctx context.Context, e options.CommandEvent) {
			metrics.ObserveCommand(e.Command, e.Duration)
			tracing.Command(ctx, e.Command, e.Table, e.Duration, e.Err)
			for _, w := range e.Warnings {
				log.WarnContext(ctx, "the Data API warns", "code", w.ErrorCode, "title", w.Title)
			}
		}))
	database = client.Database(c.AstraEndpoint)
	if !c.AstraReadOnlyToken.IsZero() {
		readOnly = client.Database(c.AstraEndpoint, options.API().SetToken(astra.Token(c.AstraReadOnlyToken.Reveal())))
	}
	return database, readOnly
}

// ready asks for a row that does not exist: that takes the token, the
// keyspace, the tables and one partition, and costs next to nothing. It asks
// with each token, as a service that has one that works is half ready.
func ready(databases ...*dataapi.Db) func(context.Context) error {
	return func(ctx context.Context) error {
		for _, database := range databases {
			if database == nil {
				continue
			}
			_, err := database.Table(schema.Users).FindOne(ctx, filter.Eq("userid", uuid.Nil)).Raw()
			if err != nil && !errors.Is(err, results.ErrNoDocuments) {
				return classify(err)
			}
		}
		return nil
	}
}

// classify sorts the reasons that an operator would want to tell apart.
func classify(err error) error {
	for _, code := range []string{"UNAUTHENTICATED_REQUEST", "UNAUTHORIZED_ACCESS", "MISSING_AUTHENTICATION_TOKEN"} {
		if results.HasCode(err, code) {
			return killrvideo.Wrap(err, killrvideo.EUNAUTHORIZED, "data store refuses the credentials")
		}
	}
	for _, code := range []string{"UNKNOWN_KEYSPACE", "UNKNOWN_COLLECTION_OR_TABLE", "COLLECTION_NOT_EXIST"} {
		if results.HasCode(err, code) {
			return killrvideo.Wrap(err, killrvideo.ENOTFOUND, "keyspace or tables not found")
		}
	}
	return err
}
