package credentials

import (
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/killrvideo/killrvideo-go/infra/provider/keyid"
)

const madeUp = "generated for this test"

func TestHolderOf(t *testing.T) {
	t.Parallel()
	peers := []Peer{{"dev", "dev", keyid.Fingerprint("another")}, {"new", "", ""}, {"prod", "prod", keyid.Fingerprint(madeUp)}}
	if got := HolderOf(madeUp, peers); got != "prod" {
		t.Errorf("got %q", got)
	}
	if got := HolderOf("a third", peers); got != "" {
		t.Errorf("an unknown key is %q's", got)
	}
	if got := holder("", peers); got != "" {
		t.Errorf("no fingerprint is %q's", got)
	}
}

// monitor answers as a provider that holds this key already.
type monitor struct{}

func (monitor) Call(pulumi.MockCallArgs) (resource.PropertyMap, error) { return nil, nil }

func (monitor) NewResource(args pulumi.MockResourceArgs) (string, resource.PropertyMap, error) {
	state := args.Inputs.Copy()
	state["current"] = resource.MakeSecret(resource.NewProperty(madeUp))
	state["fingerprint"] = resource.NewProperty(keyid.Fingerprint(madeUp))
	return args.Name, state, nil
}

// run makes credentials beside peers, and what needs their key.
func run(t *testing.T, peers []Peer) (used bool, err error) {
	err = pulumi.RunErr(func(ctx *pulumi.Context) error {
		made, err := New(ctx, "credentials-dev", args(ctx, t, peers))
		if err != nil {
			return err
		}
		own := made.Key.Current
		ctx.Export("needs it", own.ApplyT(func(text string) bool { used = text == madeUp; return true }))
		return nil
	}, pulumi.WithMocks("shop", "copy", monitor{}))
	return used, err
}

// TestACopiedKeyIsNotUsed: a copy of a stack's state has its key.
func TestACopiedKeyIsNotUsed(t *testing.T) {
	t.Parallel()
	used, err := run(t, []Peer{{"prod", "prod", keyid.Fingerprint(madeUp)}})
	if err == nil || !strings.Contains(err.Error(), "stack prod") || !strings.Contains(err.Error(), "make another one") {
		t.Errorf("got %v", err)
	}
	if used {
		t.Error("the key was used")
	}
	if err != nil && strings.Contains(err.Error(), madeUp) {
		t.Error("the message shows the key")
	}
	for _, peers := range [][]Peer{nil, {{"prod", "prod", keyid.Fingerprint("another")}}} {
		if used, err := run(t, peers); err != nil || !used {
			t.Errorf("beside %v a key of its own is used: %v, %v", peers, used, err)
		}
	}
}
