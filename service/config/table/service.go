package table

import "time"

// MaxTokenMinutes is the longest life of an access token.
const MaxTokenMinutes = int(24 * time.Hour / time.Minute)

// maxRate is the highest rate limit, in requests a minute.
const maxRate = 1_000_000

// Section is a group of settings in .env.example.
type Section struct {
	Title    string
	Settings []Setting
}

// Service returns all settings of the service.
func Service() []Setting {
	var all []Setting
	for _, section := range Sections() {
		all = append(all, section.Settings...)
	}
	return all
}

// Sections returns the settings of the service by subject.
func Sections() []Section {
	return []Section{
		{"Astra", astra()}, {"Access tokens", tokens()}, {"Optional services", optional()}, {"Server", server()},
		{"Accounts", accounts()}, {"Protection", protection()}, {"Metrics, documentation and traces", observability()},
	}
}

func astra() []Setting {
	return []Setting{
		{
			Name: "ASTRA_DB_APPLICATION_TOKEN", Required: true, Secret: true, Rule: AstraToken(), Example: "<application-token>",
			Doc:  "token for the Data API: AstraCS:CLIENT:SIGNATURE",
			More: "of a role that reads and writes rows of the keyspace and nothing else ([which roles to use](../docs/astra-tokens.md))",
		},
		{
			Name: "ASTRA_DB_READ_ONLY_TOKEN", Secret: true, Rule: AstraToken(), Example: "<read-only-application-token>",
			Doc:  "token for every GET; without it the other one serves reads too",
			More: "start-up warns of a token that may administer the organization, and of one for reads that may write",
		},
		{
			Name: "ASTRA_DB_API_ENDPOINT", Required: true, Rule: AstraEndpoint(false, true),
			Example: "<https://DATABASE-ID-REGION.apps.astra.datastax.com>",
			Doc:     "URL of the database's Data API, without a path", More: "https, or http for loopback and container names without dots",
		},
		{
			Name: "ASTRA_DB_KEYSPACE", Required: true, Rule: Keyspace(), Former: "ASTRA_DB_NAMESPACE", Example: "<keyspace>",
			Doc: "keyspace of the tables", More: "`ASTRA_DB_NAMESPACE` is its older name; set one of the two",
		},
	}
}

func tokens() []Setting {
	return []Setting{
		{
			Name: "JWT_SECRET_KEY", Required: true, Secret: true, Rule: SigningKey(), Former: "SECRET_KEY",
			Example: "<output-of-openssl-rand-base64-32>", Doc: "key that signs access tokens: at least 256 random bits, one key an environment",
			More: "as from `openssl rand -base64 32`; the text itself is the key, it is not decoded",
		},
		{
			Name: "JWT_SECRET_KEY_PREVIOUS", Secret: true, Rule: SigningKey(), Example: "<previous-key>",
			Doc: "key used before, during a rotation: it verifies and no longer signs", More: "see [Rotation](#rotation-of-the-signing-key)",
		},
		{
			Name: "JWT_SECRET_KEY_PREVIOUS_ISSUED_UNTIL", Unset: "required with it", Rule: Time(), Example: "2026-01-31T12:00:00Z",
			Doc: "when the last instance that signed with the previous key ended",
		},
		{
			Name: "JWT_SECRET_KEY_PREVIOUS_VERIFIES_UNTIL", Unset: "a day after `…_ISSUED_UNTIL`", Rule: Time(), Example: "2026-02-01T12:00:00Z",
			Doc: "when the previous key stops verifying, at most a day after it stopped signing",
		},
		{
			Name: "SESSIONS_VALID_AFTER", Rule: Time(), Example: "2026-01-31T12:00:00Z",
			Doc: "sessions that began before this time have ended", More: "for a signing key that leaked",
		},
		{Name: "JWT_ALGORITHM", Default: "HS256", Rule: Matching("^HS256$", "HS256"), Former: "ALGORITHM",
			Doc: "algorithm of the signature, HS256 only"},
		{
			Name: "JWT_EXPIRY_MINUTES", StackKey: "jwtExpiryMinutes", Default: "60", Rule: Integer(1, MaxTokenMinutes),
			Former: "ACCESS_TOKEN_EXPIRE_MINUTES", Doc: "lifetime of an access token in minutes",
		},
		{
			Name: "REFRESH_EXPIRY_DAYS", StackKey: "service.refreshExpiryDays", Default: "30", Rule: Integer(1, 365),
			Doc: "how many days after its login a session can be refreshed",
		},
	}
}

func optional() []Setting {
	return []Setting{
		{
			Name: "NVIDIA_API_KEY", StackKey: "nvidiaApiKey", Secret: true, Rule: SecretText(), Example: "<nvidia-api-key>",
			Doc: "key for embeddings by NVIDIA; without it Astra embeds", More: "[what a change of it does](../docs/data-model.md#vectors)",
		},
		{
			Name: "YOUTUBE_API_KEY", StackKey: "youtubeApiKey", Secret: true, Rule: SecretText(), Example: "<youtube-api-key>",
			Doc: "key for YouTube's Data API; without it titles come from oEmbed",
		},
	}
}

func server() []Setting {
	return []Setting{
		{Name: "HOST", Default: "0.0.0.0", Rule: Text(), Doc: "address to listen on; 127.0.0.1 for this machine only"},
		{Name: "PORT", Default: "8000", Rule: Integer(0, 65535), Doc: "port to listen on, 0 for any free one"},
		{
			Name: "LOG_LEVEL", StackKey: "logLevel", Default: "INFO", Rule: OneOf("DEBUG", "INFO", "WARN", "ERROR").Also("WARNING", "CRITICAL"),
			Doc: "least level of the lines in the log", More: "logs go to standard output",
		},
		{
			Name: "LOG_FORMAT", Default: "auto", Rule: OneOf("auto", "json", "google", "text"),
			Doc: "form of the log; google is for Cloud Logging, auto is text on a terminal and JSON elsewhere",
			More: "`google` has `severity`, `message` and, with `GOOGLE_CLOUD_PROJECT`, the trace of the request; " +
				"`text` is for people",
		},
		{
			Name: "GOOGLE_CLOUD_PROJECT", Rule: Text(), Example: "my-project",
			Doc: "project of Google Cloud that the traces of log lines belong to",
		},
		{
			Name: "CORS_ORIGINS", StackKey: "corsOrigins", Default: "*", Rule: Origins(), Former: "CORS_ALLOW_ORIGINS",
			Example: "https://www.example.com",
			Doc:     "origins of web pages whose scripts may call, separated by commas; * for any",
			More:    "named ones may send credentials, with `*` none may",
		},
		{
			Name: "KEEP_ALIVE_TIMEOUT_SECONDS", StackKey: "service.keepAliveSeconds", Default: "75", Rule: Integer(1, 3600),
			Doc: "how long an idle connection stays open, longer than the load balancer's timeout",
		},
		{
			Name: "SHUTDOWN_GRACE_SECONDS", Default: "5", Rule: Integer(0, 300),
			Doc: "how long new requests are still answered after SIGTERM",
		},
		{
			Name: "SHUTDOWN_TIMEOUT_SECONDS", Unset: "25 more than the grace", Rule: Integer(MinShutdownSeconds, 600), Example: "30",
			Doc:  "how long the shutdown may take in all, grace included",
			More: "after the grace come requests in flight, then background work, which has the last quarter of the rest",
		},
		{
			Name: "REVISION", Default: "unknown", Rule: Text(), Doc: "name of the deployment in /health/ready, /version and the logs",
		},
	}
}

// MinShutdownSeconds is the shortest shutdown that can end requests in order.
const MinShutdownSeconds = 2

func accounts() []Setting {
	return []Setting{
		{
			Name: "MODERATOR_EMAILS", StackKey: "moderatorEmails", Rule: Emails(), Example: "moderator@example.com",
			Doc:  "e-mail addresses of moderators, separated by commas; each proves itself with its one-time code",
			More: "see [Moderators](#moderators)",
		},
		{
			Name: "MODERATOR_CODES", Secret: true, Rule: Rule{Type: TypeString, Private: true},
			Example: "<moderator@example.com=output-of-openssl-rand-hex-16>",
			Doc:     "the one-time code of each of these addresses: address=code, separated by commas, 20 characters or more each",
			More:    "as from `openssl rand -hex 16`",
		},
		{
			Name: "MODERATOR_PROOF", Default: "code", Rule: OneOf("code", "none"),
			Doc: "how a moderator proves the address; with none the e-mail alone is enough", More: "none is for a machine that no one else can " +
				"reach; it is logged as a warning",
		},
		{
			Name: "DEFAULT_ROLES", StackKey: "defaultRoles", Default: "viewer,creator", Rule: Roles(),
			Doc: "roles of a new account: viewer, creator or both",
		},
	}
}

func protection() []Setting {
	return []Setting{
		{
			Name: "LOGIN_MAX_FAILURES", StackKey: "service.loginMaxFailures", Default: "10", Rule: Integer(0, 20),
			Doc: "failed logins after which a client is locked out of that account, 0 for never",
		},
		{
			Name: "LOCKOUT_MINUTES", StackKey: "service.lockoutMinutes", Default: "15", Rule: Integer(1, 720),
			Doc: "minutes in which failed logins count, and for which they lock out",
		},
		{
			Name: "RATE_LIMIT_LOGINS", StackKey: "service.rateLimitLogins", Default: "60", Rule: Integer(0, maxRate),
			Doc: "logins, refreshes, changes and resets of passwords a minute from one address, 0 for any number",
		},
		{
			Name: "RATE_LIMIT_REGISTRATIONS", StackKey: "service.rateLimitRegistrations", Default: "20", Rule: Integer(0, maxRate),
			Doc: "registrations a minute from one address, 0 for any number",
		},
		{
			Name: "RATE_LIMIT_VIEWS", StackKey: "service.rateLimitViews", Default: "300", Rule: Integer(0, maxRate),
			Doc: "views, ratings and watch times a minute from one address, and as many searches by meaning; 0 for any number",
		},
		{
			Name: "RATE_LIMIT_SUBMISSIONS", StackKey: "service.rateLimitSubmissions", Default: "60", Rule: Integer(0, maxRate),
			Doc:  "submissions, previews, edits, comments and flags a minute from one address, 0 for any number",
			More: "and as many of all other writes together",
		},
		{
			Name: "TRUSTED_PROXIES", StackKey: "service.trustedProxies", Default: "none", Rule: Networks(), Example: "10.0.0.0/8",
			Doc:  "networks of the proxies in front, whose X-Forwarded-For counts, separated by commas; private for all that are not public",
			More: "such as `10.0.1.0/24,203.0.113.7`",
		},
	}
}

func observability() []Setting {
	return []Setting{
		{
			Name: "METRICS_TOKEN", StackKey: "metricsToken", Secret: true, Rule: BearerToken(), Example: "<output-of-openssl-rand-hex-32>",
			Doc: "bearer token that /metrics requires, at least 16 characters; without it anyone can read the metrics",
		},
		{
			Name: "SWEEP_TOKEN", Secret: true, Rule: BearerToken(), Example: "<output-of-openssl-rand-hex-32>",
			Doc: "bearer token of POST /tasks/sweep, at least 16 characters, for a scheduler, which then runs the jobs that need a lock; " +
				"without it there is no such path",
		},
		{
			Name: "DOCS", StackKey: "service.docs", Default: "on", Rule: OneOf("on", "off"),
			Doc: "whether /docs, /redoc and /openapi.json are served",
		},
		{
			Name: "OTEL_EXPORTER_OTLP_ENDPOINT", StackKey: "service.otlpEndpoint", Rule: Collector(), Example: "http://localhost:4318",
			Doc: "URL of an OpenTelemetry collector; without it there are no traces",
		},
		{
			Name: "OTEL_EXPORTER_OTLP_PROTOCOL", StackKey: "service.otlpProtocol", Default: "http/protobuf", Rule: OneOf("http/protobuf", "grpc"),
			Doc: "protocol of the collector",
		},
		{
			Name: "OTEL_EXPORTER_OTLP_HEADERS", StackKey: "otlpHeaders", Secret: true, Rule: Headers(), Example: "<name=value,...>",
			Doc: "headers for the collector: name=value, separated by commas",
		},
		{Name: "OTEL_SERVICE_NAME", Default: "killrvideo", Rule: Text(), Doc: "name of this service in traces"},
		{
			Name: "OTEL_TRACES_SAMPLER_ARG", StackKey: "service.tracesRatio", Default: "1", Rule: Ratio(),
			Doc: "share of requests that are traced", More: "a caller's `traceparent` joins the traces and does not decide",
		},
	}
}
