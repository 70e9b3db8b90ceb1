package stacks

import (
	"strconv"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/killrvideo/killrvideo-go/infra/access"
	"github.com/killrvideo/killrvideo-go/infra/app"
	"github.com/killrvideo/killrvideo-go/infra/credentials"
	"github.com/killrvideo/killrvideo-go/infra/platform"
	"github.com/killrvideo/killrvideo-go/service/config/table"
)

// productionKeys are what production asks for beside running. The form is the same
// for every target, and a target refuses what would do nothing there.
func productionKeys() []Key {
	const more = "see [docs/production.md](docs/production.md)"
	return []Key{
		{
			Name: "kmsKey", Unset: "the cloud's own keys", Example: platform.Made, Rule: table.Text(), More: more,
			Doc: "key that encrypts secrets, logs and images: made, or the full name or ARN of one that is there",
		},
		{
			Name: "logRetentionDays", Default: "0", Rule: table.Integer(0, 3653), More: more,
			Doc: "how long log lines stay; 0 leaves it to the target, 365 on ecs and 30 on cloudrun",
		},
		{
			Name: "retainedImages", Default: "0", Rule: table.Integer(0, 10000), More: more,
			Doc: "how many of the newest images stay; 0 leaves it to the target, 100 on ecs and all on cloudrun",
		},
		{
			Name: "secretVersionDays", Default: "0", Rule: table.Integer(0, 1000), More: more,
			Doc: "how long a replaced version of a secret can be restored on cloudrun, where it is destroyed then; 0 keeps it disabled",
		},
		{
			Name: "egressAddresses", Unset: "any address of the cloud", Example: platform.Made, Rule: table.Addresses(true), More: more,
			Doc: "fixed addresses that the service calls from: made, or those of a network that is not the stack's",
		},
		{
			Name: "accessList", Unset: "the list is left alone", Example: "203.0.113.0/24", Rule: table.Addresses(false), More: more,
			Doc: "addresses from which people and pipelines deploy: with the egressAddresses, they alone reach the Astra database",
		},
	}
}

// readProduction reads them.
func (c *Config) readProduction(r *reader) {
	c.Production = platform.Production{
		KMSKey: r.text("kmsKey"), LogRetentionDays: r.integer("logRetentionDays"), RetainedImages: r.integer("retainedImages"),
		SecretVersionDays: r.integer("secretVersionDays"), EgressAddresses: addressesOf(r.text("egressAddresses")),
	}
	c.AccessList = addressesOf(r.text("accessList"))
}

func addressesOf(text string) (all []string) {
	for one := range strings.SplitSeq(text, ",") {
		if one = strings.TrimSpace(one); one != "" {
			all = append(all, one)
		}
	}
	return all
}

// checkProduction refuses what would lock the service out, or do nothing.
func (c *Config) checkProduction(p *Problems) {
	if c.Target == "local" {
		const why = "does nothing on target local, which runs on this machine"
		var unread platform.Problems
		c.Production.Refuse(&unread, map[string]string{
			"kmsKey": why, "logRetentionDays": why, "retainedImages": why, "secretVersionDays": why, "egressAddresses": why,
		})
		for _, one := range unread {
			p.add(one.Key, p.remove(one.Key), "%s", one.What)
		}
		if len(c.AccessList) > 0 {
			p.add("accessList", p.remove("accessList"), "%s", why)
		}
		return
	}
	switch {
	case c.Target == "cloudrun" && len(c.Production.GivenAddresses()) > 0:
		p.add("egressAddresses", p.set("egressAddresses", platform.Made),
			"names addresses, and a service on Cloud Run calls from any address of Google's, or from one that is made")
	case len(c.AccessList) > 0 && len(c.Production.EgressAddresses) == 0:
		p.add("egressAddresses", p.set("egressAddresses", platform.Made),
			"is not set, so the service would call from an address that accessList locks out of the database")
	case len(c.AccessList) == 0 && len(c.Production.GivenAddresses()) > 0:
		p.add("egressAddresses", p.remove("egressAddresses"), "names addresses for the list that accessList switches on, and that is not set")
	}
}

// accessList makes the entries of the operators, and of the service's addresses as
// far as they are known; nil without the setting.
func accessList(ctx *pulumi.Context, cfg *Config, astra *credentials.Astra) (*access.List, error) {
	if len(cfg.AccessList) == 0 {
		return nil, nil
	}
	list, err := access.New(ctx, "access-list-"+cfg.Stack, &access.Args{
		Astra: astra, Title: appTitle, Stack: cfg.Stack, Operators: cfg.AccessList,
	})
	if err != nil {
		return nil, err
	}
	for i, address := range cfg.Production.GivenAddresses() {
		if _, err := list.Allow(ctx, "egress-"+strconv.Itoa(i), pulumi.String(address)); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// allowAddress puts the addresses that a platform makes into a list, if there is one.
func allowAddress(ctx *pulumi.Context, list *access.List) app.AllowAddress {
	if list == nil {
		return nil
	}
	return func(name string, address pulumi.StringInput, opts ...pulumi.ResourceOption) (pulumi.Resource, error) {
		return list.Allow(ctx, name, address, opts...)
	}
}
