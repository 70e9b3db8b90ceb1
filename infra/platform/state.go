package platform

import (
	"fmt"
	"strings"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Recorded is a resource as the stack's last update has left it.
type Recorded struct {
	Type    string         `pulumi:"type"`
	Outputs map[string]any `pulumi:"outputs"`
}

// LastUpdate reads what the stack's own last update has left: the outputs of its
// last successful one and, by URN, its resources, none before the first success.
// No resource is made for it.
func LastUpdate(ctx *pulumi.Context) (outputs map[string]any, resources map[string]Recorded, err error) {
	name := fmt.Sprintf("%s/%s/%s", ctx.Organization(), ctx.Project(), ctx.Stack())
	var last struct {
		Outputs map[string]any `pulumi:"outputs"`
	}
	if err := read(ctx, "pulumi:pulumi:readStackOutputs", &struct {
		Name string `pulumi:"name"`
	}{name}, &last); err != nil || len(last.Outputs) == 0 {
		return nil, nil, err
	}
	var all struct {
		Resources map[string]Recorded `pulumi:"outputs"`
	}
	err = read(ctx, "pulumi:pulumi:readStackResourceOutputs", &struct {
		Name string `pulumi:"stackName"`
	}{name}, &all)
	return last.Outputs, all.Resources, err
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
	return fmt.Errorf("read %s of the stack's last update: %w", strings.TrimPrefix(function, "pulumi:pulumi:read"), err)
}
