package credentials

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/killrvideo/killrvideo-go/infra/provider/keyid"
	"github.com/killrvideo/killrvideo-go/infra/provider/resource"
)

// Peer is another stack, known by its environment and by the fingerprint of its
// signing key; the key itself stays in its stack.
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
// the key waits for that. A generated one is a peer's only when a stack's state
// was copied, which no setting shows.
func ownKey(key *resource.SigningKey, args *Args) pulumi.StringOutput {
	if len(args.Peers) == 0 {
		return key.Current
	}
	return pulumi.All(key.Current, key.Fingerprint).ApplyT(func(known []any) (string, error) {
		if other := holder(known[1].(string), args.Peers); other != "" {
			return "", fmt.Errorf("the signing key is the one of stack %s, so each would accept the other's tokens; %s", other, args.SharedKeyFix)
		}
		return known[0].(string), nil
	}).(pulumi.StringOutput)
}
