package config

import "strings"

// minModeratorCode is the least number of characters of a code: such a code
// cannot be guessed before the rate limits end it.
const minModeratorCode = 20

// Codes gives what the secret MODERATOR_CODES says, code by address.
func Codes(list Secret) map[string]string {
	codes := map[string]string{}
	for pair := range strings.SplitSeq(list.Reveal(), ",") {
		pair = strings.TrimSpace(pair)
		if at := strings.LastIndexByte(pair, '='); at >= 0 { // an address may hold one too
			codes[strings.ToLower(strings.TrimSpace(pair[:at]))] = strings.TrimSpace(pair[at+1:])
		}
	}
	return codes
}

// moderators reads who is a moderator from the start, and how that is proved.
func (l loader) moderators(c *Config) {
	before := len(*l.problems)
	c.ModeratorEmails = l.emails("MODERATOR_EMAILS")
	c.ModeratorCodes = l.secret("MODERATOR_CODES")
	switch l.orDefault("MODERATOR_PROOF") {
	case "code":
	case "none":
		c.TrustModeratorEmails = true
	default:
		l.problems.add("MODERATOR_PROOF", "must be code or none")
	}
	if len(*l.problems) > before {
		return
	}
	l.checkCodes(*c)
}

func (l loader) checkCodes(c Config) {
	codes := Codes(c.ModeratorCodes)
	named := map[string]bool{}
	for _, email := range c.ModeratorEmails {
		named[strings.ToLower(email)] = true
		if codes[strings.ToLower(email)] == "" && !c.TrustModeratorEmails {
			l.missing("MODERATOR_CODES", "has no code for one of the moderators; "+howToCode)
			return
		}
	}
	for email, code := range codes {
		switch {
		case c.ModeratorCodes.IsZero():
		case !named[email]:
			l.problems.add("MODERATOR_CODES", "has an address that no moderator has; "+howToCode)
			return
		case len(code) < minModeratorCode:
			l.problems.add("MODERATOR_CODES", "has a code of fewer than 20 characters; "+howToCode)
			return
		}
	}
}

const howToCode = "write address=code for each, a code from: openssl rand -hex 16; " +
	"on a machine of your own MODERATOR_PROOF=none needs none"
