package config

import (
	"net"
	"net/mail"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/killrvideo/killrvideo-go/astra/signingkey"
	"github.com/killrvideo/killrvideo-go/service/killrvideo"
)

func (l loader) astraToken(name string, required bool) Secret {
	before := len(*l.problems)
	token := l.secret(name)
	switch {
	case len(*l.problems) > before:
	case token.IsZero() && required:
		l.missing(name, "is required; make a token for the database and set it, or name its file in "+name+"_FILE")
	case token.IsZero():
	case !strings.HasPrefix(token.Reveal(), "AstraCS:") || strings.ContainsAny(token.Reveal(), " \t\r\n"):
		l.problems.add(name, "must be an Astra application token; it begins with AstraCS: and has no spaces")
		return ""
	}
	return token
}

// endpoint takes https everywhere. Plain http carries the token in clear, so
// it is only for this machine and for a neighbouring container, whose name has
// no dots.
func (l loader) endpoint(name string) string {
	text := l.text(name)
	if text == "" {
		l.missing(name, "is required; copy the API endpoint, https://..., from the database's page")
		return ""
	}
	u, err := url.Parse(text)
	switch {
	case err != nil || u.Host == "" || u.Hostname() == "":
		l.problems.add(name, "must be a URL such as https://<database>-<region>.apps.astra.datastax.com")
	case u.User != nil || u.RawQuery != "" || u.Fragment != "" || strings.Trim(u.Path, "/") != "":
		l.problems.add(name, "must be scheme and host only; leave out user, path and query")
	case u.Scheme == "https", u.Scheme == "http" && nearby(u.Hostname()):
		return u.Scheme + "://" + u.Host
	case u.Scheme == "http":
		l.problems.add(name, "must be https; http is only for loopback and for a container name without dots")
	default:
		l.problems.add(name, "must begin with https://")
	}
	return ""
}

func nearby(host string) bool {
	if ip := net.ParseIP(host); ip != nil {
		return ip.IsLoopback()
	}
	return !strings.Contains(host, ".")
}

var keyspaceName = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_]{0,47}$`)

func (l loader) keyspace() string {
	const name, other = "ASTRA_DB_KEYSPACE", "ASTRA_DB_NAMESPACE"
	keyspace := l.text(name)
	if keyspace == "" {
		keyspace = l.text(other)
	} else if namespace := l.text(other); namespace != "" && namespace != keyspace {
		l.problems.add(other, "differs from "+name+", of which it is the older name; unset it")
	}
	switch {
	case keyspace == "":
		l.problems.add(name, "is required; set the keyspace that holds the tables")
	case !keyspaceName.MatchString(keyspace):
		l.problems.add(name, "must be a letter, then at most 47 letters, digits or underscores")
	}
	return keyspace
}

func (l loader) signingKey(name string, required bool) Secret {
	before := len(*l.problems)
	key := l.secret(name)
	switch {
	case len(*l.problems) > before:
	case key.IsZero() && required:
		l.missing(name, "is required; make one with: "+signingkey.Make)
	case key.IsZero():
	default:
		if weakness := signingkey.Weakness(key.Reveal()); weakness != "" {
			l.problems.add(name, weakness+"; make one with: "+signingkey.Make)
			return ""
		}
	}
	return key
}

// previousKeyTimes reads until when the previous key may have signed, and until
// when it verifies: no later than its last token can live.
func (l loader) previousKeyTimes(c *Config) {
	const issued, verifies = "JWT_SECRET_KEY_PREVIOUS_ISSUED_UNTIL", "JWT_SECRET_KEY_PREVIOUS_VERIFIES_UNTIL"
	c.JWTPreviousIssuedUntil, c.JWTPreviousVerifiesUntil = l.time(issued), l.time(verifies)
	last := c.JWTPreviousIssuedUntil.Add(killrvideo.MaxAccessLifetime)
	switch {
	case c.JWTPreviousKey.IsZero():
	case c.JWTPreviousIssuedUntil.IsZero():
		l.problems.add(issued, "is required with JWT_SECRET_KEY_PREVIOUS; set when the last instance that signed with that key ended, "+
			"as printed by: date -u +%Y-%m-%dT%H:%M:%SZ")
	case c.JWTPreviousVerifiesUntil.IsZero():
		c.JWTPreviousVerifiesUntil = last
	case c.JWTPreviousVerifiesUntil.After(last):
		l.problems.add(verifies, "must be at most a day after "+issued+"; no access token lives longer")
	}
}

func (l loader) time(name string) time.Time {
	text := l.text(name)
	if text == "" {
		return time.Time{}
	}
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		l.problems.add(name, "must be a time such as 2026-01-31T12:00:00Z")
	}
	return at
}

func (l loader) origins(name string) []string {
	var origins []string
	for _, origin := range l.list(name) {
		origin = strings.TrimSuffix(origin, "/")
		u, err := url.Parse(origin)
		switch {
		case origin == "*":
		case err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https"),
			u.Path != "" || u.RawQuery != "" || u.User != nil || strings.Contains(origin, "*"):
			l.problems.add(name, "must be * or origins such as https://www.example.com, comma-separated, without a path")
			return nil
		}
		origins = append(origins, origin)
	}
	if len(origins) > 1 && slices.Contains(origins, "*") {
		l.problems.add(name, "names * beside other origins; * already admits all")
	}
	return origins
}

func (l loader) emails(name string) []string {
	emails := l.list(name)
	for _, email := range emails {
		if address, err := mail.ParseAddress(email); err != nil || address.Address != email {
			l.problems.add(name, "must be e-mail addresses, comma-separated")
			break
		}
	}
	return emails
}

func (l loader) roles(name string) []string {
	roles := l.list(name)
	for i, role := range roles {
		roles[i] = strings.ToLower(role)
		if roles[i] != "viewer" && roles[i] != "creator" {
			l.problems.add(name, "must be viewer, creator or both; name moderators in MODERATOR_EMAILS")
			break
		}
	}
	return roles
}
