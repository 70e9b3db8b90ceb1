package stacks

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/killrvideo/killrvideo-go/infra/credentials"
	"github.com/killrvideo/killrvideo-go/infra/gate"
	"github.com/killrvideo/killrvideo-go/infra/operate"
)

// keptByRollback are the settings that a roll-back leaves as they are: they choose the
// credentials, where the stack is, and what its image is, which is noted as the
// digest that it became.
var keptByRollback = map[string]bool{
	"target": true, "environment": true, "image": true,
	"astraDatabaseId": true, "astraRegion": true, "astraDataApiEndpoint": true, "astraDevopsEndpoint": true, "astraEndpointReason": true,
	"astraTokenGeneration": true, "allowBroadAstraToken": true,
	"jwtKeyGeneration": true, "jwtKeyLeakGeneration": true, "moderatorCodesGeneration": true,
}

// KeptByRollback tells whether a roll-back leaves a setting as it is.
func KeptByRollback(key string) bool { return keptByRollback[key] }

// plainSettings are the settings that are no secrets, by their key. A group
// with a secret in it is left out as a whole.
func plainSettings(source Source) map[string]string {
	plain := map[string]string{}
	for _, key := range Keys() {
		full := Namespace + ":" + key.Name
		value, set := source.GetConfig(full)
		if set && value != "" && value != "{}" && !key.Secret && !source.IsConfigSecret(full) {
			plain[key.Name] = value
		}
	}
	return plain
}

// remember notes in the stack's own history which revision was proved, and
// which credentials are others than those of the last update.
func remember(ctx *pulumi.Context, stack StackContext, image pulumi.StringOutput, creds *credentials.Credentials, proved *gate.Gate) {
	settings, before := plainSettings(ctx), operate.HistoryIn(stack.Outputs)
	ctx.Export(operate.HistoryOutput, pulumi.All(
		proved.Revision, proved.ProvedAt, image, creds.Token.ClientID, creds.ReadOnly.ClientID, creds.Key.KeyID, creds.Key.Fingerprint,
	).ApplyT(func(known []any) map[string]any {
		at := func(i int) string { text, _ := known[i].(string); return text }
		history := before
		if at(1) != "" { // else the gate is off
			history = before.Proved(operate.Revision{Revision: at(0), ProvedAt: at(1), Image: at(2), Settings: settings}, stack.RollsBackTo)
		}
		for _, of := range []struct{ what, output, to, fingerprint string }{
			{"astraToken", "astraTokenClientId", at(3), ""},
			{"astraReadOnlyToken", "astraReadOnlyTokenClientId", at(4), ""},
			{"jwtSecretKey", "jwtKeyId", at(5), at(6)},
		} {
			history = history.Rotated(operate.Rotation{
				At: at(1), What: of.what, From: word(stack.Outputs, of.output), To: of.to, Fingerprint: of.fingerprint,
			})
		}
		return history.Output()
	}))
}
