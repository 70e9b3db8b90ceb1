package stacks

// Key is one setting as Pulumi.yaml declares it; a test holds the two together.
type Key struct {
	Name    string
	Secret  bool
	Meaning string
}

// Keys lists every setting of a stack, in the order of the docs.
func Keys() []Key {
	return []Key{
		{"target", false, "local"},
		{"environment", false, "the stack's name"},
		{"image", false, "built from the checkout"},
		{"minInstances", false, "1"},
		{"maxInstances", false, "3"},
		{"concurrency", false, "80"},
		{"cpu", false, "1"},
		{"memory", false, "the least that goes with cpu on the target, 512Mi or more"},
		{"redeploy", false, "0"},
		{"logLevel", false, "INFO"},
		{"corsOrigins", false, "*"},
		{"jwtExpiryMinutes", false, "60"},
		{"moderatorEmails", false, "nobody"},
		{"moderatorCodesGeneration", false, "1"},
		{"defaultRoles", false, "viewer,creator"},
		{"service", false, "the service's own defaults"},
		{"astraDatabaseId", false, "none; the embedded one for target local"},
		{"astraRegion", false, "none; the embedded one for target local"},
		{"astraDataApiEndpoint", false, "Astra's own, of the database"},
		{"astraDevopsEndpoint", false, "Astra's own"},
		{"astraEndpointReason", false, "none; needed in environment prod with one of the two"},
		{"keyspace", false, "killrvideo"},
		{"astraDeployToken", true, "needed by every target but local"},
		{"astraToken", true, "a token is minted"},
		{"astraReadOnlyToken", true, "a token is minted"},
		{"allowBroadAstraToken", false, "false"},
		{"astraTokenGeneration", false, "1"},
		{"jwtSecretKey", true, "a key is generated"},
		{"jwtKeyGeneration", false, "1"},
		{"jwtKeyLeakGeneration", false, "0"},
		{"nvidiaApiKey", true, "Astra embeds"},
		{"youtubeApiKey", true, "YouTube is asked by oEmbed"},
		{"metricsToken", true, "one is made, but on target local"},
		{"metricsPublic", false, "false; on target local the metrics are public"},
		{"otlpHeaders", true, "no headers for the collector of traces"},
		{"gate", false, "http"},
		{"gateReason", false, "none"},
		{"gateTimeoutSeconds", false, "120"},
		{"local", false, "port 8000, astraPort 8181"},
		{"cloudrun", false, "project and region needed; see docs/targets/cloudrun.md"},
		{"ecs", false, "region needed; see docs/targets/ecs.md"},
		{"kubernetes", false, "host and repository needed; see docs/targets/kubernetes.md"},
	}
}
