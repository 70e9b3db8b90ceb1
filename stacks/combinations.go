package stacks

import (
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/killrvideo/killrvideo-go/infra/platform/sizes"
)

// leastMebibytes is what the service needs to start and to hash passwords.
const leastMebibytes = 128

// check refuses combinations of settings that make no sense.
func (c *Config) check(p *Problems) {
	if c.Scale.MinInstances > c.Scale.MaxInstances {
		p.add("minInstances", p.set("maxInstances", itoa(c.Scale.MinInstances)),
			"%d is more than maxInstances, which is %d", c.Scale.MinInstances, c.Scale.MaxInstances)
	}
	if mebibytes, err := sizes.Mebibytes(c.Scale.Memory); err == nil && mebibytes < leastMebibytes {
		p.add("memory", p.set("memory", leastMemory(c.Target, c.Scale.CPU)),
			"%q is too little for the API, whose password hashing alone takes 64 Mi", c.Scale.Memory)
	}
	if c.Gate == "off" && c.GateReason == "" {
		p.add("gateReason", p.set("gateReason", `"WHY"`), "the gate is off, so nothing proves the deployment; say why")
	}
	if c.Gate != "off" && c.GateReason != "" {
		p.add("gateReason", p.remove("gateReason"), "says why the gate is off, but it is on")
	}
	switch {
	case c.AllowBroadAstraToken && c.Environment != "dev":
		p.add("allowBroadAstraToken", p.remove("allowBroadAstraToken"),
			"only environment dev may use a token that can do more than the API needs")
	case c.AllowBroadAstraToken && !c.Has("astraToken") && !c.Has("astraReadOnlyToken"):
		p.add("allowBroadAstraToken", p.remove("allowBroadAstraToken"),
			"is about a token of your own, and neither astraToken nor astraReadOnlyToken is set; a minted one is never broad")
	}
	if c.ModeratorCodesGeneration != find("moderatorCodesGeneration").Default && len(c.moderatorsWithCode()) == 0 {
		p.add("moderatorCodesGeneration", p.remove("moderatorCodesGeneration"), "makes new codes of moderators, and this stack has none")
	}
	if c.MetricsPublic && c.Has("metricsToken") {
		p.add("metricsPublic", p.remove("metricsPublic"), "lets anyone read /metrics, and metricsToken restricts who can")
	}
	c.checkProduction(p)
	if c.Target == "local" {
		c.checkLocal(p)
	}
	if c.Target != "local" || c.AstraDatabaseID != "" || c.AstraRegion != "" {
		c.checkEndpoints(p)
		c.checkAccount(p)
	}
}

// checkLocal refuses what does nothing on target local.
func (c *Config) checkLocal(p *Problems) {
	const forAccount = "is for a database of your own, and without astraDatabaseId target local starts the embedded Astra"
	embedded := c.AstraDatabaseID == "" && c.AstraRegion == ""
	for _, one := range []struct {
		key string
		set bool
		why string
	}{
		{"astraDataApiEndpoint", embedded && c.AstraDataAPIEndpoint != "", forAccount},
		{"astraDevopsEndpoint", embedded && c.AstraDevopsEndpoint != "", forAccount},
		{"astraEndpointReason", embedded && c.AstraEndpointReason != "", forAccount},
		{"metricsPublic", c.MetricsPublic, "target local lets anyone on this machine read /metrics anyway"},
		{"image", c.Image != "" && !strings.HasPrefix(c.Image, Namespace+"@"),
			"target local runs programs that were built on this machine, " + Namespace +
				"@sha256:…; an image of a registry is for the other targets"},
	} {
		if one.set {
			p.add(one.key, p.remove(one.key), "%s", one.why)
		}
	}
}

// checkEndpoints asks for the reason of endpoints other than Astra's in production.
func (c *Config) checkEndpoints(p *Problems) {
	elsewhere := c.AstraDataAPIEndpoint != "" || c.AstraDevopsEndpoint != ""
	switch {
	case elsewhere && c.Environment == "prod" && c.AstraEndpointReason == "":
		p.add("astraEndpointReason", p.set("astraEndpointReason", `"WHY"`), "production would not use Astra's own endpoints; say why")
	case !elsewhere && c.AstraEndpointReason != "":
		p.add("astraEndpointReason", p.remove("astraEndpointReason"), "says why Astra is elsewhere, but no endpoint is set")
	}
}

// checkAccount asks for what a database of an account requires.
func (c *Config) checkAccount(p *Problems) {
	target := c.Target
	if target == "local" {
		target = "local with your own Astra"
	}
	if c.AstraDatabaseID == "" {
		p.add("astraDatabaseId", p.set("astraDatabaseId", "DATABASE-UUID"), "target %s needs the database to use", target)
	}
	if c.AstraRegion == "" {
		p.add("astraRegion", p.set("astraRegion", "us-east1"), "target %s needs the region of the database", target)
	}
	if !c.Has("astraDeployToken") {
		p.List = append(p.List, Problem{
			Key: "astraDeployToken", Missing: true, Fix: p.setSecret("astraDeployToken"),
			What: "is not set; it makes the schema and mints the service's token",
		})
	}
}

// generatesMetricsToken tells whether the stack makes the token for /metrics:
// outside this machine the metrics are not public unless a setting says so.
func (c *Config) generatesMetricsToken() bool {
	return c.Target != "local" && !c.Has("metricsToken") && !c.MetricsPublic
}

// trustsModeratorEmails tells whether an e-mail alone makes a moderator: on this
// machine, in the environment for trying things out.
func (c *Config) trustsModeratorEmails() bool {
	return c.ModeratorEmails != "" && c.Target == "local" && c.Environment == "dev"
}

func warnTrustedModerators(ctx *pulumi.Context, cfg *Config) error {
	if !cfg.trustsModeratorEmails() {
		return nil
	}
	return ctx.Log.Warn("moderatorEmails: in environment dev on target local, anyone who registers one of these addresses "+
		"is a moderator; everywhere else an address needs its one-time code", nil)
}

// moderatorsWithCode are the addresses that need a code, in lower case, each
// once. Anyone can register an address; the code proves whose it is.
func (c *Config) moderatorsWithCode() []string {
	if c.trustsModeratorEmails() {
		return nil
	}
	var addresses []string
	for _, address := range addressesOf(strings.ToLower(c.ModeratorEmails)) {
		if !slices.Contains(addresses, address) {
			addresses = append(addresses, address)
		}
	}
	return addresses
}
