package stacks

import (
	"fmt"
	"strings"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/killrvideo/killrvideo-go/infra/credentials"
	"github.com/killrvideo/killrvideo-go/infra/provider/resource"
)

// Proved reads from the stack's own state what its last proved revision is
// known by. The stack's outputs change only when an update succeeded, and the
// gate of a cloud is replaced only when a revision was proved that serves there
// already: both tell of what serves while an update is under way or has failed.
// Before the first success it says so. No resource is made for it.
func Proved(ctx *pulumi.Context) (credentials.Proved, error) {
	name := fmt.Sprintf("%s/%s/%s", ctx.Organization(), ctx.Project(), ctx.Stack())
	var last struct {
		Outputs map[string]any `pulumi:"outputs"`
	}
	if err := read(ctx, "pulumi:pulumi:readStackOutputs", &struct {
		Name string `pulumi:"name"`
	}{name}, &last); err != nil {
		return credentials.Proved{}, err
	}
	if len(last.Outputs) == 0 {
		return credentials.Proved{KeyFingerprint: credentials.NoneProved}, nil
	}
	var all struct {
		Resources map[string]struct {
			Type    string         `pulumi:"type"`
			Outputs map[string]any `pulumi:"outputs"`
		} `pulumi:"outputs"`
	}
	if err := read(ctx, "pulumi:pulumi:readStackResourceOutputs", &struct {
		Name string `pulumi:"stackName"`
	}{name}, &all); err != nil {
		return credentials.Proved{}, err
	}
	proved := credentials.Proved{
		Environment:    word(last.Outputs, "environment"),
		KeyFingerprint: word(last.Outputs, "jwtKeyFingerprint"), KeyAt: word(last.Outputs, "jwtKeyProvedAt"),
	}
	for _, one := range all.Resources {
		key := word(one.Outputs, "keyFingerprint")
		if one.Type == resource.GateType && key != "" && key != proved.KeyFingerprint {
			// The update that proved this key failed later.
			proved.KeyFingerprint, proved.KeyAt = key, word(one.Outputs, "provedAt")
		}
	}
	return proved, nil
}

func word(outputs map[string]any, name string) string {
	text, _ := outputs[name].(string)
	return text
}

// The engine saves the state while the program begins, and a file backend is read
// half-written then: another look a moment later finds it whole.
const (
	readAttempts = 20
	readPause    = 100 * time.Millisecond
)

// read asks the engine. That some of the answer is secret is no error: nothing
// secret is used.
func read(ctx *pulumi.Context, function string, args, result any) (err error) {
	for range readAttempts {
		if _, err = ctx.InvokePackageRaw(function, args, result, ""); err == nil {
			return nil
		}
		select {
		case <-time.After(readPause):
		case <-ctx.Context().Done():
			return ctx.Context().Err()
		}
	}
	what := strings.TrimPrefix(function, "pulumi:pulumi:read")
	return fmt.Errorf("read %s of the last update, to know which signing key serves: %w", what, err)
}
