package config

import (
	"time"

	"github.com/killrvideo/killrvideo-go/service/config/table"
	"github.com/killrvideo/killrvideo-go/service/killrvideo"
)

// Rules between several settings; the rule of a single one is in package table.

// keyspace reads the keyspace from its variable or from the older name of it.
func (l loader) keyspace() string {
	const name, older = "ASTRA_DB_KEYSPACE", "ASTRA_DB_NAMESPACE"
	keyspace, namespace := l.given(name), l.given(older)
	switch {
	case keyspace == "" && namespace != "":
		if err := table.Keyspace().Check(namespace); err != nil {
			l.problems.add(older, err.Error())
		}
		return namespace
	case namespace != "" && namespace != keyspace:
		l.problems.add(older, "differs from "+name+", of which it is the older name; unset it")
	}
	return l.text(name)
}

// previousKey reads until when the previous key may have signed, and until when
// it verifies: no longer than its last token lives.
func (l loader) previousKey(c *Config) {
	const key, issued, verifies = "JWT_SECRET_KEY_PREVIOUS", "JWT_SECRET_KEY_PREVIOUS_ISSUED_UNTIL", "JWT_SECRET_KEY_PREVIOUS_VERIFIES_UNTIL"
	c.JWTPreviousIssuedUntil, c.JWTPreviousVerifiesUntil = l.time(issued), l.time(verifies)
	last := c.JWTPreviousIssuedUntil.Add(killrvideo.MaxAccessLifetime)
	if !c.JWTKey.IsZero() && c.JWTKey == c.JWTPreviousKey {
		l.problems.add(key, "is the same as JWT_SECRET_KEY; leave it out, or set the key that was used before")
	}
	switch {
	case c.JWTPreviousKey.IsZero():
	case c.JWTPreviousIssuedUntil.IsZero():
		l.problems.add(issued, "is required with "+key+"; set when the last instance that signed with that key ended, "+
			"as printed by: date -u +%Y-%m-%dT%H:%M:%SZ")
	case c.JWTPreviousVerifiesUntil.IsZero():
		c.JWTPreviousVerifiesUntil = last
	case c.JWTPreviousVerifiesUntil.After(last):
		l.problems.add(verifies, "must be at most a day after "+issued+"; no access token lives longer")
	}
}

// shutdownAfterGrace is long enough for the longest request and for the
// background work after it.
const shutdownAfterGrace = 25 * time.Second

func (l loader) shutdownTimeout(c *Config) {
	c.ShutdownTimeout = c.ShutdownGrace + shutdownAfterGrace
	if l.given("SHUTDOWN_TIMEOUT_SECONDS") == "" {
		return
	}
	c.ShutdownTimeout = l.duration("SHUTDOWN_TIMEOUT_SECONDS", time.Second)
	if c.ShutdownTimeout > table.MinShutdownSeconds*time.Second && c.ShutdownGrace >= c.ShutdownTimeout {
		l.problems.add("SHUTDOWN_TIMEOUT_SECONDS", "must be more than SHUTDOWN_GRACE_SECONDS: requests in flight end after the grace")
	}
}

// privateNetworks are the networks that no client on the internet comes from.
// Trust them only where a platform's load balancer is all that can connect from
// there: every other host in these networks could forge any client's address.
var privateNetworks = []string{
	"127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "100.64.0.0/10",
	"::1/128", "fc00::/7", "fe80::/10",
}

func (l loader) networks(name string) []string {
	var networks []string
	for _, item := range table.List(l.text(name)) {
		switch item {
		case "none":
		case "private":
			networks = append(networks, privateNetworks...)
		default:
			networks = append(networks, item)
		}
	}
	return networks
}
