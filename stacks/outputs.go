package stacks

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/killrvideo/killrvideo-go/infra/caller"
	"github.com/killrvideo/killrvideo-go/infra/credentials"
	"github.com/killrvideo/killrvideo-go/infra/gate"
	"github.com/killrvideo/killrvideo-go/infra/platform"
	"github.com/killrvideo/killrvideo-go/infra/provider/resource"
)

// export writes the stack's outputs. The codes of moderators are the one secret
// among them: they are for people to hand over.
func export(
	ctx *pulumi.Context, cfg *Config, running *platform.Deployment, endpoint pulumi.StringInput,
	creds *credentials.Credentials, proved *gate.Gate, last credentials.Proved,
) {
	ctx.Export("target", pulumi.String(cfg.Target))
	ctx.Export("environment", pulumi.String(cfg.Environment))
	// The address and the revision come from the proof: an output is only
	// there once that revision has answered under that address.
	ctx.Export("url", proved.URL)
	ctx.Export("docs", pulumi.Sprintf("%s/docs", proved.URL))
	ctx.Export("revision", proved.Revision)
	ctx.Export("astraEndpoint", endpoint)
	ctx.Export("astraTokenClientId", creds.Token.ClientID)
	ctx.Export("astraReadOnlyTokenClientId", creds.ReadOnly.ClientID)
	ctx.Export("jwtKeyId", creds.Key.KeyID)
	ctx.Export("jwtPreviousKeyId", creds.Key.PreviousKeyID)
	ctx.Export("jwtPreviousKeyExpiresAt", creds.Key.PreviousExpiresAt)
	ctx.Export("jwtKeyFingerprint", creds.Key.Fingerprint)
	ctx.Export("jwtKeyProvedAt", firstProved(creds.Key, proved, last))
	ctx.Export("rotateJwtKey", pulumi.String(caller.Pulumi("config set --secret jwtSecretKey --stack "+cfg.Stack)))
	ctx.Export("rotateAstraToken", pulumi.String(caller.Pulumi("config set astraTokenGeneration N --stack "+cfg.Stack)))
	if creds.Moderators != nil {
		ctx.Export("moderatorCodes", pulumi.ToSecret(creds.Moderators.Codes))
		ctx.Export("showModeratorCodes", pulumi.String(caller.Pulumi("stack output moderatorCodes --show-secrets --stack "+cfg.Stack)))
	}
	if len(running.EgressAddresses) > 0 {
		ctx.Export("egressAddresses", running.EgressAddresses)
	}
	if running.DNSRecords != nil {
		ctx.Export("dnsRecords", running.DNSRecords)
	}
	if running.WebURL != nil {
		ctx.Export("web", running.WebURL)
	}
	if running.LogFile != nil {
		ctx.Export("logs", running.LogFile)
	}
}

// firstProved is when the key that serves was proved for the first time. The
// gate says when the revision was, and a key outlives revisions.
func firstProved(key *resource.SigningKey, proved *gate.Gate, last credentials.Proved) pulumi.StringOutput {
	return pulumi.All(key.Fingerprint, proved.ProvedAt).ApplyT(func(known []any) string {
		if last.KeyAt != "" && known[0] == last.KeyFingerprint {
			return last.KeyAt
		}
		return known[1].(string)
	}).(pulumi.StringOutput)
}
