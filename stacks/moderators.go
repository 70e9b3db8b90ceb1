package stacks

import (
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// trustsModeratorEmails reports whether an e-mail alone makes a moderator: on
// this machine, in the environment that is for trying things out.
func (c *Config) trustsModeratorEmails() bool {
	return c.ModeratorEmails != "" && c.Target == "local" && c.Environment == "dev"
}

func warnTrustedModerators(ctx *pulumi.Context, cfg *Config) error {
	if !cfg.trustsModeratorEmails() {
		return nil
	}
	return ctx.Log.Warn("moderatorEmails: in environment dev on target local, whoever registers one of these addresses "+
		"is a moderator; everywhere else an address needs its one-time code", nil)
}

// provedModerators are the addresses that need a code, in lower case, each once.
// Anyone can register an address; the code proves whose it is.
func (c *Config) provedModerators() []string {
	if c.trustsModeratorEmails() {
		return nil
	}
	var addresses []string
	seen := map[string]bool{}
	for address := range strings.SplitSeq(strings.ToLower(c.ModeratorEmails), ",") {
		if address = strings.TrimSpace(address); address != "" && !seen[address] {
			seen[address], addresses = true, append(addresses, address)
		}
	}
	return addresses
}
