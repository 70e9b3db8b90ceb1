package stacks

import (
	"fmt"
	"maps"
	"strconv"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/killrvideo/killrvideo-go/infra/app"
	"github.com/killrvideo/killrvideo-go/infra/credentials"
	"github.com/killrvideo/killrvideo-go/infra/gate"
	"github.com/killrvideo/killrvideo-go/infra/provider/resource"
	"github.com/killrvideo/killrvideo-go/infra/secret"
	"github.com/killrvideo/killrvideo-go/infra/target"
)

// Builder makes a target from a stack's settings; each target's main package
// has one.
type Builder func(source Source, cfg *Config) (target.Target, error)

// Seen is what whoever starts the program sees and the program cannot.
type Seen struct {
	// Keys are the full names of all settings that the stack has.
	Keys []string
	// Peers are the other stacks.
	Peers []credentials.Peer
	// NotReady is told when the deployed service is not ready at the end of an
	// up, which fails then. Without it nothing asks: a plan has no service.
	NotReady func(error)
	// Proved is what the stack's own last proved revision is known by.
	Proved credentials.Proved
	// Online tells that what the stack is deployed to may be asked about itself.
	Online bool
}

// Program is the whole deployment of one stack; each line is one call into
// one room.
func Program(ctx *pulumi.Context, name string, build Builder, seen Seen) error {
	cfg, place, err := readWith(listing{ctx, seen.Keys}, name, build, seen.Online)
	if err != nil {
		return err
	}
	if err := ownSigningKey(ctx, seen.Peers); err != nil {
		return err
	}
	if err := warnTrustedModerators(ctx, cfg); err != nil {
		return err
	}
	if err := ownEnvironment(cfg, seen.Peers); err != nil {
		return err
	}
	if err := keepNamesOfEnvironment(ctx, cfg); err != nil {
		return err
	}
	astra, err := place.Astra(ctx, account(ctx, cfg))
	if err != nil {
		return err
	}
	creds, err := credentials.New(ctx, credentialArgs(ctx, cfg, place, astra, seen))
	if err != nil {
		return err
	}
	image, err := place.Image(ctx, cfg.Image)
	if err != nil {
		return err
	}
	described, err := describe(ctx, cfg, astra, creds)
	if err != nil {
		return err
	}
	running, err := place.Deploy(ctx, described, image)
	if err != nil {
		return err
	}
	proved, err := gate.New(ctx, gate.Args{
		Stack: cfg.Stack, Running: running,
		Mode: cfg.Gate, Reason: cfg.GateReason, TimeoutSeconds: cfg.GateTimeoutSeconds,
		Credentials: []pulumi.Resource{creds.Token, creds.ReadOnly, creds.Key}, KeyFingerprint: creds.Key.Fingerprint,
	})
	if err != nil {
		return err
	}
	if err := gate.Drain(ctx, cfg.Stack, running, place.Times().Drain(), proved); err != nil {
		return err
	}
	confirm(ctx, cfg, running.Elsewhere, proved, seen.NotReady)
	export(ctx, cfg, running, astra.DataAPIEndpoint, creds, proved, seen.Proved)
	return nil
}

// Read gives the settings and the target that they describe. All problems of
// both are reported at once, as *Problems.
func Read(source Source, name string, build Builder) (*Config, target.Target, error) {
	return readWith(source, name, build, false)
}

func readWith(source Source, name string, build Builder, online bool) (*Config, target.Target, error) {
	cfg, err := Load(source)
	cfg.Online = online
	if cfg.Target != name {
		if err != nil {
			return cfg, nil, err
		}
		return cfg, nil, fmt.Errorf("the stack's target is %q, but this is the program of target %q", cfg.Target, name)
	}
	place, own := build(source, cfg)
	return cfg, place, together(source.Stack(), err, own)
}

func account(ctx *pulumi.Context, cfg *Config) credentials.Account {
	return credentials.Account{
		DatabaseID: cfg.AstraDatabaseID,
		Region:     cfg.AstraRegion,
		Keyspace:   cfg.Keyspace,

		DataAPIEndpoint: cfg.AstraDataAPIEndpoint,
		DevopsEndpoint:  cfg.AstraDevopsEndpoint,
		DeployToken:     secretSetting(ctx, "astraDeployToken", cfg.HasDeployToken),
	}
}

// buildSeconds is how long building and pushing an image may take after the
// signing key was made.
const buildSeconds = 900

// rolloutSeconds is how long after a new signing key is made instances may sign
// with the one before. What takes longer fails, and no old instance signs after
// the proof.
func rolloutSeconds(cfg *Config, place target.Target) int {
	limit := place.RolloutSeconds() + cfg.GateTimeoutSeconds
	if cfg.Image == "" && cfg.Target != "local" {
		limit += buildSeconds
	}
	return limit
}

func credentialArgs(ctx *pulumi.Context, cfg *Config, place target.Target, astra *credentials.Astra, seen Seen) credentials.Args {
	return credentials.Args{
		Astra:                astra,
		Stack:                cfg.Stack,
		TokenGeneration:      cfg.AstraTokenGeneration,
		KeyGeneration:        cfg.JWTKeyGeneration,
		KeyLeakGeneration:    cfg.JWTKeyLeakGeneration,
		GivenToken:           secretSetting(ctx, "astraToken", cfg.HasAstraToken),
		GivenReadOnlyToken:   secretSetting(ctx, "astraReadOnlyToken", cfg.HasReadOnlyToken),
		GivenKey:             secretSetting(ctx, "jwtSecretKey", cfg.HasJWTKey),
		AllowBroadToken:      cfg.AllowBroadAstraToken,
		TokenLifetimeSeconds: cfg.JWTExpiryMinutes * 60,
		RolloutSeconds:       rolloutSeconds(cfg, place),
		Protect:              place.Protected(),
		Proved:               seen.Proved,
		Moderators:           cfg.provedModerators(),
		ModeratorsGeneration: cfg.ModeratorCodesGeneration,
		Tables:               tables(),
		Peers:                seen.Peers,
	}
}

// secretSetting is a secret of the stack, nil when it is not set.
func secretSetting(ctx *pulumi.Context, key string, set bool) pulumi.StringInput {
	if !set {
		return nil
	}
	value, _ := ctx.GetConfig(Namespace + ":" + key)
	return pulumi.ToSecret(pulumi.String(value)).(pulumi.StringOutput)
}

// describe says what runs: the settings of the service's own guide.
func describe(ctx *pulumi.Context, cfg *Config, astra *credentials.Astra, creds *credentials.Credentials) (app.App, error) {
	secrets := []secret.Secret{
		secret.New("ASTRA_DB_APPLICATION_TOKEN", creds.Token.Token),
		secret.New("ASTRA_DB_READ_ONLY_TOKEN", creds.ReadOnly.Token),
		secret.New("JWT_SECRET_KEY", creds.Key.Current),
		secret.New("JWT_SECRET_KEY_PREVIOUS", creds.Key.Previous),
	}
	if creds.Moderators != nil {
		secrets = append(secrets, secret.New("MODERATOR_CODES", creds.Moderators.Codes))
	}
	for _, given := range []struct {
		variable, key string
		set           bool
	}{
		{"NVIDIA_API_KEY", "nvidiaApiKey", cfg.HasNvidiaKey},
		{"YOUTUBE_API_KEY", "youtubeApiKey", cfg.HasYouTubeKey},
		{"METRICS_TOKEN", "metricsToken", cfg.HasMetricsToken},
		{"OTEL_EXPORTER_OTLP_HEADERS", "otlpHeaders", cfg.HasOTLPHeaders},
	} {
		if given.set {
			secrets = append(secrets, secret.New(given.variable, secretSetting(ctx, given.key, true)))
		}
	}
	if cfg.makesMetricsToken() {
		token, err := resource.NewRandom(ctx, "metrics-"+cfg.Stack, &resource.RandomArgs{})
		if err != nil {
			return app.App{}, fmt.Errorf("the token for /metrics: %w", err)
		}
		secrets = append(secrets, secret.New("METRICS_TOKEN", token.Value))
		ctx.Export("metricsToken", pulumi.ToSecret(token.Value))
	}
	return app.App{
		Name:        "killrvideo",
		Environment: cfg.Environment,
		Settings:    settings(cfg, astra),
		Derived: map[string]pulumi.StringOutput{
			"JWT_SECRET_KEY_PREVIOUS_ISSUED_UNTIL":   creds.Key.PreviousIssuedUntil,
			"JWT_SECRET_KEY_PREVIOUS_VERIFIES_UNTIL": creds.Key.PreviousExpiresAt,
			"SESSIONS_VALID_AFTER":                   creds.Key.SessionsValidAfter,
		},
		Secrets: secrets,
		Calls:   append(cfg.Service.calls(), portsOf(cfg.AstraDataAPIEndpoint)...),
		Probes:  app.DefaultProbes(),
		Scale:   cfg.Scale,
	}, nil
}

// settings are the plain variables: those of the group `service`, and those
// that a stack decides.
func settings(cfg *Config, astra *credentials.Astra) map[string]string {
	all := cfg.Service.settings()
	if cfg.Redeploy > 0 {
		all["REDEPLOY"] = strconv.Itoa(cfg.Redeploy)
	}
	maps.Copy(all, map[string]string{
		"ASTRA_DB_API_ENDPOINT": astra.DataAPIEndpoint,
		"ASTRA_DB_KEYSPACE":     astra.Keyspace,
		"JWT_ALGORITHM":         "HS256",
		"JWT_EXPIRY_MINUTES":    strconv.Itoa(cfg.JWTExpiryMinutes),
		"LOG_LEVEL":             cfg.LogLevel,
		"CORS_ORIGINS":          cfg.CORSOrigins,
		"MODERATOR_EMAILS":      cfg.ModeratorEmails,
		"DEFAULT_ROLES":         cfg.DefaultRoles,
	})
	if cfg.trustsModeratorEmails() {
		all["MODERATOR_PROOF"] = "none"
	}
	return all
}
