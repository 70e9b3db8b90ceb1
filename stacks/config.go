// Package stacks is the Pulumi program: it reads a stack's settings once,
// makes its credentials, deploys the app to the chosen target and proves that
// it serves. No cloud SDK may enter here; each target's main package brings
// its own.
package stacks

import (
	"github.com/killrvideo/killrvideo-go/infra/app"
	"github.com/killrvideo/killrvideo-go/infra/target"
)

// Config is all the settings of a stack, read and validated.
type Config struct {
	Stack       string
	Target      string
	Environment string
	// Image is the digest reference to deploy; empty means build it.
	Image string
	Scale app.Scale
	// Redeploy makes another revision when it changes.
	Redeploy int

	LogLevel         string
	CORSOrigins      string
	JWTExpiryMinutes int
	ModeratorEmails  string
	// ModeratorCodesGeneration makes new codes when it changes.
	ModeratorCodesGeneration string
	DefaultRoles             string
	Service                  Service

	AstraDatabaseID string
	AstraRegion     string
	Keyspace        string
	// AstraDataAPIEndpoint and AstraDevopsEndpoint are where Astra's APIs are, if
	// not at Astra itself; AstraEndpointReason is why.
	AstraDataAPIEndpoint, AstraDevopsEndpoint, AstraEndpointReason string

	AstraTokenGeneration string
	AllowBroadAstraToken bool
	JWTKeyGeneration     string
	// JWTKeyLeakGeneration is empty until a key has leaked.
	JWTKeyLeakGeneration string

	// Secrets that are set, by key; their values are read as Pulumi secrets
	// when they are used.
	HasDeployToken, HasAstraToken, HasReadOnlyToken, HasJWTKey, HasNvidiaKey, HasYouTubeKey, HasOTLPHeaders, HasMetricsToken bool

	// MetricsPublic lets anybody read /metrics.
	MetricsPublic bool

	// Online tells that what the stack is deployed to may be asked about itself.
	Online bool

	Gate               string
	GateReason         string
	GateTimeoutSeconds int
}

// maxGeneration leaves room for a date, such as 20261126.
const maxGeneration = 999_999_999

// maxRedeploy leaves room for a time in seconds.
const maxRedeploy = 99_999_999_999

// Source is where settings come from: a *pulumi.Context, or a test.
type Source interface {
	GetConfig(key string) (string, bool)
	IsConfigSecret(key string) bool
	Stack() string
}

// Load reads and validates every setting. All problems are reported at once,
// as *Problems.
func Load(source Source) (*Config, error) {
	r := &reader{source: source, problems: &Problems{Stack: source.Stack()}}
	c := &Config{Stack: source.Stack()}
	r.problems.unknown(configured(source))
	c.readDeployment(r)
	c.readService(r)
	c.readAstra(r)
	c.readSecrets(r)
	c.check(r)
	return c, r.problems.orNil()
}

func (c *Config) readDeployment(r *reader) {
	c.Target = r.text("target", "local")
	if err := target.Check(c.Target); err != nil {
		r.problems.add("target", r.problems.set("target", "local"), "%v", err)
	}
	c.Environment = r.text("environment", c.Stack)
	r.match("environment", c.Environment, environmentName, "2 to 20 lower-case letters, digits and dashes, beginning with a letter", environmentOf(c.Stack, nil))
	if !environmentName.MatchString(c.Environment) {
		// Its problem is noted; names made of it would only repeat it.
		c.Environment = "dev"
	}
	c.Image = r.text("image", "")
	if c.Image != "" {
		r.match("image", c.Image, digestReference, "a reference by digest, such as registry/name@sha256:…; tags can move", "NAME@sha256:DIGEST")
	}
	c.Scale.MinInstances = r.number("minInstances", 1, 0, 100)
	c.Scale.MaxInstances = r.number("maxInstances", 3, 1, 1000)
	c.Scale.Concurrency = r.number("concurrency", 80, 1, 1000)
	c.Scale.CPU = r.text("cpu", "1")
	r.match("cpu", c.Scale.CPU, cores, "cores, such as 0.25, 0.5, 1, 2, 4", "1")
	c.Scale.Memory = r.text("memory", leastMemory(c.Target, c.Scale.CPU))
	r.match("memory", c.Scale.Memory, binaryUnits, "a size such as 512Mi or 2Gi", leastMemory(c.Target, "1"))
	c.Redeploy = r.number("redeploy", 0, 0, maxRedeploy)
	c.Gate = r.oneOf("gate", "http", "http", "off")
	c.GateReason = r.text("gateReason", "")
	c.GateTimeoutSeconds = r.number("gateTimeoutSeconds", 120, 5, 3600)
}

func (c *Config) readService(r *reader) {
	c.LogLevel = r.oneOf("logLevel", "INFO", "DEBUG", "INFO", "WARN", "ERROR")
	c.CORSOrigins = r.text("corsOrigins", "*")
	c.JWTExpiryMinutes = r.number("jwtExpiryMinutes", 60, 1, 24*60)
	c.ModeratorEmails = r.text("moderatorEmails", "")
	c.ModeratorCodesGeneration = itoa(r.number("moderatorCodesGeneration", 1, 0, maxGeneration))
	c.DefaultRoles = r.text("defaultRoles", "viewer,creator")
	r.roles("defaultRoles", c.DefaultRoles)
	r.emails("moderatorEmails", c.ModeratorEmails)
	r.origins("corsOrigins", c.CORSOrigins)
	c.Service.readGroup(r)
}

func (c *Config) readAstra(r *reader) {
	c.AstraDatabaseID = r.text("astraDatabaseId", "")
	if c.AstraDatabaseID != "" {
		r.match("astraDatabaseId", c.AstraDatabaseID, uuidText, "a database id (a UUID), not a name or an endpoint", "DATABASE-UUID")
	}
	c.AstraRegion = r.text("astraRegion", "")
	if c.AstraRegion != "" {
		r.match("astraRegion", c.AstraRegion, regionName, "a region such as us-east1 or eu-west-1", "us-east1")
	}
	c.Keyspace = r.text("keyspace", "killrvideo")
	r.match("keyspace", c.Keyspace, keyspaceName, "a letter, then at most 47 letters, digits and underscores", "killrvideo")
	c.AstraTokenGeneration = itoa(r.number("astraTokenGeneration", 1, 0, maxGeneration))
	c.JWTKeyGeneration = itoa(r.number("jwtKeyGeneration", 1, 0, maxGeneration))
	if leaks := r.number("jwtKeyLeakGeneration", 0, 0, maxGeneration); leaks > 0 {
		c.JWTKeyLeakGeneration = itoa(leaks)
	}
	c.AllowBroadAstraToken = r.flag("allowBroadAstraToken")
	c.readEndpoints(r)
}

func (c *Config) readSecrets(r *reader) {
	c.HasDeployToken = r.secret("astraDeployToken", astraToken)
	c.HasAstraToken = r.secret("astraToken", astraToken)
	c.HasReadOnlyToken = r.secret("astraReadOnlyToken", astraToken)
	c.HasJWTKey = r.secret("jwtSecretKey", signingKey)
	c.HasNvidiaKey = r.secret("nvidiaApiKey", anySecret)
	c.HasYouTubeKey = r.secret("youtubeApiKey", anySecret)
	c.HasMetricsToken = r.secret("metricsToken", anySecret)
	c.MetricsPublic = r.flag("metricsPublic")
	c.HasOTLPHeaders = r.secret("otlpHeaders", headers)
}

// check refuses combinations that make no sense.
func (c *Config) check(r *reader) {
	p := r.problems
	if c.Scale.MinInstances > c.Scale.MaxInstances {
		p.add("minInstances", p.set("maxInstances", itoa(c.Scale.MinInstances)),
			"%d is more than maxInstances, which is %d", c.Scale.MinInstances, c.Scale.MaxInstances)
	}
	if c.Gate == "off" && c.GateReason == "" {
		p.add("gateReason", p.set("gateReason", `"WHY"`), "the gate is off, so nothing proves the deployment; say why")
	}
	if c.Gate != "off" && c.GateReason != "" {
		p.add("gateReason", p.remove("gateReason"), "says why the gate is off, but it is not")
	}
	switch {
	case c.AllowBroadAstraToken && c.Environment != "dev":
		p.add("allowBroadAstraToken", p.remove("allowBroadAstraToken"), "only environment dev may use a token that can do more than the API needs")
	case c.AllowBroadAstraToken && !c.HasAstraToken && !c.HasReadOnlyToken:
		p.add("allowBroadAstraToken", p.remove("allowBroadAstraToken"),
			"is about a token of your own, and neither astraToken nor astraReadOnlyToken is set; a minted one is never broad")
	}
	if c.ModeratorCodesGeneration != "1" && len(c.provedModerators()) == 0 {
		p.add("moderatorCodesGeneration", p.remove("moderatorCodesGeneration"), "makes new codes of moderators, and this stack has none")
	}
	if c.MetricsPublic && c.HasMetricsToken {
		p.add("metricsPublic", p.remove("metricsPublic"), "lets anybody read /metrics, and metricsToken is for those who have it")
	}
	c.checkEndpoints(p)
	if c.Target == "local" {
		c.checkLocal(p)
		return
	}
	c.checkAccount(p)
}

// makesMetricsToken tells that the stack makes the token for /metrics: outside
// this machine numbers about the service are not for everybody.
func (c *Config) makesMetricsToken() bool {
	return c.Target != "local" && !c.HasMetricsToken && !c.MetricsPublic
}

func (c *Config) checkLocal(p *Problems) {
	if c.MetricsPublic {
		p.add("metricsPublic", p.remove("metricsPublic"), "target local lets anybody on this machine read /metrics anyway")
	}
	if c.Image != "" {
		p.add("image", p.remove("image"), "target local builds and runs the program itself; an image is for the other targets")
	}
}

// checkAccount asks for what a deployment outside this machine cannot do
// without.
func (c *Config) checkAccount(p *Problems) {
	if c.AstraDatabaseID == "" {
		p.add("astraDatabaseId", p.set("astraDatabaseId", "DATABASE-UUID"), "target %s needs the database to use", c.Target)
	}
	if c.AstraRegion == "" {
		p.add("astraRegion", p.set("astraRegion", "us-east1"), "target %s needs the region of the database", c.Target)
	}
	if !c.HasDeployToken {
		p.List = append(p.List, Problem{
			Key: "astraDeployToken", Missing: true, Cure: p.setSecret("astraDeployToken"),
			What: "is not set; it makes the schema and mints the service's token",
		})
	}
}
