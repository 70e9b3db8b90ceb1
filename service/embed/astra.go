package embed

import "github.com/killrvideo/killrvideo-go/service/killrvideo"

// AstraModel names the provider and the model by which Astra itself embeds a
// text that is written to a vector column, or sorted by: what Astra calls
// vectorize. It is that of the column in package schema.
const AstraModel = "nvidia/NV-Embed-QA"

// The similarities, 0 to 1, from which on a passage counts as being about a
// query. Astra's similarity is (1 + cosine) / 2, so 0.65 is a cosine of 0.3.
// NVIDIA publishes none for its models; another model needs another one.
const (
	AstraCutoff  = 0.65
	NVIDIACutoff = 0.65
)

// ByAstra leaves the vector of a text to Astra.
func ByAstra(text string) killrvideo.Embedding {
	return killrvideo.Embedding{Text: Clip(text), Model: AstraModel, Cutoff: AstraCutoff}
}
