package config

import (
	"log/slog"
	"strconv"
	"strings"
	"time"

	"github.com/killrvideo/killrvideo-go/service/config/table"
)

// Command is what the command line asks for.
type Command struct {
	// Healthcheck: only ask the running service on this machine's port how it is.
	Healthcheck bool
	Config      Config
}

// Load reads and validates everything. environ holds NAME=value pairs as from
// os.Environ; dotenv is the path of a .env file, "" for none. Errors: Problems,
// flag.ErrHelp, or what is wrong with the command line. With -healthcheck only
// the port is read.
func Load(args, environ []string, dotenv string) (Command, error) {
	flags, healthcheck, err := parseFlags(args)
	if err != nil {
		return Command{}, err
	}
	var problems Problems
	l := loader{newSource(flags, environ, dotenv, &problems), table.Service()}
	if healthcheck {
		// The health check runs beside a service that has validated the rest.
		problems = nil
		command := Command{Healthcheck: true, Config: Config{Port: l.integer("PORT")}}
		if command.Config.Port == 0 {
			problems.add("PORT", "must be the port of the running service; 0 says nothing about it")
		}
		return command, problems.orNil()
	}
	c := l.config()
	return Command{Config: c}, problems.orNil()
}

// loader reads settings one by one, checks each against its rule in the table
// and notes what is wrong.
type loader struct {
	source
	settings []table.Setting
}

func (l loader) config() Config {
	c := Config{
		AstraToken:         l.secret("ASTRA_DB_APPLICATION_TOKEN"),
		AstraReadOnlyToken: l.secret("ASTRA_DB_READ_ONLY_TOKEN"),
		AstraEndpoint:      strings.TrimRight(l.text("ASTRA_DB_API_ENDPOINT"), "/"),
		AstraKeyspace:      l.keyspace(),
		JWTKey:             l.secret("JWT_SECRET_KEY"),
		JWTPreviousKey:     l.secret("JWT_SECRET_KEY_PREVIOUS"),
		JWTLifetime:        l.duration("JWT_EXPIRY_MINUTES", time.Minute),
		NVIDIAAPIKey:       l.secret("NVIDIA_API_KEY"),
		YouTubeAPIKey:      l.secret("YOUTUBE_API_KEY"),
		Host:               l.text("HOST"),
		Port:               l.integer("PORT"),
		LogLevel:           l.level("LOG_LEVEL"),
		LogFormat:          strings.ToLower(l.text("LOG_FORMAT")),
		GoogleProject:      l.text("GOOGLE_CLOUD_PROJECT"),
		CORSOrigins:        l.origins("CORS_ORIGINS"),
		KeepAlive:          l.duration("KEEP_ALIVE_TIMEOUT_SECONDS", time.Second),
		ShutdownGrace:      l.duration("SHUTDOWN_GRACE_SECONDS", time.Second),
		Revision:           l.text("REVISION"),
		DefaultRoles:       table.List(strings.ToLower(l.text("DEFAULT_ROLES"))),
		SessionLifetime:    l.duration("REFRESH_EXPIRY_DAYS", 24*time.Hour),
		LoginFailures:      l.integer("LOGIN_MAX_FAILURES"),
		Lockout:            l.duration("LOCKOUT_MINUTES", time.Minute),
		RateLimits: RateLimits{
			Logins:        l.integer("RATE_LIMIT_LOGINS"),
			Registrations: l.integer("RATE_LIMIT_REGISTRATIONS"),
			Views:         l.integer("RATE_LIMIT_VIEWS"),
			Submissions:   l.integer("RATE_LIMIT_SUBMISSIONS"),
		},
		TrustedProxies:     l.networks("TRUSTED_PROXIES"),
		SessionsValidAfter: l.time("SESSIONS_VALID_AFTER"),
		MetricsToken:       l.secret("METRICS_TOKEN"),
		SweepToken:         l.secret("SWEEP_TOKEN"),
		Docs:               strings.EqualFold(l.text("DOCS"), "on"),
		Traces: Traces{
			Endpoint: l.text("OTEL_EXPORTER_OTLP_ENDPOINT"),
			Protocol: strings.ToLower(l.text("OTEL_EXPORTER_OTLP_PROTOCOL")),
			Headers:  l.secret("OTEL_EXPORTER_OTLP_HEADERS"),
			Service:  l.text("OTEL_SERVICE_NAME"),
			Ratio:    l.ratio("OTEL_TRACES_SAMPLER_ARG"),
		},
	}
	l.text("JWT_ALGORITHM")
	l.moderators(&c)
	l.previousKey(&c)
	l.shutdownTimeout(&c)
	return c
}

// text is the value of a plain setting, its default if it is not set, and "" with
// a problem noted if its rule refuses it.
func (l loader) text(name string) string {
	setting := table.Find(l.settings, name)
	value := l.given(name)
	switch {
	case value == "" && setting.Required:
		l.missing(setting)
		return ""
	case value == "":
		return setting.Default
	}
	if err := setting.Rule.Check(value); err != nil {
		l.problems.add(name, err.Error())
		return ""
	}
	return value
}

// secret is the value of a secret, and none with a problem noted if it is
// required and not set, or refused by its rule.
func (l loader) secret(name string) Secret {
	setting := table.Find(l.settings, name)
	value, ok := l.givenSecret(name)
	switch {
	case !ok:
		return ""
	case value.IsZero() && setting.Required:
		l.missing(setting)
		return ""
	case value.IsZero():
		return ""
	}
	if err := setting.Rule.Check(value.Reveal()); err != nil {
		l.problems.add(name, err.Error())
		return ""
	}
	return value
}

// missing notes a required setting that is not set, possibly because it is set
// under the name that another KillrVideo back end uses.
func (l loader) missing(setting table.Setting) {
	if setting.Former != "" && l.env[setting.Former] != "" {
		l.problems.add(setting.Name, "is not set, but "+setting.Former+" is; rename it")
		return
	}
	fix := "is required: " + setting.Doc
	if setting.Secret {
		fix += "; set it, or name its file in " + setting.Name + "_FILE"
	}
	l.problems.add(setting.Name, fix)
}

func (l loader) integer(name string) int {
	n, _ := strconv.Atoi(l.text(name)) // checked by the rule
	return n
}

func (l loader) duration(name string, unit time.Duration) time.Duration {
	return time.Duration(l.integer(name)) * unit
}

func (l loader) ratio(name string) float64 {
	ratio, _ := strconv.ParseFloat(l.text(name), 64) // checked by the rule
	return ratio
}

func (l loader) time(name string) time.Time {
	at, _ := time.Parse(time.RFC3339, l.text(name)) // checked by the rule
	return at
}

func (l loader) level(name string) slog.Level {
	switch strings.ToUpper(l.text(name)) {
	case "DEBUG":
		return slog.LevelDebug
	case "WARN", "WARNING":
		return slog.LevelWarn
	case "ERROR", "CRITICAL":
		return slog.LevelError
	}
	return slog.LevelInfo
}

func (l loader) origins(name string) []string {
	origins := table.List(l.text(name))
	for i, origin := range origins {
		origins[i] = strings.TrimSuffix(origin, "/")
	}
	return origins
}
