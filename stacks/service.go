package stacks

import (
	"maps"
	"net/url"
	"strconv"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/killrvideo/killrvideo-go/infra/app"
	"github.com/killrvideo/killrvideo-go/infra/credentials"
	"github.com/killrvideo/killrvideo-go/infra/platform"
	"github.com/killrvideo/killrvideo-go/infra/provider/resource"
	"github.com/killrvideo/killrvideo-go/service/store/schema"
)

// serviceVariables are the plain variables of the service: those that settings of
// the stack set, and those that the stack computes.
func serviceVariables(cfg *Config, astra *credentials.Astra) pulumi.StringMap {
	all := pulumi.ToStringMap(cfg.Variables)
	if cfg.Redeploy > 0 {
		all["REDEPLOY"] = pulumi.String(strconv.Itoa(cfg.Redeploy))
	}
	maps.Copy(all, pulumi.StringMap{
		"ASTRA_DB_API_ENDPOINT": astra.DataAPIEndpoint,
		"ASTRA_DB_KEYSPACE":     astra.Keyspace,
		"JWT_ALGORITHM":         pulumi.String("HS256"),
	})
	if cfg.trustsModeratorEmails() {
		all["MODERATOR_PROOF"] = pulumi.String("none")
	}
	return all
}

// keepsConnections refuses a keep-alive with which the service closes an idle
// connection while what is in front of it still sends requests over it.
func keepsConnections(cfg *Config, times app.Times) error {
	var p platform.Problems
	given := cfg.Variables["KEEP_ALIVE_TIMEOUT_SECONDS"]
	if seconds, err := strconv.Atoi(given); err == nil && seconds <= times.BalancerIdle {
		p.Add("service.keepAliveSeconds", strconv.Itoa(times.KeepAlive),
			"is %d, and what is in front of the service uses an idle connection for up to %d s; requests on it would be lost", seconds,
			times.BalancerIdle)
	}
	return p.OrNil()
}

// egressPorts are the ports that the service connects to beside that of HTTPS.
func (c *Config) egressPorts() []int {
	return append(portsOf(c.Variables["OTEL_EXPORTER_OTLP_ENDPOINT"]), portsOf(c.AstraDataAPIEndpoint)...)
}

// portsOf is the port of an endpoint, if that is not HTTPS's own.
func portsOf(endpoint string) []int {
	u, err := url.Parse(endpoint)
	if err != nil || endpoint == "" {
		return nil
	}
	port, err := strconv.Atoi(u.Port())
	switch {
	case err != nil && u.Scheme == "http":
		return []int{80}
	case err != nil || port == 443:
		return nil
	}
	return []int{port}
}

// tables are the service's tables and indexes for the Astra resources.
func tables() []resource.Table {
	declared := schema.Tables()
	list := make([]resource.Table, len(declared))
	for i, t := range declared {
		list[i] = resource.Table{Name: t.Name, Definition: t.Definition}
		for _, index := range t.Indexes {
			list[i].Indexes = append(list[i].Indexes, resource.Index{Name: index.Name, Kind: index.Kind, Definition: index.Definition})
		}
	}
	return list
}
