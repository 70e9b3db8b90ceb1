package config

import (
	"fmt"
	"io"
)

// setting names one setting. The table is what flags, help and the README's
// list are held against.
type setting struct {
	name, usage, fallback string
	secret                bool
	// formerly is the name that other KillrVideo back ends use.
	formerly string
}

var settings = []setting{
	{name: "ASTRA_DB_APPLICATION_TOKEN", usage: "token for the Data API, AstraCS:...", secret: true},
	{name: "ASTRA_DB_API_ENDPOINT", usage: "https URL of the database"},
	{name: "ASTRA_DB_KEYSPACE", usage: "keyspace of the tables", formerly: "ASTRA_DB_NAMESPACE"},
	{name: "JWT_SECRET_KEY", usage: "key that signs access tokens, at least 256 bits", secret: true, formerly: "SECRET_KEY"},
	{name: "JWT_ALGORITHM", usage: "HS256", fallback: "HS256", formerly: "ALGORITHM"},
	{name: "JWT_EXPIRY_MINUTES", usage: "life of an access token, 1 to 1440", fallback: "60", formerly: "ACCESS_TOKEN_EXPIRE_MINUTES"},
	{name: "NVIDIA_API_KEY", usage: "key for embeddings", secret: true},
	{name: "LOG_LEVEL", usage: "DEBUG, INFO, WARN or ERROR", fallback: "INFO"},
	{name: "LOG_FORMAT", usage: "json, google for Cloud Logging, text, or auto for text on a terminal and JSON elsewhere", fallback: LogAuto},
	{name: "GOOGLE_CLOUD_PROJECT", usage: "project of Google Cloud whose traces log lines belong to; only with LOG_FORMAT google"},
	{name: "CORS_ORIGINS", usage: "origins of other web pages that may call, comma-separated; * for any", fallback: "*", formerly: "CORS_ALLOW_ORIGINS"},
	{name: "ASTRA_DB_READ_ONLY_TOKEN", usage: "token used by every GET", secret: true},
	{name: "JWT_SECRET_KEY_PREVIOUS", usage: "key that no longer signs but still verifies", secret: true},
	{name: "JWT_SECRET_KEY_PREVIOUS_ISSUED_UNTIL", usage: "when it stopped signing, such as 2026-01-31T12:00:00Z; required with it"},
	{name: "JWT_SECRET_KEY_PREVIOUS_VERIFIES_UNTIL", usage: "when it stops verifying; by default a day after it stopped signing"},
	{name: "SESSIONS_VALID_AFTER", usage: "a time; sessions that began before it have ended"},
	{name: "HOST", usage: "address to listen on", fallback: "0.0.0.0"},
	{name: "PORT", usage: "port to listen on; 0 for any free one", fallback: "8000"},
	{name: "KEEP_ALIVE_TIMEOUT_SECONDS", usage: "how long an idle connection is kept, 1 to 3600", fallback: "75"},
	{name: "SHUTDOWN_GRACE_SECONDS", usage: "how long requests are still answered after SIGTERM, 0 to 300", fallback: "5"},
	{name: "SHUTDOWN_TIMEOUT_SECONDS", usage: "how long the end may take in all after SIGTERM, grace included, 2 to 600; 25 more than the grace if unset"},
	{name: "REVISION", usage: "name of this deployment", fallback: "unknown"},
	{name: "MODERATOR_EMAILS", usage: "e-mails of moderators, comma-separated"},
	{name: "MODERATOR_CODES", usage: "address=code, comma-separated: the code with which the account of such an e-mail becomes a moderator, once", secret: true},
	{name: "MODERATOR_PROOF", usage: "code, or none: on a machine of your own the e-mail alone makes a moderator", fallback: "code"},
	{name: "DEFAULT_ROLES", usage: "roles of a new account, comma-separated: viewer, creator", fallback: "viewer,creator"},
	{name: "REFRESH_EXPIRY_DAYS", usage: "life of a session that is refreshed, 1 to 365", fallback: "30"},
	{name: "LOGIN_MAX_FAILURES", usage: "failed logins after which a client is refused that account for a while, 1 to 20; 0 for never", fallback: "10"},
	{name: "LOCKOUT_MINUTES", usage: "in which failed logins count, and for which they lock out, 1 to 720", fallback: "15"},
	{name: "RATE_LIMIT_LOGINS", usage: "logins, refreshes, changes and resets of passwords a minute from one address; 0 for any number", fallback: "60"},
	{name: "RATE_LIMIT_REGISTRATIONS", usage: "registrations a minute from one address; 0 for any number", fallback: "20"},
	{name: "RATE_LIMIT_VIEWS", usage: "views, ratings and watch times a minute from one address; 0 for any number", fallback: "300"},
	{name: "RATE_LIMIT_SUBMISSIONS", usage: "submissions, previews, edits, comments and flags a minute from one address, and as many of all other writes; 0 for any number", fallback: "60"},
	{name: "TRUSTED_PROXIES", usage: "networks of the proxies whose X-Forwarded-For is believed, comma-separated; none, or private for all that are not public", fallback: "none"},
	{name: "OTEL_EXPORTER_OTLP_ENDPOINT", usage: "URL of a collector of traces; without it there are none"},
	{name: "OTEL_EXPORTER_OTLP_PROTOCOL", usage: "http/protobuf or grpc", fallback: "http/protobuf"},
	{name: "OTEL_EXPORTER_OTLP_HEADERS", usage: "headers for the collector, name=value, comma-separated", secret: true},
	{name: "OTEL_SERVICE_NAME", usage: "name of this service in traces", fallback: "killrvideo"},
	{name: "OTEL_TRACES_SAMPLER_ARG", usage: "share of requests that are traced, 0 to 1; callers do not decide", fallback: "1"},
	{name: "METRICS_TOKEN", usage: "bearer token without which /metrics is refused; unset leaves it open", secret: true},
	{name: "DOCS", usage: "on, or off for no /docs, /redoc and /openapi.json", fallback: "on"},
	{name: "YOUTUBE_API_KEY", usage: "key for YouTube's Data API; without it oEmbed is asked", secret: true},
}

// Usage writes the flags with their defaults.
func Usage(w io.Writer) {
	fmt.Fprintf(w, "usage: killrvideo [flags]\n\nEach flag is also an environment variable; a secret has no flag, but its file has.\n\n")
	for _, s := range settings {
		name := s.name
		if s.secret {
			name += "_FILE"
		}
		fmt.Fprintf(w, "  -%-32s %s", flagName(name), s.usage)
		if s.fallback != "" {
			fmt.Fprintf(w, " (default %s)", s.fallback)
		}
		fmt.Fprintln(w)
	}
	fmt.Fprintf(w, "  -%-32s %s\n", "healthcheck", "ask the service on this machine's PORT whether it is healthy, then exit")
}
