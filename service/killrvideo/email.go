package killrvideo

import (
	"net/mail"
	"strings"
)

const maxEmail = 254

// ParseEmail checks an e-mail address and gives it with its domain in lower
// case; the local part stays as typed, since only its owner's server knows
// whether case matters there. ok is false for anything but a bare address
// whose domain has a dot, and for one with characters that nobody sees: two
// addresses that look alike would be two accounts.
func ParseEmail(text string) (email string, ok bool) {
	if len(text) > maxEmail { // before anything takes long to read it
		return "", false
	}
	parsed, err := mail.ParseAddress(text)
	if err != nil || parsed.Address != text {
		return "", false
	}
	at := strings.LastIndexByte(text, '@')
	local, domain := text[:at], strings.ToLower(text[at+1:])
	if !validDomain(domain) || strings.ContainsAny(local, " \"") || strings.ContainsFunc(text, invisible) {
		return "", false
	}
	return local + "@" + domain, true
}

func validDomain(domain string) bool {
	labels := strings.Split(domain, ".")
	for _, label := range labels {
		if label == "" || strings.ContainsAny(label, " []:_") ||
			strings.HasPrefix(label, "-") || strings.HasSuffix(label, "-") {
			return false
		}
	}
	return len(labels) > 1
}

// EmailKey is the form under which an e-mail is looked up: two addresses that
// differ in case only are the same account.
func EmailKey(email string) string { return strings.ToLower(email) }
