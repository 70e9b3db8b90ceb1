package stacks

import (
	"slices"
	"strings"

	"github.com/killrvideo/killrvideo-go/infra/app"
	"github.com/killrvideo/killrvideo-go/infra/platform"
	"github.com/killrvideo/killrvideo-go/infra/policy"
	"github.com/killrvideo/killrvideo-go/stacks/launch/checkout"
)

// Config is all the settings of a stack, read and validated. Package comments of
// the fields are in the table; see Keys.
type Config struct {
	Stack       string
	Target      string
	Environment string
	// Image is the digest reference to deploy; empty means build it.
	Image    string
	Scale    app.Scale
	Redeploy int

	// Variables are those of the service that plain settings set, by name.
	Variables        map[string]string
	JWTExpiryMinutes int
	ModeratorEmails  string

	ModeratorCodesGeneration, AstraTokenGeneration, JWTKeyGeneration string
	// JWTKeyLeakGeneration is empty until a key has leaked.
	JWTKeyLeakGeneration string

	AstraDatabaseID, AstraRegion, Keyspace string
	// AstraDataAPIEndpoint and AstraDevopsEndpoint are empty for Astra itself.
	AstraDataAPIEndpoint, AstraDevopsEndpoint, AstraEndpointReason string
	AllowBroadAstraToken                                           bool
	MetricsPublic                                                  bool

	// Production is what the platform is asked for beside running the service.
	Production platform.Production
	// AccessList are the addresses of operators that reach the database beside the
	// service; none leaves the database's list alone.
	AccessList []string

	Gate, GateReason   string
	GateTimeoutSeconds int

	// Waivers permit what a rule of the policy forbids.
	Waivers []policy.Waiver

	// Online tells that the program may ask the platform about itself.
	Online bool

	secrets map[string]bool
}

// Has tells whether a secret is set. Its value is read as a Pulumi secret where
// it is used.
func (c *Config) Has(secret string) bool { return c.secrets[secret] }

// Load reads and validates every setting. All problems are reported at once, as
// *Problems.
func Load(source Source) (*Config, error) {
	r := &reader{source: source, problems: &Problems{Stack: source.Stack()}}
	r.problems.unknown(configured(source))
	c := &Config{Stack: source.Stack()}
	c.read(r)
	c.check(r.problems)
	return c, r.problems.orNil()
}

func (c *Config) read(r *reader) {
	c.Target = r.target()
	c.Environment = r.environment()
	c.Image = r.text("image")
	c.Scale = app.Scale{
		MinInstances: r.integer("minInstances"), MaxInstances: r.integer("maxInstances"), Concurrency: r.integer("concurrency"),
		CPU: r.text("cpu"), Memory: r.text("memory"),
	}
	if c.Scale.Memory == "" {
		c.Scale.Memory = leastMemory(c.Target, c.Scale.CPU)
	}
	if !targetNamed(c.Target).concurrency && !r.isSet("concurrency") {
		c.Scale.Concurrency = 0 // a platform without it refuses any other number
	}
	if c.Target == checkout.Local {
		r.unreadScale()
	}
	c.Redeploy = r.integer("redeploy")

	c.Variables = r.variables()
	c.JWTExpiryMinutes = r.integer("jwtExpiryMinutes")
	c.ModeratorEmails = c.Variables["MODERATOR_EMAILS"]
	c.ModeratorCodesGeneration = r.text("moderatorCodesGeneration")
	c.AstraTokenGeneration = r.text("astraTokenGeneration")
	c.JWTKeyGeneration = r.text("jwtKeyGeneration")
	if leaks := r.text("jwtKeyLeakGeneration"); leaks != "0" {
		c.JWTKeyLeakGeneration = leaks
	}

	c.AstraDatabaseID, c.AstraRegion, c.Keyspace = r.text("astraDatabaseId"), r.text("astraRegion"), r.text("keyspace")
	c.AstraDataAPIEndpoint, c.AstraDevopsEndpoint = r.text("astraDataApiEndpoint"), r.text("astraDevopsEndpoint")
	c.AstraEndpointReason = r.text("astraEndpointReason")
	c.AllowBroadAstraToken = r.boolean("allowBroadAstraToken")
	c.MetricsPublic = r.boolean("metricsPublic")
	c.Gate, c.GateReason, c.GateTimeoutSeconds = strings.ToLower(r.text("gate")), r.text("gateReason"), r.integer("gateTimeoutSeconds")

	c.Waivers = r.waivers()
	c.readProduction(r)

	c.secrets = map[string]bool{}
	for _, key := range Keys() {
		if key.Secret {
			c.secrets[key.Name] = r.secret(key.Name)
		}
	}
}

// unreadScale refuses the size of an instance where there is one process.
func (r *reader) unreadScale() {
	for _, key := range []string{"minInstances", "maxInstances", "concurrency", "cpu", "memory"} {
		if r.isSet(key) {
			r.problems.add(key, r.problems.remove(key), "does nothing on target local, which runs one process")
		}
	}
}

// isSet reports a value other than the default: the engine hands over defaults
// of Pulumi.yaml as if the stack had set them.
func (r *reader) isSet(key string) bool {
	value, _ := r.source.GetConfig(Namespace + ":" + key)
	return value != "" && value != find(key).Default
}

// target is the stack's target. The launcher has refused unknown ones before the
// program runs; a plan and the language host's program have not.
func (r *reader) target() string {
	target := r.text("target")
	root, err := checkout.Root()
	if err != nil {
		return target // which is compared with that of this program
	}
	if targets := checkout.Targets(root); !slices.Contains(targets, target) {
		r.problems.add("target", r.problems.set("target", checkout.Local), "must be one of %s, not %q", strings.Join(targets, ", "), target)
	}
	return target
}

// environment is the stack's name if no environment is set.
func (r *reader) environment() string {
	if value, _ := r.source.GetConfig(Namespace + ":environment"); value != "" {
		if environment := r.text("environment"); environment != "" {
			return environment
		}
		return "dev" // the problem is noted; names made of it would only repeat it
	}
	stack := r.source.Stack()
	if find("environment").Rule.Check(stack) != nil {
		r.problems.add("environment", r.problems.set("environment", environmentOf(stack, nil)),
			"the stack's name, %q, is no name of an environment; set one", stack)
		return "dev"
	}
	return stack
}
