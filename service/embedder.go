package main

import (
	"context"
	"net/http"

	"github.com/killrvideo/killrvideo-go/service/config"
	"github.com/killrvideo/killrvideo-go/service/embed"
	"github.com/killrvideo/killrvideo-go/service/killrvideo"
)

// embedder is how this service learns what texts mean: from NVIDIA if there is
// a key, else from Astra, which embeds what it is given to store or to compare.
type embedder struct {
	nvidia *embed.NVIDIA // nil leaves it to Astra
}

func newEmbedder(c config.Config, transport *http.Transport) embedder {
	if c.NVIDIAAPIKey.IsZero() {
		return embedder{}
	}
	return embedder{embed.NewNVIDIA(embed.NVIDIAConfig{APIKey: c.NVIDIAAPIKey.Reveal(), HTTP: &http.Client{Transport: transport}})}
}

// Embed implements killrvideo.Embedder.
func (e embedder) Embed(ctx context.Context, text string, query bool) (killrvideo.Embedding, error) {
	if e.nvidia == nil {
		return embed.ByAstra(text), nil
	}
	purpose := embed.Passage
	if query {
		purpose = embed.Query
	}
	vector, err := e.nvidia.Embed(ctx, text, purpose)
	return killrvideo.Embedding{Vector: vector, Model: e.nvidia.Model(), Cutoff: embed.NVIDIACutoff}, err
}

// Model implements killrvideo.Embedder.
func (e embedder) Model() string {
	if e.nvidia == nil {
		return embed.AstraModel
	}
	return e.nvidia.Model()
}
