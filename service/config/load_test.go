package config_test

import (
	"encoding/base64"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/killrvideo/killrvideo-go/service/config"
)

// token is no token: a text that looks like one, for this test only.
// Tokens in the form of Astra's, made up for this test.
var (
	token     = "AstraCS:generated-for-this-test:" + strings.Repeat("0123456789abcdef", 4)
	readToken = "AstraCS:canary-read-only:" + strings.Repeat("0123456789abcdef", 4)
)

func newKey() string { return base64.StdEncoding.EncodeToString(random(32)) }

// valid is the least that is needed, then more.
func valid(more ...string) []string {
	return append([]string{
		"ASTRA_DB_APPLICATION_TOKEN=" + token, "ASTRA_DB_API_ENDPOINT=https://db-region.apps.astra.datastax.com/",
		"ASTRA_DB_KEYSPACE=killrvideo", "JWT_SECRET_KEY=" + newKey(),
	}, more...)
}

func load(t *testing.T, args, environ []string) config.Config {
	t.Helper()
	command, err := config.Load(args, environ, "")
	if err != nil {
		t.Fatal(err)
	}
	return command.Config
}

func TestDefaults(t *testing.T) {
	t.Parallel()
	c := load(t, nil, valid())
	c.JWTKey = ""
	want := config.Config{
		AstraToken: config.Secret(token), AstraEndpoint: "https://db-region.apps.astra.datastax.com", AstraKeyspace: "killrvideo",
		JWTLifetime: time.Hour, Host: "0.0.0.0", Port: 8000, LogLevel: slog.LevelInfo, LogFormat: config.LogAuto, CORSOrigins: []string{"*"},
		KeepAlive: 75 * time.Second, ShutdownGrace: 5 * time.Second, ShutdownTimeout: 30 * time.Second, Revision: "unknown",
		DefaultRoles: []string{"viewer", "creator"},
		Docs:         true,
	}
	if diff := cmp.Diff(protected(want), c); diff != "" {
		t.Error(diff)
	}
}

func TestEverySetting(t *testing.T) {
	t.Parallel()
	previous := newKey()
	c := load(t, []string{"-port", "9001", "-log-level=debug"}, valid(
		"ASTRA_DB_READ_ONLY_TOKEN="+readToken, "JWT_ALGORITHM=HS256", "JWT_EXPIRY_MINUTES=15",
		"JWT_SECRET_KEY_PREVIOUS="+previous, "JWT_SECRET_KEY_PREVIOUS_ISSUED_UNTIL=2026-01-31T12:00:00Z",
		"SESSIONS_VALID_AFTER=2026-01-30T12:00:00Z", "NVIDIA_API_KEY=nvapi-generated", "YOUTUBE_API_KEY=yt-generated",
		"HOST=127.0.0.1", "PORT=9000", "LOG_FORMAT=Google", "GOOGLE_CLOUD_PROJECT=videos",
		"CORS_ORIGINS= https://a.example , http://localhost:3000/", "KEEP_ALIVE_TIMEOUT_SECONDS=5",
		"SHUTDOWN_GRACE_SECONDS=0", "REVISION=abc", "MODERATOR_EMAILS=ada@example.com, grace@example.com", "MODERATOR_PROOF=none",
		"DEFAULT_ROLES=Viewer",
		"METRICS_TOKEN=scrape-generated", "SWEEP_TOKEN=sweeps-generated", "DOCS=off"))
	c.JWTKey, c.JWTPreviousKey = "", config.Secret(strings.ReplaceAll(c.JWTPreviousKey.Reveal(), previous, "p"))
	want := config.Config{
		AstraToken: config.Secret(token), AstraReadOnlyToken: config.Secret(readToken),
		AstraEndpoint: "https://db-region.apps.astra.datastax.com",
		AstraKeyspace: "killrvideo", JWTPreviousKey: "p", JWTLifetime: 15 * time.Minute,
		JWTPreviousIssuedUntil:   time.Date(2026, 1, 31, 12, 0, 0, 0, time.UTC),
		JWTPreviousVerifiesUntil: time.Date(2026, 2, 1, 12, 0, 0, 0, time.UTC), // a day later, unless it is said
		SessionsValidAfter:       time.Date(2026, 1, 30, 12, 0, 0, 0, time.UTC), NVIDIAAPIKey: "nvapi-generated",
		YouTubeAPIKey: "yt-generated", Host: "127.0.0.1", Port: 9001, LogLevel: slog.LevelDebug, LogFormat: config.LogGoogle,
		GoogleProject: "videos",
		CORSOrigins:   []string{"https://a.example", "http://localhost:3000"}, KeepAlive: 5 * time.Second, ShutdownTimeout: 25 * time.Second,
		Revision:        "abc",
		ModeratorEmails: []string{"ada@example.com", "grace@example.com"}, TrustModeratorEmails: true, DefaultRoles: []string{"viewer"},
		MetricsToken: "scrape-generated", SweepToken: "sweeps-generated",
	}
	if diff := cmp.Diff(protected(want), c); diff != "" {
		t.Error(diff)
	}
}

func TestOneBadSettingIsOneProblem(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ set, variable, fix string }{
		"token prefix":    {"ASTRA_DB_APPLICATION_TOKEN=canary", "ASTRA_DB_APPLICATION_TOKEN", "AstraCS:"},
		"token space":     {"ASTRA_DB_APPLICATION_TOKEN=AstraCS:a canary", "ASTRA_DB_APPLICATION_TOKEN", "without spaces"},
		"http endpoint":   {"ASTRA_DB_API_ENDPOINT=http://canary.example.com", "ASTRA_DB_API_ENDPOINT", "must be an https URL"},
		"endpoint path":   {"ASTRA_DB_API_ENDPOINT=https://canary.example.com/api/json", "ASTRA_DB_API_ENDPOINT", "host only"},
		"endpoint user":   {"ASTRA_DB_API_ENDPOINT=https://canary:x@example.com", "ASTRA_DB_API_ENDPOINT", "host only"},
		"no scheme":       {"ASTRA_DB_API_ENDPOINT=canary.example.com", "ASTRA_DB_API_ENDPOINT", "must be an https URL"},
		"other scheme":    {"ASTRA_DB_API_ENDPOINT=ftp://canary.example.com", "ASTRA_DB_API_ENDPOINT", "https://"},
		"keyspace":        {"ASTRA_DB_KEYSPACE=canary-1", "ASTRA_DB_KEYSPACE", "letter"},
		"two keyspaces":   {"ASTRA_DB_NAMESPACE=canary", "ASTRA_DB_NAMESPACE", "unset"},
		"weak key":        {"JWT_SECRET_KEY=canary", "JWT_SECRET_KEY", "openssl rand"},
		"weak old key":    {"JWT_SECRET_KEY_PREVIOUS=canary", "JWT_SECRET_KEY_PREVIOUS", "openssl rand"},
		"short token":     {"METRICS_TOKEN=canary", "METRICS_TOKEN", "openssl rand"},
		"placeholder":     {"SWEEP_TOKEN=<canary-of-openssl-rand-hex-32>", "SWEEP_TOKEN", "openssl rand"},
		"no time":         {"SESSIONS_VALID_AFTER=canary", "SESSIONS_VALID_AFTER", "2026-"},
		"old key's end":   {"JWT_SECRET_KEY_PREVIOUS=" + newKey(), "JWT_SECRET_KEY_PREVIOUS_ISSUED_UNTIL", "date -u"},
		"algorithm":       {"JWT_ALGORITHM=none", "JWT_ALGORITHM", "HS256"},
		"expiry":          {"JWT_EXPIRY_MINUTES=0", "JWT_EXPIRY_MINUTES", "1 to 1440"},
		"port":            {"PORT=canary", "PORT", "0 to 65535"},
		"level":           {"LOG_LEVEL=canary", "LOG_LEVEL", "DEBUG"},
		"log format":      {"LOG_FORMAT=canary", "LOG_FORMAT", "auto, json, google or text"},
		"origin":          {"CORS_ORIGINS=canary", "CORS_ORIGINS", "without a path"},
		"origin path":     {"CORS_ORIGINS=https://canary.example/app", "CORS_ORIGINS", "without a path"},
		"any and other":   {"CORS_ORIGINS=*,https://canary.example", "CORS_ORIGINS", "alone"},
		"keep alive":      {"KEEP_ALIVE_TIMEOUT_SECONDS=-1", "KEEP_ALIVE_TIMEOUT_SECONDS", "1 to 3600"},
		"no end":          {"SHUTDOWN_TIMEOUT_SECONDS=5", "SHUTDOWN_TIMEOUT_SECONDS", "more than SHUTDOWN_GRACE_SECONDS"},
		"a long end":      {"SHUTDOWN_TIMEOUT_SECONDS=601", "SHUTDOWN_TIMEOUT_SECONDS", "2 to 600"},
		"grace":           {"SHUTDOWN_GRACE_SECONDS=1.5", "SHUTDOWN_GRACE_SECONDS", "0 to 300"},
		"moderators":      {"MODERATOR_EMAILS=canary", "MODERATOR_EMAILS", "e-mail"},
		"moderator role":  {"DEFAULT_ROLES=moderator", "DEFAULT_ROLES", "by their e-mail"},
		"no such file":    {"NVIDIA_API_KEY_FILE=/canary/file", "NVIDIA_API_KEY_FILE", "cannot be opened"},
		"folder":          {"NVIDIA_API_KEY_FILE=/", "NVIDIA_API_KEY_FILE", "cannot be read"},
		"value and file":  {"JWT_SECRET_KEY_FILE=/canary/file", "JWT_SECRET_KEY", "unset one"},
		"read-only token": {"ASTRA_DB_READ_ONLY_TOKEN=canary", "ASTRA_DB_READ_ONLY_TOKEN", "AstraCS:"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := config.Load(nil, valid(test.set), "")
			var problems config.Problems
			if !errors.As(err, &problems) || len(problems) != 1 || problems[0].Variable != test.variable {
				t.Fatalf("got %v", err)
			}
			if !strings.Contains(problems[0].Fix, test.fix) {
				t.Errorf("the fix %q does not mention %q", problems[0].Fix, test.fix)
			}
			if strings.Contains(err.Error(), "canary") {
				t.Error("the message prints the value")
			}
		})
	}
}

// No token of a key lives longer than a day after its last signature.
func TestThePreviousKeyEndsWithinADay(t *testing.T) {
	t.Parallel()
	rotated := valid("JWT_SECRET_KEY_PREVIOUS="+newKey(), "JWT_SECRET_KEY_PREVIOUS_ISSUED_UNTIL=2026-01-31T12:00:00Z")
	for until, want := range map[string]bool{"2026-01-31T13:00:00Z": true, "2026-02-01T12:00:00Z": true, "2026-02-01T12:00:01Z": false,
		"soon": false} {
		_, err := config.Load(nil, append(rotated, "JWT_SECRET_KEY_PREVIOUS_VERIFIES_UNTIL="+until), "")
		if (err == nil) != want {
			t.Errorf("%s: %v", until, err)
		}
	}
}

func TestPlainHTTPIsForNeighboursOnly(t *testing.T) {
	t.Parallel()
	for _, host := range []string{"127.0.0.1:8181", "[::1]:8181", "localhost:8181", "astra"} {
		if c := load(t, nil, valid("ASTRA_DB_API_ENDPOINT=http://"+host)); c.AstraEndpoint != "http://"+host {
			t.Errorf("%s became %s", host, c.AstraEndpoint)
		}
	}
	if _, err := config.Load(nil, valid("ASTRA_DB_API_ENDPOINT=http://10.0.0.1"), ""); err == nil {
		t.Error("a private address was taken")
	}
}

func TestAllProblemsAtOnceAndNoValue(t *testing.T) {
	t.Parallel()
	environ := []string{
		"ASTRA_DB_APPLICATION_TOKEN=canary-token", "JWT_SECRET_KEY=canary-key", "PORT=canary-port", "LOG_LEVEL=canary-level",
		"NVIDIA_API_KEY=canary-nvidia", "CORS_ORIGINS=canary-origin", "ASTRA_DB_API_ENDPOINT=http://canary.host.example",
	}
	_, err := config.Load(nil, environ, "")
	if err == nil {
		t.Fatal("taken")
	}
	for _, variable := range []string{
		"ASTRA_DB_APPLICATION_TOKEN", "ASTRA_DB_API_ENDPOINT", "ASTRA_DB_KEYSPACE", "JWT_SECRET_KEY", "PORT", "LOG_LEVEL", "CORS_ORIGINS",
	} {
		if !strings.Contains(err.Error(), "\n  "+variable+": ") {
			t.Errorf("%s is not in %s", variable, err)
		}
	}
	if strings.Contains(err.Error(), "canary") {
		t.Errorf("a value is in %s", err)
	}
}

func TestNamesOfOtherBackEndsAreRecognised(t *testing.T) {
	t.Parallel()
	environ := valid("SECRET_KEY=canary")
	environ[3] = "JWT_SECRET_KEY="
	_, err := config.Load(nil, environ, "")
	if err == nil || !strings.Contains(err.Error(), "SECRET_KEY is; rename it") || strings.Contains(err.Error(), "canary") {
		t.Errorf("got %v", err)
	}
	environ = valid("ASTRA_DB_NAMESPACE=older")
	environ[2] = "UNRELATED=1"
	if c := load(t, nil, environ); c.AstraKeyspace != "older" {
		t.Errorf("keyspace %q", c.AstraKeyspace)
	}
}

func TestKeysMustDiffer(t *testing.T) {
	t.Parallel()
	key := newKey()
	environ := valid("JWT_SECRET_KEY_PREVIOUS=" + key)
	environ[3] = "JWT_SECRET_KEY=" + key
	if _, err := config.Load(nil, environ, ""); err == nil || !strings.Contains(err.Error(), "same as") {
		t.Errorf("got %v", err)
	}
}

func TestSecretsFromFiles(t *testing.T) {
	t.Parallel()
	path, empty := filepath.Join(t.TempDir(), "key"), filepath.Join(t.TempDir(), "empty")
	key := newKey()
	for name, content := range map[string]string{path: key + "\n", empty: " \n"} {
		if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	environ := valid("JWT_SECRET_KEY_FILE=" + empty)
	environ[3] = "UNRELATED=1"
	if c := load(t, []string{"-jwt-secret-key-file", path}, environ); c.JWTKey.Reveal() != key {
		t.Error("the flag's file was not read, or not trimmed")
	}
	if _, err := config.Load(nil, environ, ""); err == nil || !strings.Contains(err.Error(), "empty file") {
		t.Errorf("got %v", err)
	}
}

func TestDotenv(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), ".env")
	write := func(content string) {
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("PORT=9100\nREVISION=\"from file\" # note\nUNKNOWN=1\n")
	command, err := config.Load(nil, valid("PORT=9200"), path)
	if err != nil || command.Config.Port != 9200 || command.Config.Revision != "from file" {
		t.Errorf("%v %+v", err, command.Config)
	}
	write("canary line without an equals sign\n")
	if _, err := config.Load(nil, valid(), path); err == nil || !strings.Contains(err.Error(), ".env: line 1 is not NAME=value") ||
		strings.Contains(err.Error(), "canary") {
		t.Errorf("got %v", err)
	}
	if _, err := config.Load(nil, valid(), path+".absent"); err != nil {
		t.Errorf("absent: %v", err)
	}
}

func TestNothingPrintsASecret(t *testing.T) {
	t.Parallel()
	environ := valid("ASTRA_DB_READ_ONLY_TOKEN="+readToken, "NVIDIA_API_KEY=canary-nvidia", "YOUTUBE_API_KEY=canary-yt",
		"METRICS_TOKEN=canary-of-scrapes", "SWEEP_TOKEN=canary-of-sweeps")
	c := load(t, nil, environ)
	var log strings.Builder
	slog.New(slog.NewJSONHandler(&log, nil)).Info("start", "config", c, "key", c.JWTKey)
	text, _ := c.JWTKey.MarshalText()
	out := log.String() + string(text)
	for _, verb := range []string{"%v", "%+v", "%#v", "%x", "%s", "%q"} {
		out += fmt.Sprintf(verb, c) + fmt.Sprintf(verb, c.JWTKey)
	}
	for _, secret := range []string{c.JWTKey.Reveal(), token, "canary", fmt.Sprintf("%x", c.JWTKey.Reveal())} {
		if strings.Contains(out, secret) {
			t.Errorf("a secret is in %s", out)
		}
	}
	if !strings.Contains(log.String(), `"jwt_secret_key":"***"`) || !strings.Contains(log.String(), `"jwt_secret_key_previous":"unset"`) {
		t.Errorf("the log does not say what is set: %s", log.String())
	}
}

func TestDocsAreOnOrOff(t *testing.T) {
	t.Parallel()
	for value, want := range map[string]bool{"": true, "on": true, "OFF": false} {
		if c := load(t, nil, valid("DOCS="+value)); c.Docs != want {
			t.Errorf("DOCS=%s gives %v", value, c.Docs)
		}
	}
	if _, err := config.Load(nil, valid("DOCS=no"), ""); err == nil || !strings.Contains(err.Error(), "DOCS: must be on or off") {
		t.Errorf("got %v", err)
	}
}

// A start reads some forty settings from one table; its rules compile no pattern
// that no value is compared with.
func TestLoadBuildsTheTableOnce(t *testing.T) {
	allocations := testing.AllocsPerRun(5, func() {
		if _, err := config.Load(nil, valid(), ""); err != nil {
			t.Error(err)
		}
	})
	if allocations > 3000 {
		t.Errorf("%.0f allocations", allocations)
	}
}
