package access_test

import (
	"slices"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/killrvideo/killrvideo-go/infra/access"
	"github.com/killrvideo/killrvideo-go/infra/credentials"
	"github.com/killrvideo/killrvideo-go/infra/plan"
	"github.com/killrvideo/killrvideo-go/infra/platform/platformtest"
	"github.com/killrvideo/killrvideo-go/infra/provider/resource"
)

// planned is a list with two ranges of operators and one address of the service.
func planned(t *testing.T) *plan.Plan {
	t.Helper()
	return platformtest.Run(t, "dev", func(ctx *pulumi.Context) error {
		astra, err := credentials.Existing(ctx, "astra", credentials.Account{
			DatabaseID: pulumi.String("00000000-0000-4000-8000-00000000da7a"), Region: pulumi.String("us-east1"), Keyspace: pulumi.String("shop"),
			DeployToken: pulumi.ToSecret(pulumi.String("generated for this test")).(pulumi.StringOutput),
		})
		if err != nil {
			return err
		}
		list, err := access.New(ctx, "list", &access.Args{
			Astra: astra, Title: "shop", Stack: "dev", Operators: []string{"198.51.100.0/24", "2001:db8::/32"},
		})
		if err != nil {
			return err
		}
		if got := len(list.Entries()); got != 2 {
			t.Errorf("%d entries are there before anything asks the database, want 2", got)
		}
		if _, err := list.Allow(ctx, "egress", pulumi.String("192.0.2.7")); err != nil {
			return err
		}
		proof, err := resource.NewRandom(ctx, "proof", &resource.RandomArgs{})
		if err != nil {
			return err
		}
		_, err = list.Enforce(ctx, []pulumi.Resource{proof})
		return err
	})
}

// TestTheListIsEnforcedLast: after the proof, with every address in it.
func TestTheListIsEnforcedLast(t *testing.T) {
	t.Parallel()
	p := planned(t)
	list := platformtest.Find(t, p, resource.AccessListType)[0]
	needed := []string{resource.RandomType + " proof"}
	var addresses []any
	for _, entry := range platformtest.Find(t, p, resource.EntryType) {
		needed, addresses = append(needed, entry.Label()), append(addresses, entry.Inputs["address"])
	}
	if !slices.Equal(addresses, []any{"198.51.100.0/24", "2001:db8::/32", "192.0.2.7"}) {
		t.Errorf("the entries are %v", addresses)
	}
	for _, label := range needed {
		if !slices.Contains(list.After, label) {
			t.Errorf("the list does not wait for %s, but for %v", label, list.After)
		}
	}
	if list.Inputs["exclusive"] != false {
		t.Errorf("entries of others are taken out: %v", list.Inputs)
	}
}

// TestNoList: a program without one calls the same methods.
func TestNoList(t *testing.T) {
	t.Parallel()
	p := platformtest.Run(t, "dev", func(ctx *pulumi.Context) error {
		var list *access.List
		if list.Entries() != nil {
			t.Error("a list that is none has entries")
		}
		_, err := list.Enforce(ctx, nil)
		return err
	})
	if len(p.Resources) > 0 {
		t.Errorf("it made %v", p.Resources)
	}
}
