package stacks

import (
	"net/netip"
	"net/url"
)

// astraEndpoint tells whether a text may stand for the address of one of Astra's
// APIs: HTTPS, or plain HTTP on this machine alone, without a user or a slash at
// its end.
func astraEndpoint(text string) bool {
	u, err := url.Parse(text)
	if err != nil || u.Hostname() == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" || text[len(text)-1] == '/' {
		return false
	}
	address, err := netip.ParseAddr(u.Hostname())
	onMachine := u.Hostname() == "localhost" || err == nil && address.IsLoopback()
	return u.Scheme == "https" || u.Scheme == "http" && onMachine
}

// readEndpoints reads where Astra's APIs are, if not at Astra itself: staging,
// or a stand-in. Production must say why.
func (c *Config) readEndpoints(r *reader) {
	c.AstraDataAPIEndpoint = r.text("astraDataApiEndpoint", "")
	c.AstraDevopsEndpoint = r.text("astraDevopsEndpoint", "")
	c.AstraEndpointReason = r.text("astraEndpointReason", "")
	for _, of := range []struct{ key, value, example string }{
		{"astraDataApiEndpoint", c.AstraDataAPIEndpoint, "https://astra.example.org"},
		{"astraDevopsEndpoint", c.AstraDevopsEndpoint, "https://astra.example.org/v2"},
	} {
		if of.value != "" && !astraEndpoint(of.value) {
			r.problems.add(of.key, r.problems.set(of.key, of.example), "is not an https URL without a user and a slash at its end")
		}
	}
}

// checkEndpoints refuses what would be read by nobody, or by mistake.
func (c *Config) checkEndpoints(p *Problems) {
	elsewhere := c.AstraDataAPIEndpoint != "" || c.AstraDevopsEndpoint != ""
	switch {
	case c.Target == "local":
		for key, value := range map[string]string{
			"astraDataApiEndpoint": c.AstraDataAPIEndpoint, "astraDevopsEndpoint": c.AstraDevopsEndpoint, "astraEndpointReason": c.AstraEndpointReason,
		} {
			if value != "" {
				p.add(key, p.remove(key), "is for an account, and target local brings its own Astra")
			}
		}
	case elsewhere && c.Environment == "prod" && c.AstraEndpointReason == "":
		p.add("astraEndpointReason", p.set("astraEndpointReason", `"WHY"`), "production would not use Astra's own endpoints; say why")
	case !elsewhere && c.AstraEndpointReason != "":
		p.add("astraEndpointReason", p.remove("astraEndpointReason"), "says why Astra is elsewhere, but no endpoint is set")
	}
}
