package config

import (
	"strings"

	"github.com/killrvideo/killrvideo-go/service/config/table"
)

// minModeratorCode is the least number of characters of a code: the rate limits
// stop a caller long before such a code is guessed.
const minModeratorCode = 20

// Codes parses the secret MODERATOR_CODES into codes by address.
func Codes(list Secret) map[string]string {
	codes := map[string]string{}
	for _, pair := range table.List(list.Reveal()) {
		if at := strings.LastIndexByte(pair, '='); at >= 0 { // an address may hold one too
			codes[strings.ToLower(strings.TrimSpace(pair[:at]))] = strings.TrimSpace(pair[at+1:])
		}
	}
	return codes
}

// moderators reads who is a moderator from the start, and how that is proved.
func (l loader) moderators(c *Config) {
	before := len(*l.problems)
	c.ModeratorEmails = table.List(l.text("MODERATOR_EMAILS"))
	c.ModeratorCodes = l.secret("MODERATOR_CODES")
	c.TrustModeratorEmails = strings.EqualFold(l.text("MODERATOR_PROOF"), "none")
	if len(*l.problems) == before {
		l.checkCodes(*c)
	}
}

func (l loader) checkCodes(c Config) {
	codes := Codes(c.ModeratorCodes)
	named := map[string]bool{}
	for _, email := range c.ModeratorEmails {
		named[strings.ToLower(email)] = true
		if codes[strings.ToLower(email)] == "" && !c.TrustModeratorEmails {
			l.problems.add("MODERATOR_CODES", "has no code for one of the moderators; "+howToCode)
			return
		}
	}
	for email, code := range codes {
		switch {
		case !named[email]:
			l.problems.add("MODERATOR_CODES", "has an address that is not in MODERATOR_EMAILS; "+howToCode)
			return
		case len(code) < minModeratorCode:
			l.problems.add("MODERATOR_CODES", "has a code of fewer than 20 characters; "+howToCode)
			return
		}
	}
}

const howToCode = "write address=code for each, a code from: openssl rand -hex 16; " +
	"on a machine of your own MODERATOR_PROOF=none needs none"
