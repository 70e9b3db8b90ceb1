package plan

import (
	"errors"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/killrvideo/killrvideo-go/infra/provider/resource"
)

// canary is made up for this test and opens nothing.
const canary = "canary-0b6e7f5a9d3c"

// program makes a key from a secret setting, and a gate that waits for it.
func program(ctx *pulumi.Context) error {
	given, _ := ctx.GetConfig("killrvideo:jwtSecretKey")
	key, err := resource.NewSigningKey(ctx, "jwt", &resource.SigningKeyArgs{
		Given: pulumi.ToSecret(pulumi.String(given)).(pulumi.StringOutput), Generation: pulumi.String("1"), TokenLifetimeSeconds: pulumi.Int(60),
	})
	if err != nil {
		return err
	}
	_, err = resource.NewGate(ctx, "gate", &resource.GateArgs{
		URL: pulumi.String("http://127.0.0.1"), Revision: key.KeyID, Mode: pulumi.String("http"),
	}, pulumi.DependsOn([]pulumi.Resource{key}), pulumi.Protect(true))
	return err
}

func text(t *testing.T, run pulumi.RunFunc) string {
	t.Helper()
	made, err := Run(run, Stack{Project: "killrvideo", Name: "dev",
		Config: map[string]string{"killrvideo:jwtSecretKey": canary}, Secrets: []string{"killrvideo:jwtSecretKey"}})
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	if err := made.Print(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestAPlanShowsInputsAndHidesSecrets(t *testing.T) {
	t.Parallel()
	got := text(t, program)
	for _, want := range []string{
		"astradb:index:SigningKey jwt\n", "given: '[secret]'", "tokenLifetimeSeconds: 60",
		"after astradb:index:SigningKey jwt", "protected from deletion",
		"revision: ${jwt.keyId}", "2 resources, 0 of them components",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is not in\n%s", want, got)
		}
	}
	if strings.Contains(got, canary) {
		t.Error("the plan shows a secret")
	}
}

func TestAPlanIsTheSameEveryTime(t *testing.T) {
	t.Parallel()
	first := text(t, program)
	for range 10 {
		if again := text(t, program); again != first {
			t.Fatalf("two plans differ:\n%s\n%s", first, again)
		}
	}
}

func TestAProgramThatFailsHasNoPlan(t *testing.T) {
	t.Parallel()
	wrong := errors.New("the setting is wrong")
	_, err := Run(func(*pulumi.Context) error { return wrong }, Stack{Project: "killrvideo", Name: "dev"})
	if err == nil || !strings.Contains(err.Error(), wrong.Error()) {
		t.Errorf("got %v", err)
	}
}
