package main

import (
	"context"
	"net/http"
	"strings"

	"github.com/killrvideo/killrvideo-go/service/config"
	"github.com/killrvideo/killrvideo-go/service/embed"
	"github.com/killrvideo/killrvideo-go/service/killrvideo"
)

// The similarity from which on two texts are about the same, by who compares
// them. Astra's own is the one of the contract.
const (
	modelThreshold = 0.65
	localThreshold = 0.6
)

// embedder is how this service learns what texts mean: from NVIDIA if there is
// a key, else from Astra itself, which embeds what it is given to store or to
// compare. The embedded Astra cannot; it is the only one that speaks plain
// http. Vectors of different makers must not meet in one keyspace.
type embedder struct {
	with      embed.Embedder // nil leaves it to Astra
	threshold float64
}

func newEmbedder(c config.Config, transport *http.Transport) embedder {
	switch {
	case !c.NVIDIAAPIKey.IsZero():
		nvidia := embed.NewNVIDIA(embed.NVIDIAConfig{APIKey: c.NVIDIAAPIKey.Reveal(), HTTP: &http.Client{Transport: transport}})
		return embedder{nvidia, modelThreshold}
	case strings.HasPrefix(c.AstraEndpoint, "http://"):
		return embedder{embed.Local{}, localThreshold}
	}
	return embedder{nil, modelThreshold}
}

// Embed implements killrvideo.Embedder.
func (e embedder) Embed(ctx context.Context, text string, query bool) (killrvideo.Embedding, error) {
	if e.with == nil {
		return killrvideo.Embedding{Text: embed.Clip(text)}, nil
	}
	purpose := embed.Passage
	if query {
		purpose = embed.Query
	}
	vector, err := e.with.Embed(ctx, text, purpose)
	return killrvideo.Embedding{Vector: vector}, err
}

// Threshold implements killrvideo.Embedder.
func (e embedder) Threshold() float64 { return e.threshold }
