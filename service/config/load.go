package config

import (
	"log/slog"
	"strconv"
	"strings"
	"time"

	"github.com/killrvideo/killrvideo-go/service/killrvideo"
)

// Command is what the command line asks for.
type Command struct {
	// Healthcheck: only ask the running service how it is; see HealthcheckPort.
	Healthcheck bool
	Config      Config
}

// Load reads and validates everything. environ holds NAME=value pairs as from
// os.Environ; dotenv is the path of a .env file, "" for none. Errors: Problems,
// flag.ErrHelp, or what is wrong with the command line. With -healthcheck only
// the port is looked at.
func Load(args, environ []string, dotenv string) (Command, error) {
	flags, healthcheck, err := parseFlags(args)
	if err != nil {
		return Command{}, err
	}
	var problems Problems
	l := loader{newSource(flags, environ, dotenv, &problems)}
	if healthcheck {
		// The health check runs beside a service that has validated the rest.
		problems = nil
		command := Command{Healthcheck: true, Config: Config{Port: l.integer("PORT", 1, 65535)}}
		return command, problems.orNil()
	}
	c := l.config()
	return Command{Config: c}, problems.orNil()
}

func (p Problems) orNil() error {
	if len(p) == 0 {
		return nil
	}
	return p
}

// maxExpiryMinutes is the longest life of an access token.
const maxExpiryMinutes = int(killrvideo.MaxAccessLifetime / time.Minute)

// loader reads settings one by one and notes what is wrong with them.
type loader struct{ source }

// shutdownAfterGrace is long enough for the longest request and for the
// background work after it.
const shutdownAfterGrace = 25 * time.Second

const leastShutdown = 2 // seconds

func (l loader) config() Config {
	c := Config{
		AstraToken:         l.astraToken("ASTRA_DB_APPLICATION_TOKEN", true),
		AstraReadOnlyToken: l.astraToken("ASTRA_DB_READ_ONLY_TOKEN", false),
		AstraEndpoint:      l.endpoint("ASTRA_DB_API_ENDPOINT"),
		AstraKeyspace:      l.keyspace(),
		JWTKey:             l.signingKey("JWT_SECRET_KEY", true),
		JWTPreviousKey:     l.signingKey("JWT_SECRET_KEY_PREVIOUS", false),
		JWTLifetime:        time.Duration(l.integer("JWT_EXPIRY_MINUTES", 1, maxExpiryMinutes)) * time.Minute,
		NVIDIAAPIKey:       l.secret("NVIDIA_API_KEY"),
		YouTubeAPIKey:      l.secret("YOUTUBE_API_KEY"),
		Host:               l.orDefault("HOST"),
		Port:               l.integer("PORT", 0, 65535),
		LogLevel:           l.level("LOG_LEVEL"),
		LogFormat:          l.logFormat("LOG_FORMAT"),
		GoogleProject:      l.text("GOOGLE_CLOUD_PROJECT"),
		CORSOrigins:        l.origins("CORS_ORIGINS"),
		KeepAlive:          time.Duration(l.integer("KEEP_ALIVE_TIMEOUT_SECONDS", 1, 3600)) * time.Second,
		ShutdownGrace:      time.Duration(l.integer("SHUTDOWN_GRACE_SECONDS", 0, 300)) * time.Second,
		Revision:           l.orDefault("REVISION"),
		DefaultRoles:       l.roles("DEFAULT_ROLES"),
		SessionLifetime:    time.Duration(l.integer("REFRESH_EXPIRY_DAYS", 1, 365)) * 24 * time.Hour,
		LoginFailures:      l.integer("LOGIN_MAX_FAILURES", 0, 20),
		Lockout:            time.Duration(l.integer("LOCKOUT_MINUTES", 1, 720)) * time.Minute,
		RateLimits:         l.rateLimits(),
		TrustedProxies:     l.networks("TRUSTED_PROXIES"),
		SessionsValidAfter: l.time("SESSIONS_VALID_AFTER"),
		MetricsToken:       l.secret("METRICS_TOKEN"),
		Docs:               l.onOff("DOCS"),
		Traces:             l.traces(),
	}
	l.moderators(&c)
	if algorithm := l.orDefault("JWT_ALGORITHM"); algorithm != "HS256" {
		l.problems.add("JWT_ALGORITHM", "only HS256 is offered; set HS256 or leave it out")
	}
	l.previousKeyTimes(&c)
	c.ShutdownTimeout = c.ShutdownGrace + shutdownAfterGrace
	if l.text("SHUTDOWN_TIMEOUT_SECONDS") != "" {
		c.ShutdownTimeout = time.Duration(l.integer("SHUTDOWN_TIMEOUT_SECONDS", leastShutdown, 600)) * time.Second
	}
	if c.ShutdownTimeout > leastShutdown*time.Second && c.ShutdownGrace >= c.ShutdownTimeout {
		l.problems.add("SHUTDOWN_TIMEOUT_SECONDS", "must be more than SHUTDOWN_GRACE_SECONDS: requests in flight end after the grace")
	}
	if !c.JWTKey.IsZero() && c.JWTKey == c.JWTPreviousKey {
		l.problems.add("JWT_SECRET_KEY_PREVIOUS", "is the same as JWT_SECRET_KEY; leave it out, or set the key that was used before")
	}
	return c
}

func find(name string) setting {
	for _, s := range settings {
		if s.name == name {
			return s
		}
	}
	panic("config: " + name + " is not in the table of settings")
}

func (l loader) orDefault(name string) string {
	if value := l.text(name); value != "" {
		return value
	}
	return find(name).fallback
}

// missing notes a required setting. Who comes from another KillrVideo back end
// may have set it under its name there.
func (l loader) missing(name, cure string) {
	if former := find(name).formerly; former != "" && l.env[former] != "" {
		cure = "is not set, but " + former + " is; rename it"
	}
	l.problems.add(name, cure)
}

func (l loader) integer(name string, least, most int) int {
	n, err := strconv.Atoi(l.orDefault(name))
	if err != nil || n < least || n > most {
		l.problems.add(name, "must be a whole number from "+strconv.Itoa(least)+" to "+strconv.Itoa(most))
		return least
	}
	return n
}

func (l loader) onOff(name string) bool {
	text := strings.ToLower(l.orDefault(name))
	if text != "on" && text != "off" {
		l.problems.add(name, "must be on or off")
	}
	return text == "on"
}

func (l loader) logFormat(name string) string {
	text := strings.ToLower(l.orDefault(name))
	if text != LogAuto && text != LogJSON && text != LogText && text != LogGoogle {
		l.problems.add(name, "must be auto, json, google or text")
	}
	return text
}

func (l loader) level(name string) slog.Level {
	switch strings.ToUpper(l.orDefault(name)) {
	case "DEBUG":
		return slog.LevelDebug
	case "INFO":
		return slog.LevelInfo
	case "WARN", "WARNING":
		return slog.LevelWarn
	case "ERROR", "CRITICAL":
		return slog.LevelError
	}
	l.problems.add(name, "must be DEBUG, INFO, WARN or ERROR")
	return slog.LevelInfo
}

func (l loader) list(name string) []string {
	var items []string
	for _, item := range strings.Split(l.orDefault(name), ",") {
		if item = strings.TrimSpace(item); item != "" {
			items = append(items, item)
		}
	}
	return items
}
