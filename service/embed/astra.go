package embed

import "github.com/killrvideo/killrvideo-go/service/killrvideo"

// AstraModel names the provider and the model by which Astra itself embeds a
// text that is written to a vector column, or sorted by: what Astra calls
// vectorize. It is that of the column in package schema.
const AstraModel = "nvidia/NV-Embed-QA"

// ByAstra leaves the vector of a text to Astra.
func ByAstra(text string) killrvideo.Embedding {
	return killrvideo.Embedding{Text: Clip(text), Model: AstraModel}
}
