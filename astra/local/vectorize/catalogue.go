package vectorize

// provider is one that Astra asks for embeddings.
type provider struct {
	name, display string
	// header lists the request headers with a key; secret the names under which
	// a definition gives a stored one. A provider without either needs no key.
	header, secret []string
	parameters     []parameter
	models         []model
}

// model is one of a provider; dimension is 0 where the definition chooses it
// within a range or from options.
type model struct {
	name       string
	dimension  int
	least      int
	most       int
	options    []int
	parameters []parameter
}

type parameter struct {
	name, kind, display, help string
	required                  bool
}

var (
	keyHeader = []string{"x-embedding-api-key"}
	keySecret = []string{"providerKey"}
	text3     = []model{
		{name: "text-embedding-3-small", least: 2, most: 1536},
		{name: "text-embedding-3-large", least: 256, most: 3072},
		{name: "text-embedding-ada-002", dimension: 1536},
	}
)

// providers are those that Astra lists; read only.
var providers = []provider{
	{name: Provider, display: "Nvidia", models: []model{{name: Model, dimension: Dimension}}},
	{name: "openai", display: "OpenAI", header: keyHeader, secret: keySecret, models: text3, parameters: []parameter{
		{name: "organizationId", kind: "string", display: "Organization ID", help: "The OpenAI organization of the requests"},
		{name: "projectId", kind: "string", display: "Project ID", help: "The OpenAI project of the requests"},
	}},
	{name: "azureOpenAI", display: "Azure OpenAI", header: keyHeader, secret: keySecret, models: text3, parameters: []parameter{
		{name: "resourceName", kind: "string", display: "Resource name", help: "The name of the Azure OpenAI service", required: true},
		{name: "deploymentId", kind: "string", display: "Deployment ID", help: "The name of the deployment", required: true},
	}},
	{name: "bedrock", display: "Amazon Bedrock", header: []string{"x-embedding-access-id", "x-embedding-secret-id"}, secret: []string{"accessId", "secretKey"},
		parameters: []parameter{{name: "region", kind: "string", help: "The AWS region of the model", required: true}},
		models:     []model{{name: "amazon.titan-embed-text-v1", dimension: 1536}, {name: "amazon.titan-embed-text-v2:0", options: []int{256, 512, 1024}}}},
	{name: "huggingface", display: "Hugging Face - Serverless", header: keyHeader, secret: keySecret, models: []model{
		{name: "sentence-transformers/all-MiniLM-L6-v2", dimension: 384}, {name: "intfloat/multilingual-e5-large", dimension: 1024},
		{name: "intfloat/multilingual-e5-large-instruct", dimension: 1024}, {name: "BAAI/bge-small-en-v1.5", dimension: 384},
		{name: "BAAI/bge-base-en-v1.5", dimension: 768}, {name: "BAAI/bge-large-en-v1.5", dimension: 1024},
	}},
	{name: "huggingfaceDedicated", display: "Hugging Face - Dedicated", header: keyHeader, secret: keySecret,
		models: []model{{name: "endpoint-defined-model", least: 2, most: 3072}}, parameters: []parameter{
			{name: "endpointName", kind: "string", display: "Endpoint name", help: "The first part of the endpoint's URL", required: true},
			{name: "regionName", kind: "string", display: "Region name", help: "The second part of the endpoint's URL", required: true},
			{name: "cloudName", kind: "string", display: "Cloud provider", help: "The third part of the endpoint's URL", required: true},
		}},
	{name: "jinaAI", display: "Jina AI", header: keyHeader, secret: keySecret, models: []model{
		{name: "jina-embeddings-v2-base-en", dimension: 768}, {name: "jina-embeddings-v2-base-de", dimension: 768},
		{name: "jina-embeddings-v2-base-es", dimension: 768}, {name: "jina-embeddings-v2-base-code", dimension: 768},
		{name: "jina-embeddings-v2-base-zh", dimension: 768},
		{name: "jina-embeddings-v3", least: 1, most: 1024, parameters: []parameter{{name: "task", kind: "string"}, {name: "late_chunking", kind: "boolean"}}},
	}},
	{name: "voyageAI", display: "Voyage AI", header: keyHeader, secret: keySecret,
		parameters: []parameter{{name: "autoTruncate", kind: "boolean", help: "Whether to cut texts that are too long"}}, models: []model{
			{name: "voyage-large-2-instruct", dimension: 1024}, {name: "voyage-law-2", dimension: 1024}, {name: "voyage-code-2", dimension: 1536},
			{name: "voyage-large-2", dimension: 1536}, {name: "voyage-2", dimension: 1024}, {name: "voyage-finance-2", dimension: 1024},
			{name: "voyage-multilingual-2", dimension: 1024},
		}},
	{name: "mistral", display: "Mistral AI", header: keyHeader, secret: keySecret, models: []model{{name: "mistral-embed", dimension: 1024}}},
	{name: "upstageAI", display: "Upstage", header: keyHeader, secret: keySecret, models: []model{{name: "solar-embedding-1-large", dimension: 4096}}},
	{name: "cohere", display: "Cohere", header: keyHeader, secret: keySecret, models: []model{{name: "embed-english-v3.0", dimension: 1024}, {name: "embed-english-v2.0", dimension: 4096}}},
}

func find(name string) (provider, bool) {
	for _, p := range providers {
		if p.name == name {
			return p, true
		}
	}
	return provider{}, false
}

func (p provider) find(name string) (model, bool) {
	for _, m := range p.models {
		if m.name == name {
			return m, true
		}
	}
	return model{}, false
}

// Describe lists the providers as findEmbeddingProviders does.
func Describe() map[string]any {
	out := map[string]any{}
	for _, p := range providers {
		authentication := map[string]any{"NONE": map[string]any{"enabled": p.header == nil, "tokens": []any{}}}
		if p.header != nil {
			authentication["HEADER"] = map[string]any{"enabled": true, "tokens": tokens(p.header)}
			authentication["SHARED_SECRET"] = map[string]any{"enabled": true, "tokens": tokens(p.secret)}
		}
		models := []any{}
		for _, m := range p.models {
			models = append(models, m.describe())
		}
		out[p.name] = map[string]any{"displayName": p.display, "url": nil, "supportedAuthentication": authentication,
			"parameters": describe(p.parameters), "models": models}
	}
	return out
}

func tokens(names []string) []any {
	out := []any{}
	for _, n := range names {
		out = append(out, map[string]any{"accepted": n, "forwarded": "Authorization"})
	}
	return out
}

func (m model) describe() map[string]any {
	parameters := describe(m.parameters)
	var dimension any = m.dimension
	if m.dimension == 0 {
		validation := map[string]any{"numericRange": []int{m.least, m.most}}
		if m.options != nil {
			validation = map[string]any{"options": m.options}
		}
		dimension = nil
		parameters = append([]any{map[string]any{"name": "vectorDimension", "type": "number", "required": true, "defaultValue": "", "validation": validation,
			"help": "The length of the vectors", "displayName": nil, "hint": nil}}, parameters...)
	}
	return map[string]any{"name": m.name, "vectorDimension": dimension, "parameters": parameters,
		"apiModelSupport": map[string]any{"status": "SUPPORTED", "message": nil}}
}

func describe(list []parameter) []any {
	out := []any{}
	for _, p := range list {
		out = append(out, map[string]any{"name": p.name, "type": p.kind, "required": p.required, "defaultValue": nil, "validation": map[string]any{},
			"help": p.help, "displayName": p.display, "hint": nil})
	}
	return out
}
