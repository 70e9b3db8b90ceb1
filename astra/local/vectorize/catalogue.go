package vectorize

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// provider is one that Astra asks for embeddings.
type provider struct {
	name, display, url string
	// keys lists how requests and definitions give a key. A provider without any
	// needs none.
	keys       []key
	parameters []parameter
	models     []model
}

// key is a header of requests, the name under which a definition gives a stored
// key instead, and the header in which Astra forwards either.
type key struct{ header, secret, forwarded string }

// model is one of a provider; dimension is 0 where the definition chooses it
// within a range or from options. Without a usual one it must choose.
type model struct {
	name       string
	dimension  int
	usual      int
	least      int
	most       int
	options    []int
	parameters []parameter
}

type parameter struct {
	name, kind, usual, display, help, hint string
	required                               bool
}

var (
	bearer    = []key{{"x-embedding-api-key", "providerKey", "Authorization"}}
	ada       = model{name: "text-embedding-ada-002", dimension: 1536}
	text3Tiny = model{name: "text-embedding-3-small", usual: 1536, least: 2, most: 1536}
)

// providers are those that Astra lists, from the Data API's public
// configuration; read only.
var providers = []provider{
	{name: Provider, display: "Nvidia", url: "https://us-west-2.api-dev.ai.datastax.com/nvidia/v1/embeddings/nv-embed-qa-v4",
		models: []model{{name: Model, dimension: Dimension}}},
	{name: "openai", display: "OpenAI", url: "https://api.openai.com/v1/", keys: bearer, models: []model{
		text3Tiny, {name: "text-embedding-3-large", usual: 3072, least: 256, most: 3072}, ada,
	}, parameters: []parameter{
		{name: "organizationId", kind: "string", display: "Organization ID", hint: "Add an (optional) organization ID",
			help: "Organization ID will be passed as an OpenAI organization"},
		{name: "projectId", kind: "string", display: "Project ID", hint: "Add an (optional) project ID",
			help: "Project ID will be passed as an OpenAI project header"},
	}},
	{name: "azureOpenAI", display: "Azure OpenAI", keys: []key{{"x-embedding-api-key", "providerKey", "api-key"}},
		url:    "https://{resourceName}.openai.azure.com/openai/deployments/{deploymentId}/embeddings?api-version=2024-02-01",
		models: []model{text3Tiny, {name: "text-embedding-3-large", usual: 1536, least: 256, most: 3072}, ada}, parameters: []parameter{
			{name: "resourceName", kind: "string", display: "Resource name", help: "Azure OpenAI Service name", required: true},
			{name: "deploymentId", kind: "string", display: "Deployment ID", help: "Deployment name", required: true},
		}},
	{name: "bedrock", display: "Amazon Bedrock", keys: []key{{"x-embedding-access-id", "accessId", "aws_access_key_id"},
		{"x-embedding-secret-id", "secretKey", "aws_secret_access_key"}},
		parameters: []parameter{{name: "region", kind: "string", help: "AWS region where the model is hosted.", required: true}},
		models: []model{{name: "amazon.titan-embed-text-v1", dimension: 1536},
			{name: "amazon.titan-embed-text-v2:0", usual: 1024, options: []int{256, 512, 1024}}}},
	{name: "huggingface", display: "Hugging Face - Serverless", keys: bearer,
		url: "https://router.huggingface.co/hf-inference/models/{modelId}/pipeline/feature-extraction", models: []model{
			{name: "sentence-transformers/all-MiniLM-L6-v2", dimension: 384}, {name: "intfloat/multilingual-e5-large", dimension: 1024},
			{name: "intfloat/multilingual-e5-large-instruct", dimension: 1024}, {name: "BAAI/bge-small-en-v1.5", dimension: 384},
			{name: "BAAI/bge-base-en-v1.5", dimension: 768}, {name: "BAAI/bge-large-en-v1.5", dimension: 1024},
		}},
	{name: "huggingfaceDedicated", display: "Hugging Face - Dedicated", keys: bearer,
		url:    "https://{endpointName}.{regionName}.{cloudName}.endpoints.huggingface.cloud/embeddings",
		models: []model{{name: "endpoint-defined-model", least: 2, most: 3072}}, parameters: []parameter{
			{name: "endpointName", kind: "string", display: "Endpoint name", hint: "Add endpoint name",
				help: "Add the first part of the dedicated endpoint URL", required: true},
			{name: "regionName", kind: "string", display: "Region name", hint: "Add region name",
				help: "Add the second part of the dedicated endpoint URL", required: true},
			{name: "cloudName", kind: "string", display: "Cloud provider where the dedicated endpoint is deployed", hint: "Add cloud name",
				help: "Add the third part of the dedicated endpoint URL", required: true},
		}},
	{name: "jinaAI", display: "Jina AI", url: "https://api.jina.ai/v1/embeddings", keys: bearer, models: []model{
		{name: "jina-embeddings-v2-base-en", dimension: 768}, {name: "jina-embeddings-v2-base-de", dimension: 768},
		{name: "jina-embeddings-v2-base-es", dimension: 768}, {name: "jina-embeddings-v2-base-code", dimension: 768},
		{name: "jina-embeddings-v2-base-zh", dimension: 768},
		{name: "jina-embeddings-v3", usual: 1024, least: 1, most: 1024, parameters: []parameter{
			{name: "task", kind: "string", usual: "text-matching", help: "What the embeddings are for: retrieval.passage, " +
				"retrieval.query, separation, classification or text-matching"},
			{name: "late_chunking", kind: "boolean", usual: "false", help: "Whether to embed the chunks of a text in its context"},
		}},
	}},
	{name: "voyageAI", display: "Voyage AI", url: "https://api.voyageai.com/v1/embeddings", keys: bearer, parameters: []parameter{
		{name: "autoTruncate", kind: "boolean", usual: "true", help: "Whether to truncate the input texts to fit within the context length"},
	}, models: []model{
		{name: "voyage-large-2-instruct", dimension: 1024}, {name: "voyage-law-2", dimension: 1024}, {name: "voyage-code-2", dimension: 1536},
		{name: "voyage-large-2", dimension: 1536}, {name: "voyage-2", dimension: 1024}, {name: "voyage-finance-2", dimension: 1024},
		{name: "voyage-multilingual-2", dimension: 1024},
	}},
	{name: "mistral", display: "Mistral AI", url: "https://api.mistral.ai/v1/embeddings", keys: bearer,
		models: []model{{name: "mistral-embed", dimension: 1024}}},
	{name: "upstageAI", display: "Upstage", url: "https://api.upstage.ai/v1/solar/embeddings", keys: bearer,
		models: []model{{name: "solar-embedding-1-large", dimension: 4096}}},
	{name: "cohere", display: "Cohere", url: "https://api.cohere.ai/v1/", keys: bearer,
		models: []model{{name: "embed-english-v3.0", dimension: 1024}, {name: "embed-english-v2.0", dimension: 4096}}},
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

// Describe lists the providers as findEmbeddingProviders does. All models are
// supported ones: for deprecated ones, the providers have none.
func Describe(supported bool) map[string]any {
	out := map[string]any{}
	for _, p := range providers {
		headers, secrets := []any{}, []any{}
		for _, k := range p.keys {
			headers = append(headers, map[string]any{"accepted": k.header, "forwarded": k.forwarded})
			secrets = append(secrets, map[string]any{"accepted": k.secret, "forwarded": k.forwarded})
		}
		authentication := map[string]any{"NONE": map[string]any{"enabled": p.keys == nil, "tokens": []any{}}}
		if p.keys != nil {
			authentication["HEADER"] = map[string]any{"enabled": true, "tokens": headers}
			authentication["SHARED_SECRET"] = map[string]any{"enabled": true, "tokens": secrets}
		}
		parameters, models := []any{}, []any{}
		for _, q := range p.parameters {
			described := q.describe(map[string]any{}, q.required)
			described["type"] = strings.ToUpper(q.kind)
			described["displayName"], described["hint"] = orNull(q.display), orNull(q.hint)
			parameters = append(parameters, described)
		}
		sorted := slices.SortedFunc(slices.Values(p.models), func(a, b model) int { return cmp.Compare(a.name, b.name) })
		for _, m := range sorted {
			if supported {
				models = append(models, m.describe())
			}
		}
		out[p.name] = map[string]any{"displayName": p.display, "url": orNull(p.url), "supportedAuthentication": authentication,
			"parameters": parameters, "models": models}
	}
	return out
}

func (m model) describe() map[string]any {
	parameters := []any{}
	var dimension any = m.dimension
	if m.dimension == 0 {
		validation := map[string]any{"numericRange": []int{m.least, m.most}}
		if m.options != nil {
			validation = map[string]any{"options": m.options}
		}
		dimension = nil
		length := parameter{name: "vectorDimension", kind: "number", help: "The length of the vectors"}
		if m.usual != 0 {
			length.usual = strconv.Itoa(m.usual)
		}
		parameters = append(parameters, length.describe(validation, m.options == nil))
	}
	for _, q := range m.parameters {
		parameters = append(parameters, q.describe(map[string]any{}, q.required))
	}
	return map[string]any{"name": m.name, "vectorDimension": dimension, "parameters": parameters,
		"apiModelSupport": map[string]any{"status": "SUPPORTED", "message": nil}}
}

func (q parameter) describe(validation map[string]any, required bool) map[string]any {
	return map[string]any{"name": q.name, "type": q.kind, "required": required, "defaultValue": orNull(q.usual),
		"validation": validation, "help": orNull(q.help)}
}

func orNull(text string) any {
	if text == "" {
		return nil
	}
	return text
}
