// Package config reads the settings of the service: flags, environment, files
// that hold secrets, and a .env file for local development. It validates them
// once, together, against the table of settings, and names every problem by its
// variable with the fix. No value of a secret leaves this package except through
// Secret.Reveal, and nothing else in the service reads the environment.
package config

import (
	"log/slog"
	"strings"
	"time"
)

// Config is every setting, valid. Package table says what each means.
type Config struct {
	AstraToken         Secret
	AstraReadOnlyToken Secret // zero: the other token serves reads as well
	AstraEndpoint      string // without a trailing slash
	AstraKeyspace      string

	JWTKey         Secret
	JWTPreviousKey Secret // zero: no rotation is under way
	// The latest that the previous key may have signed, and until when it verifies.
	JWTPreviousIssuedUntil, JWTPreviousVerifiesUntil time.Time
	JWTLifetime                                      time.Duration

	NVIDIAAPIKey  Secret
	YouTubeAPIKey Secret

	Host          string
	Port          int
	LogLevel      slog.Level
	LogFormat     string // LogAuto, LogJSON, LogGoogle or LogText
	GoogleProject string // "": log lines name no trace
	CORSOrigins   []string
	KeepAlive     time.Duration
	ShutdownGrace time.Duration
	// ShutdownTimeout is for all of the end, the grace included.
	ShutdownTimeout time.Duration
	Revision        string

	ModeratorEmails []string
	ModeratorCodes  Secret // address=code, comma-separated; see Codes
	// TrustModeratorEmails: the e-mail alone makes a moderator, without a code.
	TrustModeratorEmails bool
	DefaultRoles         []string

	SessionLifetime time.Duration
	// SessionsValidAfter ends all sessions that began before; zero ends none.
	SessionsValidAfter time.Time
	LoginFailures      int // zero: never locked out
	Lockout            time.Duration
	RateLimits         RateLimits
	TrustedProxies     []string // networks; none: X-Forwarded-For is ignored

	MetricsToken Secret // zero: /metrics is open
	SweepToken   Secret // zero: there is no /tasks/sweep
	Docs         bool   // whether the documentation is served

	Traces Traces
}

// Forms of the log. LogAuto is text on a terminal and JSON elsewhere.
const (
	LogAuto = "auto"
	LogJSON = "json"
	LogText = "text"
	// LogGoogle is JSON as Google Cloud Logging reads it.
	LogGoogle = "google"
)

// RateLimits are requests a minute from one address; zero is any number.
type RateLimits struct{ Logins, Registrations, Views, Submissions int }

// Traces say where traces go. Without an endpoint there are none.
type Traces struct {
	Endpoint string // a URL
	Protocol string // grpc or http/protobuf
	Headers  Secret // name=value, comma-separated
	Service  string
	Ratio    float64 // of requests
}

// LogValue shows the settings, secrets as set or not.
func (c Config) LogValue() slog.Value {
	return slog.GroupValue(
		slog.String("astra_db_api_endpoint", c.AstraEndpoint),
		slog.String("astra_db_keyspace", c.AstraKeyspace),
		slog.Any("astra_db_application_token", c.AstraToken),
		slog.Any("astra_db_read_only_token", c.AstraReadOnlyToken),
		slog.Any("jwt_secret_key", c.JWTKey),
		slog.Any("jwt_secret_key_previous", c.JWTPreviousKey),
		slog.Time("jwt_secret_key_previous_issued_until", c.JWTPreviousIssuedUntil),
		slog.Time("jwt_secret_key_previous_verifies_until", c.JWTPreviousVerifiesUntil),
		slog.Time("sessions_valid_after", c.SessionsValidAfter),
		slog.Float64("jwt_expiry_minutes", c.JWTLifetime.Minutes()),
		slog.Any("nvidia_api_key", c.NVIDIAAPIKey),
		slog.Any("youtube_api_key", c.YouTubeAPIKey),
		slog.String("host", c.Host),
		slog.Int("port", c.Port),
		slog.String("log_level", c.LogLevel.String()),
		slog.String("log_format", c.LogFormat),
		slog.Any("cors_origins", c.CORSOrigins),
		slog.Float64("keep_alive_timeout_seconds", c.KeepAlive.Seconds()),
		slog.Float64("shutdown_grace_seconds", c.ShutdownGrace.Seconds()),
		slog.Float64("shutdown_timeout_seconds", c.ShutdownTimeout.Seconds()),
		slog.Int("moderator_emails", len(c.ModeratorEmails)),
		slog.Any("moderator_codes", c.ModeratorCodes),
		slog.Bool("moderator_emails_trusted", c.TrustModeratorEmails),
		slog.Any("default_roles", c.DefaultRoles),
		slog.Float64("refresh_expiry_days", c.SessionLifetime.Hours()/24),
		slog.Int("login_max_failures", c.LoginFailures),
		slog.Float64("lockout_minutes", c.Lockout.Minutes()),
		slog.Any("rate_limits", c.RateLimits),
		slog.Any("trusted_proxies", c.TrustedProxies),
		slog.Any("metrics_token", c.MetricsToken), slog.Any("sweep_token", c.SweepToken),
		slog.Bool("docs", c.Docs),
		slog.String("otel_exporter_otlp_endpoint", c.Traces.Endpoint),
		slog.Any("otel_exporter_otlp_headers", c.Traces.Headers),
	)
}

// Problem is what is wrong with one setting, and how to fix it. It never holds
// the value.
type Problem struct {
	Variable string
	Fix      string
}

// Problems are all that is wrong; as an error they are one message.
type Problems []Problem

// Error lists every problem on a line of its own.
func (p Problems) Error() string {
	var b strings.Builder
	b.WriteString("the settings are not usable:")
	for _, problem := range p {
		b.WriteString("\n  " + problem.Variable + ": " + problem.Fix)
	}
	return b.String()
}

func (p *Problems) add(variable, fix string) {
	*p = append(*p, Problem{Variable: variable, Fix: fix})
}

func (p Problems) orNil() error {
	if len(p) == 0 {
		return nil
	}
	return p
}
