package embed

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"
	"time"

	"github.com/killrvideo/killrvideo-go/service/killrvideo"
)

// Where NVIDIA answers, and its model of 1024 numbers and 512 tokens. It is not
// the one that Astra asks NVIDIA for, which NVIDIA no longer offers to others:
// vectors of the two do not compare.
const (
	DefaultNVIDIAURL   = "https://integrate.api.nvidia.com/v1"
	DefaultNVIDIAModel = "nvidia/nv-embedqa-e5-v5"
	nvidiaTimeout      = 5 * time.Second
	maxAnswer          = 1 << 20
)

// NVIDIAConfig says how to reach NVIDIA's API. All but APIKey has a default.
type NVIDIAConfig struct {
	APIKey  string
	URL     string
	Model   string
	Timeout time.Duration // for a whole question, 5 s by default
	HTTP    *http.Client
}

// NVIDIA asks NVIDIA's API, whose wire format is that of OpenAI's with
// input_type and truncate on top.
type NVIDIA struct{ config NVIDIAConfig }

// NewNVIDIA makes what asks NVIDIA. It is safe for concurrent use.
func NewNVIDIA(c NVIDIAConfig) *NVIDIA {
	if c.URL == "" {
		c.URL = DefaultNVIDIAURL
	}
	if c.Model == "" {
		c.Model = DefaultNVIDIAModel
	}
	if c.Timeout == 0 {
		c.Timeout = nvidiaTimeout
	}
	if c.HTTP == nil {
		c.HTTP = http.DefaultClient
	}
	c.URL = strings.TrimRight(c.URL, "/")
	return &NVIDIA{c}
}

type question struct {
	Input          []string `json:"input"`
	Model          string   `json:"model"`
	InputType      Purpose  `json:"input_type"`
	EncodingFormat string   `json:"encoding_format"`
	Truncate       string   `json:"truncate"`
}

type reply struct {
	Data []struct {
		Embedding []float32 `json:"embedding"`
	} `json:"data"`
}

var (
	word     = regexp.MustCompile(`[\p{L}\p{N}]`)
	errBlank = killrvideo.Errorf(killrvideo.EINVALID, "There is no word in the text")
)

// Model names who makes the vectors.
func (n *NVIDIA) Model() string { return n.config.Model }

// Embed gives the vector of a text, of length Dimension. It fails with EINVALID
// for a text without any word, and with EUPSTREAM when the vector cannot be had
// for now, or is of no use.
func (n *NVIDIA) Embed(ctx context.Context, text string, purpose Purpose) ([]float32, error) {
	if !word.MatchString(text) {
		return nil, errBlank
	}
	ctx, cancel := context.WithTimeout(ctx, n.config.Timeout)
	defer cancel()
	// Our tokens are not the model's: END lets it cut what is still too long.
	body, err := json.Marshal(question{[]string{Clip(text)}, n.config.Model, purpose, "float", "END"})
	if err != nil {
		return nil, fmt.Errorf("encode a question to NVIDIA: %w", err)
	}
	var answer reply
	if err := n.ask(ctx, body, &answer); err != nil {
		return nil, err
	}
	if len(answer.Data) != 1 || len(answer.Data[0].Embedding) != Dimension {
		return nil, killrvideo.Errorf(killrvideo.EUPSTREAM, "The embedding service gave no vector of %d numbers", Dimension)
	}
	return answer.Data[0].Embedding, nil
}

func (n *NVIDIA) ask(ctx context.Context, body []byte, answer *reply) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, n.config.URL+"/embeddings", bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("ask NVIDIA: %w", err)
	}
	req.Header.Set("Authorization", "Bearer "+n.config.APIKey)
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Accept", "application/json")
	resp, err := n.config.HTTP.Do(req)
	if err != nil {
		return killrvideo.Wrap(err, killrvideo.EUPSTREAM, "The embedding service cannot be reached")
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return killrvideo.Errorf(killrvideo.EUPSTREAM, "The embedding service answered %s", resp.Status)
	}
	if err := json.NewDecoder(io.LimitReader(resp.Body, maxAnswer)).Decode(answer); err != nil {
		return killrvideo.Wrap(err, killrvideo.EUPSTREAM, "The embedding service's answer is not understood")
	}
	return nil
}
