package killrvideo

import (
	"net/mail"
	"strings"

	"golang.org/x/text/unicode/norm"
)

const maxEmail = 254

// ParseEmail checks an e-mail address and returns it with its domain in lower case; the
// case of the local part may matter to its server. ok is false for anything but a bare
// address whose domain has a dot, and for one with invisible characters: two addresses
// that look alike would be two accounts.
func ParseEmail(text string) (email string, ok bool) {
	if len(text) > maxEmail { // before parsing, which takes long
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

// EmailKey is the key of an e-mail: addresses that differ in case only, or in how a
// character is composed, are the same account.
func EmailKey(email string) string { return norm.NFC.String(strings.ToLower(email)) }
