package stacks

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/killrvideo/killrvideo-go/infra/credentials"
	"github.com/killrvideo/killrvideo-go/infra/platform"
	"github.com/killrvideo/killrvideo-go/infra/provider/resource"
)

// Proved reads from the stack's own state what its last proved revision is
// known by, and the outputs of its last successful update. The stack's outputs
// change only when an update succeeded. What has the key of a cloud, the gate or
// the traffic, changes only when a revision was proved that serves there already.
// Both tell of what serves while an update is under way or has failed. Before the
// first success it says so. No resource is made for it.
func Proved(ctx *pulumi.Context) (credentials.Proved, map[string]any, error) {
	last, resources, err := platform.LastUpdate(ctx)
	if err != nil {
		return credentials.Proved{}, nil, fmt.Errorf("find out which signing key serves: %w", err)
	}
	if len(last) == 0 {
		return credentials.Proved{KeyFingerprint: credentials.NoneProved}, nil, nil
	}
	proved := credentials.Proved{
		Environment:    word(last, "environment"),
		KeyFingerprint: word(last, "jwtKeyFingerprint"), KeyAt: word(last, "jwtKeyProvedAt"),
	}
	for _, one := range resources {
		key, kind := word(one.Outputs, "keyFingerprint"), CurrentType(one.Type)
		if (kind == resource.GateType || kind == resource.CloudRunTrafficType) && key != "" && key != proved.KeyFingerprint {
			// The update that proved this key failed later.
			proved.KeyFingerprint, proved.KeyAt = key, word(one.Outputs, "provedAt")
		}
	}
	return proved, last, nil
}

func word(outputs map[string]any, name string) string {
	text, _ := outputs[name].(string)
	return text
}
