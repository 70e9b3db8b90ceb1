package stacks

import (
	"net/mail"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/killrvideo/killrvideo-go/astra/signingkey"
)

// Namespace is the project's name, which every setting's full key begins with.
const Namespace = "killrvideo"

var (
	environmentName = regexp.MustCompile(`^[a-z][a-z0-9-]{0,18}[a-z0-9]$`)
	digestReference = regexp.MustCompile(`^[a-z0-9.:/_-]+@sha256:[0-9a-f]{64}$`)
	cores           = regexp.MustCompile(`^(0\.[0-9]{1,3}|[1-9][0-9]?)$`)
	binaryUnits     = regexp.MustCompile(`^[1-9][0-9]*(Mi|Gi)$`)
	uuidText        = regexp.MustCompile(`^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$`)
	regionName      = regexp.MustCompile(`^[a-z]+[a-z0-9-]*[0-9]?$`)
	keyspaceName    = regexp.MustCompile(`^[A-Za-z]\w{0,47}$`)
	astraTokenForm  = regexp.MustCompile(`^AstraCS:[^:\s]+:[0-9a-fA-F]{64}$`)
)

// reader turns the texts of a stack's settings into values and notes what is
// wrong with them.
type reader struct {
	source   Source
	problems *Problems
}

func (r *reader) text(key, byDefault string) string {
	value, ok := r.source.GetConfig(Namespace + ":" + key)
	if !ok || value == "" {
		return byDefault
	}
	return value
}

func (r *reader) number(key string, byDefault, low, high int) int {
	text := r.text(key, itoa(byDefault))
	value, err := strconv.Atoi(text)
	if err != nil || value < low || value > high {
		r.problems.add(key, r.problems.set(key, itoa(byDefault)), "%q is not a whole number from %d to %d", text, low, high)
		return byDefault
	}
	return value
}

func (r *reader) flag(key string) bool {
	text := r.text(key, "false")
	value, err := strconv.ParseBool(text)
	if err != nil {
		r.problems.add(key, r.problems.set(key, "false"), "%q is neither true nor false", text)
	}
	return value
}

func (r *reader) oneOf(key, byDefault string, choices ...string) string {
	value := r.text(key, byDefault)
	if !slices.Contains(choices, value) {
		r.problems.add(key, r.problems.set(key, byDefault), "%q is none of %s", value, strings.Join(choices, ", "))
		return byDefault
	}
	return value
}

func (r *reader) match(key, value string, form *regexp.Regexp, what, example string) {
	if !form.MatchString(value) {
		r.problems.add(key, r.problems.set(key, example), "%q is not %s", value, what)
	}
}

// secret tells whether a secret is set and notes a value that is in clear or
// fails its rule. Values never enter a message.
func (r *reader) secret(key string, rule func(string) error) bool {
	full := Namespace + ":" + key
	value, ok := r.source.GetConfig(full)
	if !ok || value == "" {
		return false
	}
	if !r.source.IsConfigSecret(full) {
		r.problems.add(key, r.problems.setSecret(key), "stands in clear in the stack's file; take it out, replace it and set it as a secret")
		return true
	}
	if err := rule(value); err != nil {
		r.problems.add(key, r.problems.setSecret(key), "is refused: %v", err)
	}
	return true
}

type refused string

func (e refused) Error() string { return string(e) }

func astraToken(value string) error {
	if !astraTokenForm.MatchString(value) {
		return refused("an Astra token reads AstraCS:CLIENT:SIGNATURE, the signature being 64 hex digits")
	}
	return nil
}

func signingKey(value string) error {
	if weakness := signingkey.Weakness(value); weakness != "" {
		return refused("it " + weakness + "; make one with: " + signingkey.Make)
	}
	return nil
}

func anySecret(value string) error {
	if strings.ContainsAny(value, " \t\r\n") {
		return refused("it holds white space")
	}
	return nil
}

// headers are name=value, separated by commas. Values never enter a message.
func headers(list string) error {
	for pair := range strings.SplitSeq(list, ",") {
		if name, _, found := strings.Cut(pair, "="); !found || strings.TrimSpace(name) == "" {
			return refused("headers read name=value, separated by commas")
		}
	}
	return nil
}

func (r *reader) roles(key, list string) {
	for _, role := range strings.Split(list, ",") {
		if !slices.Contains([]string{"viewer", "creator"}, strings.TrimSpace(role)) {
			r.problems.add(key, r.problems.set(key, "viewer,creator"), "%q is no role of a new account; choose viewer, creator or both, and name moderators in moderatorEmails", role)
		}
	}
}

func (r *reader) emails(key, list string) {
	if list == "" {
		return
	}
	for _, address := range strings.Split(list, ",") {
		address = strings.TrimSpace(address)
		if parsed, err := mail.ParseAddress(address); err != nil || parsed.Address != address {
			r.problems.add(key, r.problems.set(key, "ada@example.org"), "%q is no e-mail address", address)
		}
	}
}

func (r *reader) origins(key, list string) {
	if list == "*" {
		return
	}
	for _, origin := range strings.Split(list, ",") {
		u, err := url.Parse(strings.TrimSpace(origin))
		if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") || u.Path+u.RawQuery+u.Fragment != "" || u.User != nil || strings.Contains(origin, "*") {
			r.problems.add(key, r.problems.set(key, "https://www.example.org"), "%q is no origin such as https://www.example.org", origin)
		}
	}
}

func itoa(n int) string { return strconv.Itoa(n) }
