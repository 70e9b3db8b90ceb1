// Package stacks is the Pulumi program: it reads a stack's settings once, makes
// its credentials, deploys the service to the chosen target and proves that it
// serves. No cloud SDK may enter here; each target's main package brings its own.
package stacks

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/killrvideo/killrvideo-go/infra/caller"
	"github.com/killrvideo/killrvideo-go/infra/credentials"
	"github.com/killrvideo/killrvideo-go/infra/gate"
	"github.com/killrvideo/killrvideo-go/infra/platform"
	"github.com/killrvideo/killrvideo-go/infra/policy"
)

// Builder makes a target from a stack's settings; each target's main package
// has one.
type Builder func(source Source, cfg *Config) (platform.Platform, error)

// StackContext is what the caller of the program knows and the program cannot find out.
type StackContext struct {
	// Keys are the full names of all settings that the stack has.
	Keys []string
	// Peers are the other stacks.
	Peers []credentials.Peer
	// NotReady is told when the deployed service is not ready at the end of an
	// up, which fails then. Without it nothing asks: a plan has no service.
	NotReady func(error)
	// Proved is what the stack's last proved revision is known by.
	Proved credentials.Proved
	// Outputs are those of the stack's last successful update.
	Outputs map[string]any
	// RollsBackTo is the earlier revision whose image and settings are deployed
	// again, "" if none is.
	RollsBackTo string
	// Online tells that what the stack is deployed to may be asked about itself.
	Online bool
}

// Program is the whole deployment of one stack; each step is one call.
func Program(ctx *pulumi.Context, name string, build Builder, stack StackContext) error {
	cfg, target, err := readWith(listing{ctx, stack.Keys}, name, build, stack.Online)
	if err != nil {
		return err
	}
	if err := prepare(ctx, cfg, stack.Peers); err != nil {
		return err
	}
	astra, err := target.Astra(ctx, account(ctx, cfg))
	if err != nil {
		return err
	}
	list, err := accessList(ctx, cfg, astra)
	if err != nil {
		return err
	}
	wanted := credentialArgs(ctx, cfg, target, astra, stack)
	wanted.After = list.Entries()
	creds, err := credentials.New(ctx, "credentials-"+cfg.Stack, wanted)
	if err != nil {
		return err
	}
	described, err := describe(ctx, cfg, target, astra, creds)
	if err != nil {
		return err
	}
	described.AllowAddress = allowAddress(ctx, list)
	running, err := target.Deploy(ctx, described)
	if err != nil {
		return join(cfg.Stack, nil, err) // what only the account or the state shows to be wrong
	}
	proved, err := gate.New(ctx, "gate-"+cfg.Stack, gateArgs(cfg, running, creds))
	if err != nil {
		return err
	}
	enforced, err := list.Enforce(ctx, proved.Proved)
	if err != nil {
		return err
	}
	confirm(ctx, cfg, running.TrafficFix, proved, enforced, stack.NotReady)
	remember(ctx, stack, running.Image, creds, proved)
	export(ctx, cfg, running, astra.DataAPIEndpoint, creds, proved, stack.Proved)
	return nil
}

// prepare does what has to come before the first resource: checks that need the
// other stacks, aliases of former names, and the policy that holds every resource.
func prepare(ctx *pulumi.Context, cfg *Config, peers []credentials.Peer) error {
	for _, step := range []func() error{
		func() error { return ownSigningKey(ctx, peers) },
		func() error { return ownEnvironment(cfg, peers) },
		func() error { return warnTrustedModerators(ctx, cfg) },
		func() error { return aliasFormerNames(ctx, cfg) },
		func() error { return policy.Enforce(ctx, cfg.Waivers) },
	} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// Read gives the settings and the target that they describe. All problems of
// both are reported at once, as *Problems.
func Read(source Source, name string, build Builder) (*Config, platform.Platform, error) {
	return readWith(source, name, build, false)
}

func readWith(source Source, name string, build Builder, online bool) (*Config, platform.Platform, error) {
	cfg, err := Load(source)
	cfg.Online = online
	if cfg.Target != name {
		if err != nil {
			return cfg, nil, err
		}
		return cfg, nil, fmt.Errorf("the stack's target is %q, but this is the program of target %q", cfg.Target, name)
	}
	target, own := build(source, cfg)
	if err == nil && own == nil && target != nil {
		own = keepsConnections(cfg, target.Times())
	}
	return cfg, target, join(source.Stack(), err, own)
}

func account(ctx *pulumi.Context, cfg *Config) credentials.Account {
	return credentials.Account{
		DatabaseID: unlessEmpty(cfg.AstraDatabaseID),
		Region:     pulumi.String(cfg.AstraRegion),
		Keyspace:   pulumi.String(cfg.Keyspace),

		DataAPIEndpoint: unlessEmpty(cfg.AstraDataAPIEndpoint),
		DevopsEndpoint:  unlessEmpty(cfg.AstraDevopsEndpoint),
		DeployToken:     secretSetting(ctx, "astraDeployToken", cfg.Has("astraDeployToken")),
	}
}

// buildSeconds is how long building and pushing an image may take after the
// signing key was made.
const buildSeconds = 900

// rolloutSeconds is how long after a new signing key is made instances may sign
// with the one before. What takes longer fails, and no old instance signs after
// the proof.
func rolloutSeconds(cfg *Config, target platform.Platform) int {
	limit := target.RolloutSeconds() + cfg.GateTimeoutSeconds
	if cfg.Image == "" && cfg.Target != "local" {
		limit += buildSeconds
	}
	return limit
}

func credentialArgs(
	ctx *pulumi.Context, cfg *Config, target platform.Platform, astra *credentials.Astra, stack StackContext,
) *credentials.Args {
	return &credentials.Args{
		Astra:                astra,
		Name:                 appName,
		Title:                appTitle,
		Stack:                cfg.Stack,
		TokenGeneration:      cfg.AstraTokenGeneration,
		KeyGeneration:        cfg.JWTKeyGeneration,
		KeyLeakGeneration:    cfg.JWTKeyLeakGeneration,
		GivenToken:           secretSetting(ctx, "astraToken", cfg.Has("astraToken")),
		GivenReadOnlyToken:   secretSetting(ctx, "astraReadOnlyToken", cfg.Has("astraReadOnlyToken")),
		GivenKey:             secretSetting(ctx, "jwtSecretKey", cfg.Has("jwtSecretKey")),
		AllowBroadToken:      cfg.AllowBroadAstraToken,
		TokenLifetimeSeconds: cfg.JWTExpiryMinutes * 60,
		RolloutSeconds:       rolloutSeconds(cfg, target),
		Protect:              target.Protected(),
		Proved:               stack.Proved,
		Moderators:           cfg.moderatorsWithCode(),
		ModeratorsGeneration: cfg.ModeratorCodesGeneration,
		Tables:               tables(),
		Peers:                stack.Peers,
		SharedKeyFix: "make another with: " + caller.Here("config set jwtKeyGeneration N") +
			" (any number not used yet), or set another jwtSecretKey",
	}
}

func gateArgs(cfg *Config, running *platform.Deployment, creds *credentials.Credentials) *gate.Args {
	args := &gate.Args{
		Deployment: running, TimeoutSeconds: cfg.GateTimeoutSeconds, Credentials: creds.Resources(), KeyFingerprint: creds.Key.Fingerprint,
	}
	if cfg.Gate == "off" {
		args.Off = cfg.GateReason
	}
	return args
}

// unlessEmpty is an input that is absent if there is no text.
func unlessEmpty(text string) pulumi.StringInput {
	if text == "" {
		return nil
	}
	return pulumi.String(text)
}

// secretSetting is a secret of the stack, nil when it is not set.
func secretSetting(ctx *pulumi.Context, key string, set bool) pulumi.StringInput {
	if !set {
		return nil
	}
	value, _ := ctx.GetConfig(Namespace + ":" + key)
	return pulumi.ToSecret(pulumi.String(value)).(pulumi.StringOutput)
}
