package table

import (
	"net"
	"net/mail"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/killrvideo/killrvideo-go/astra/signingkey"
)

// Types of a setting in Pulumi.yaml.
const (
	TypeInteger = "integer"
	TypeNumber  = "number"
	TypeBoolean = "boolean"
	TypeString  = "string"
	TypeObject  = "object"
)

// Rule says which values a setting accepts.
type Rule struct {
	Type string
	// Range is the accepted values in short, for documents; "" if the
	// documentation of the setting says it.
	Range string
	// Private tells that a wrong value may hold a password and is not printed.
	Private bool
	// must completes "must be".
	must  string
	valid func(string) bool
	// why, if not nil, explains a refused value better than must does.
	why func(string) string
}

// InvalidError is a value that a rule refuses; it does not hold the value.
type InvalidError struct{ What string }

func (e *InvalidError) Error() string { return e.What }

// Check returns an *InvalidError for a value that the rule refuses.
func (r Rule) Check(value string) error {
	switch {
	case r.valid == nil || r.valid(value):
		return nil
	case r.why != nil:
		return &InvalidError{r.why(value)}
	}
	return &InvalidError{"must be " + r.must}
}

// Integer accepts whole numbers from low to high.
func Integer(low, high int) Rule {
	span := strconv.Itoa(low) + " to " + strconv.Itoa(high)
	return Rule{Type: TypeInteger, Range: span, must: "a whole number from " + span, valid: func(text string) bool {
		n, err := strconv.Atoi(text)
		return err == nil && n >= low && n <= high
	}}
}

// Generation accepts a counter of rotations, which may be a date such as 20261126.
func Generation() Rule {
	const most = 999_999_999
	rule := Integer(0, most)
	rule.Range = ""
	return rule
}

// Boolean accepts true and false.
func Boolean() Rule {
	return Rule{Type: TypeBoolean, must: "true or false", valid: func(text string) bool {
		_, err := strconv.ParseBool(text)
		return err == nil
	}}
}

// OneOf accepts the choices in any case.
func OneOf(choices ...string) Rule {
	list := strings.Join(choices[:len(choices)-1], ", ") + " or " + choices[len(choices)-1]
	return Rule{Type: TypeString, Range: list, must: list, valid: func(text string) bool {
		return slices.ContainsFunc(choices, func(choice string) bool { return strings.EqualFold(choice, text) })
	}}
}

// Also accepts further values that documents do not list.
func (r Rule) Also(values ...string) Rule {
	more, rule := OneOf(values...).valid, r.valid
	r.valid = func(text string) bool { return rule(text) || more(text) }
	return r
}

// Ratio accepts numbers from 0 to 1.
func Ratio() Rule {
	return Rule{Type: TypeNumber, Range: "0 to 1", must: "a number from 0 to 1", valid: func(text string) bool {
		n, err := strconv.ParseFloat(text, 64)
		return err == nil && n >= 0 && n <= 1
	}}
}

// Text accepts every text.
func Text() Rule { return Rule{Type: TypeString} }

// Matching accepts what matches a pattern; must completes "must be".
func Matching(pattern, must string) Rule {
	compiled := sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(pattern) }) // most start-ups need few
	return Rule{Type: TypeString, must: must, valid: func(text string) bool { return compiled().MatchString(text) }}
}

// Keyspace accepts the names that Astra allows.
func Keyspace() Rule {
	return Matching(`^[A-Za-z][A-Za-z0-9_]{0,47}$`, "a letter, then at most 47 letters, digits or underscores")
}

// Time accepts a time of RFC 3339.
func Time() Rule {
	return Rule{Type: TypeString, must: "a time such as 2026-01-31T12:00:00Z", valid: func(text string) bool {
		_, err := time.Parse(time.RFC3339, text)
		return err == nil
	}}
}

// AstraToken accepts an application token, AstraCS:CLIENT:SIGNATURE.
func AstraToken() Rule {
	rule := Matching(`^AstraCS:[^:\s]+:[0-9a-fA-F]{64}$`,
		"an Astra application token: AstraCS:CLIENT:SIGNATURE, without spaces, the signature being 64 hex digits")
	rule.Private = true
	return rule
}

// SigningKey accepts keys that cannot be guessed.
func SigningKey() Rule {
	return Rule{
		Type: TypeString, Private: true,
		valid: func(text string) bool { return signingkey.Weakness(text) == "" },
		why:   func(text string) string { return signingkey.Weakness(text) + "; make one with: " + signingkey.Make },
	}
}

// SecretText accepts texts without whitespace.
func SecretText() Rule {
	return Rule{Type: TypeString, Private: true, must: "a text without whitespace", valid: func(text string) bool {
		return !strings.ContainsAny(text, " \t\r\n")
	}}
}

// minBearer is the least length of a shared secret: as many hexadecimal digits have
// 64 bits.
const minBearer = 16

// BearerToken accepts shared secrets that others could try to guess: no short ones,
// and no placeholder of an example.
func BearerToken() Rule {
	must := "a text of at least " + strconv.Itoa(minBearer) + " characters without whitespace, as from: openssl rand -hex 32"
	return Rule{Type: TypeString, Private: true, must: must, valid: func(text string) bool {
		placeholder := strings.HasPrefix(text, "<") && strings.HasSuffix(text, ">")
		return SecretText().valid(text) && len(text) >= minBearer && !placeholder
	}}
}

// Headers accepts headers of HTTP, name=value, separated by commas.
func Headers() Rule {
	return Rule{Type: TypeString, Private: true, must: "name=value, separated by commas", valid: eachOf(func(pair string) bool {
		name, _, found := strings.Cut(pair, "=")
		return found && strings.TrimSpace(name) != ""
	})}
}

// Emails accepts e-mail addresses, separated by commas.
func Emails() Rule {
	return Rule{Type: TypeString, must: "e-mail addresses, separated by commas", valid: eachOf(func(address string) bool {
		parsed, err := mail.ParseAddress(address)
		return err == nil && parsed.Address == address
	})}
}

// Roles accepts the roles of a new account, separated by commas.
func Roles() Rule {
	return Rule{Type: TypeString, must: "viewer, creator or both; moderators are named by their e-mail", valid: eachOf(func(role string) bool {
		return strings.EqualFold(role, "viewer") || strings.EqualFold(role, "creator")
	})}
}

// Networks accepts networks and addresses, private and none, separated by commas.
func Networks() Rule {
	return Rule{Type: TypeString, must: "networks such as 10.0.0.0/8, addresses, private or none, separated by commas",
		valid: eachOf(func(item string) bool {
			_, noPrefix := netip.ParsePrefix(item)
			_, noAddress := netip.ParseAddr(item)
			return item == "private" || item == "none" || noPrefix == nil || noAddress == nil
		})}
}

// Origins accepts * or origins of web pages, separated by commas.
func Origins() Rule {
	one := eachOf(func(origin string) bool {
		u, ok := parseURL(strings.TrimSuffix(origin, "/"))
		return ok && u.Path == "" && u.RawQuery == "" && u.Fragment == "" && !strings.Contains(origin, "*")
	})
	return Rule{Type: TypeString, must: "* alone, or origins such as https://www.example.com, separated by commas, without a path",
		valid: func(list string) bool { return list == "*" || one(list) }}
}

// Collector accepts the URL of a collector of traces.
func Collector() Rule {
	return Rule{Type: TypeString, Private: true, must: "a URL such as https://collector.example.com:4318, without a user",
		valid: func(text string) bool {
			u, ok := parseURL(text)
			if !ok {
				return false
			}
			port, err := strconv.ParseUint(u.Port(), 10, 16)
			return u.Port() == "" || err == nil && port > 0
		}}
}

// AstraEndpoint accepts the URL of an API of Astra. Plain http sends the token
// in plaintext, so it is only for this machine and, with neighbours, for another
// container, whose name has no dots.
func AstraEndpoint(path, neighbours bool) Rule {
	must := "an https URL such as https://astra.example.com, without a user or a slash at its end; http is for this machine only"
	if !path {
		must = "an https URL of scheme and host only, such as https://DATABASE-REGION.apps.astra.datastax.com; " +
			"http is for this machine and for container names without dots"
	}
	return Rule{Type: TypeString, Private: true, must: must, valid: func(text string) bool {
		u, ok := parseURL(text)
		switch {
		case !ok || u.RawQuery != "" || u.Fragment != "", !path && strings.Trim(u.Path, "/") != "", path && strings.HasSuffix(text, "/"):
			return false
		}
		return u.Scheme == "https" || isLoopback(u.Hostname()) || neighbours && !strings.Contains(u.Hostname(), ".")
	}}
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// parseURL parses a URL of http or https that has a host and no user.
func parseURL(text string) (*url.URL, bool) {
	u, err := url.Parse(text)
	return u, err == nil && u.Hostname() != "" && u.User == nil && (u.Scheme == "http" || u.Scheme == "https")
}

// List splits a list at its commas and leaves out empty items.
func List(text string) []string {
	var items []string
	for item := range strings.SplitSeq(text, ",") {
		if item = strings.TrimSpace(item); item != "" {
			items = append(items, item)
		}
	}
	return items
}

// eachOf is valid for a list whose items all are.
func eachOf(valid func(item string) bool) func(list string) bool {
	return func(list string) bool {
		return !slices.ContainsFunc(List(list), func(item string) bool { return !valid(item) })
	}
}

// Addresses accepts IP addresses and ranges in CIDR notation, separated by commas,
// but no range of all; or the word made, where something can make them.
func Addresses(made bool) Rule {
	must := "IP addresses or ranges such as 203.0.113.7 or 198.51.100.0/24, separated by commas"
	if made {
		must = "made, or " + must
	}
	return Rule{Type: TypeString, must: must, valid: func(text string) bool {
		if made && text == "made" {
			return true
		}
		for one := range strings.SplitSeq(text, ",") {
			one = strings.TrimSpace(one)
			prefix, err := netip.ParsePrefix(one)
			if _, addressErr := netip.ParseAddr(one); addressErr != nil && (err != nil || prefix.Bits() == 0) {
				return false
			}
		}
		return true
	}}
}
