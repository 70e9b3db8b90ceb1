package credentials

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/killrvideo/killrvideo-go/infra/caller"
	"github.com/killrvideo/killrvideo-go/infra/provider/keyid"
	"github.com/killrvideo/killrvideo-go/infra/provider/resource"
)

// Peer is another stack, known by its environment and by the fingerprint of its
// signing key; the key itself never leaves its stack.
type Peer struct{ Stack, Environment, Fingerprint string }

// HolderOf names the peer that signs with the same key, "" if none does. A
// shared key would make one environment's tokens valid in the other.
func HolderOf(key string, peers []Peer) string { return holder(keyid.Fingerprint(key), peers) }

func holder(fingerprint string, peers []Peer) string {
	for _, peer := range peers {
		if peer.Fingerprint == fingerprint && fingerprint != "" {
			return peer.Stack
		}
	}
	return ""
}

// ownKey is the key in use, once it is known to be no peer's. Whatever needs
// the key waits for that. A generated one is only ever a peer's when somebody
// copied a stack's state, which no setting shows.
func ownKey(key *resource.SigningKey, peers []Peer) pulumi.StringOutput {
	if len(peers) == 0 {
		return key.Current
	}
	return pulumi.All(key.Current, key.Fingerprint).ApplyT(func(known []any) (string, error) {
		if other := holder(known[1].(string), peers); other != "" {
			return "", fmt.Errorf("the JWT signing key is the one of stack %s, so each would accept the other's tokens; "+
				"make another with: %s (any number not used yet), or set another jwtSecretKey", other, caller.Here("config set jwtKeyGeneration N"))
		}
		return known[0].(string), nil
	}).(pulumi.StringOutput)
}
