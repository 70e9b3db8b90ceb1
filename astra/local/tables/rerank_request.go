package tables

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/killrvideo/killrvideo-go/astra/local/documents"
	"github.com/killrvideo/killrvideo-go/astra/local/fault"
	"github.com/killrvideo/killrvideo-go/astra/local/jsonv"
	"github.com/killrvideo/killrvideo-go/astra/local/value"
)

// hybridField is the field that stands for '$vectorize' and '$lexical'.
const hybridField = "$hybrid"

// The one reranking provider that Astra has, and its model. Texts are compared
// on this machine instead, without a model.
const (
	rerankProvider = "nvidia"
	rerankModel    = "nvidia/llama-3.2-nv-rerankqa-1b-v2"
	rerankURL      = "https://us-west-2.api-dev.ai.datastax.com/nvidia/v1/ranking"
)

// Limits of findAndRerank.
const (
	rerankLimit   = 10
	hybridLimit   = 50
	maxHybrid     = 100
	rankSmoothing = 60
	rerankNumbers = 1024
)

// badReranking says what is wrong with a reranking service.
func badReranking(o *jsonv.Object) string {
	provider, _ := o.Value("provider").(string)
	model, _ := o.Value("modelName").(string)
	authentication, _ := o.Value("authentication").(*jsonv.Object)
	parameters, _ := o.Value("parameters").(*jsonv.Object)
	switch {
	case provider == "":
		return "Provider name is required for reranking service configuration"
	case provider != rerankProvider:
		return fmt.Sprintf("Reranking provider '%s' is not supported", provider)
	case model == "":
		return fmt.Sprintf("Model name is required for reranking provider '%s'", provider)
	case model != rerankModel:
		return fmt.Sprintf("Model '%s' is not supported by reranking provider '%s'", model, provider)
	case authentication.Len() > 0:
		return fmt.Sprintf("Reranking provider '%s' takes no authentication parameters", provider)
	case parameters.Len() > 0:
		return fmt.Sprintf("Reranking provider '%s' takes no parameters", provider)
	}
	return ""
}

func (c *call) findRerankingProviders() (*reply, error) {
	supported, err := c.wantsSupported()
	if err != nil {
		return nil, err
	}
	models := []any{}
	if supported {
		models = append(models, map[string]any{"name": rerankModel, "isDefault": true, "url": rerankURL, "properties": nil,
			"apiModelSupport": map[string]any{"status": "SUPPORTED", "message": nil}})
	}
	provider := map[string]any{"isDefault": true, "displayName": "Nvidia", "models": models,
		"supportedAuthentication": map[string]any{"NONE": map[string]any{"enabled": true, "tokens": []any{}}}}
	return &reply{Status: map[string]any{"rerankingProviders": map[string]any{rerankProvider: provider}}}, nil
}

// hybrid is what findAndRerank is asked for.
type hybrid struct {
	text, lexical                 string
	vector                        []float32
	limit, vectorLimit, textLimit int
	query, on                     string
	scores, sortVector            bool
	service                       *jsonv.Object
}

func wrongType(where, field string, in any) error {
	return fault.Mismatch("the field '%s' of %s cannot be %s.", field, where, value.JSONKind(in))
}

// textOf reads a text or null, trimmed.
func textOf(where, field string, in any) (string, error) {
	s, ok := in.(string)
	if in != nil && !ok {
		return "", wrongType(where, field, in)
	}
	return strings.TrimSpace(s), nil
}

func (h *hybrid) readSort(in any) error {
	const where = "the sort"
	o, err := readObject("the sort", in)
	switch {
	case err != nil || o.Len() == 0:
		return err
	case o.Len() > 1 || !o.Has(hybridField):
		return fault.Mismatch("the sort must have the field '$hybrid' and no other.")
	}
	switch v := o.Value(hybridField).(type) {
	case string:
		h.text = strings.TrimSpace(v)
		h.lexical = h.text
		return nil
	case *jsonv.Object:
		return h.readParts(where, v)
	default:
		return wrongType(where, hybridField, v)
	}
}

func (h *hybrid) readParts(where string, o *jsonv.Object) (err error) {
	for _, k := range o.Keys {
		in := o.Value(k)
		switch k {
		case documents.Vectorize:
			h.text, err = textOf(where, k, in)
		case documents.Lexical:
			h.lexical, err = textOf(where, k, in)
		case documents.Vector:
			h.vector, err = partVector(where, in)
		default:
			err = fault.Mismatch("the field '%s' of '$hybrid' is not known: it may have '$lexical', '$vectorize' and '$vector'.", k)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func partVector(where string, in any) ([]float32, error) {
	_, binary := value.Wrapped(in, "$binary")
	_, list := in.([]any)
	if in == nil {
		return nil, nil
	}
	if !binary && !list {
		return nil, wrongType(where, documents.Vector, in)
	}
	vector, err := value.ParseVector(in)
	if err != nil {
		return nil, fault.New("SHRED_BAD_VECTOR_VALUE", "The value of '$vector' is not valid: %v.", err)
	}
	return vector, nil
}

func (h *hybrid) readOptions(o opts) error {
	limit, given, err := o.number("limit", 1)
	if err != nil {
		return err
	}
	h.limit, h.vectorLimit, h.textLimit = rerankLimit, hybridLimit, hybridLimit
	if given {
		h.limit = int(limit)
	}
	if in, _ := o.Get("hybridLimits"); in != nil {
		if err := h.readLimits(in); err != nil {
			return err
		}
	}
	query, _ := o.Get("rerankQuery")
	if h.query, err = textOf("the options", "rerankQuery", query); err != nil {
		return err
	}
	on, _ := o.Get("rerankOn")
	if h.on, err = textOf("the options", "rerankOn", on); err != nil {
		return err
	}
	if h.scores, err = o.boolean("includeScores"); err != nil {
		return err
	}
	if h.sortVector, err = o.boolean("includeSortVector"); err != nil {
		return err
	}
	service, _ := o.Get("rerank")
	h.service, _ = service.(*jsonv.Object)
	if service != nil && h.service == nil {
		return wrongType("the options", "rerank", service)
	}
	return nil
}

func (h *hybrid) readLimits(in any) error {
	number := func(field string, in any) (int, error) {
		n, ok := in.(json.Number)
		if !ok {
			return 0, wrongType("the options", field, in)
		}
		i, err := strconv.ParseInt(string(n), 10, 32)
		if err != nil {
			return 0, wrongType("the options", field, in)
		}
		return int(i), nil
	}
	var err error
	o, ok := in.(*jsonv.Object)
	if !ok {
		h.vectorLimit, err = number("hybridLimits", in)
		h.textLimit = h.vectorLimit
		return err
	}
	if o.Len() != 2 || !o.Has(documents.Vector) || !o.Has(documents.Lexical) {
		return fault.Mismatch("the option 'hybridLimits' must have the fields '$lexical' and '$vector' and no other.")
	}
	if h.vectorLimit, err = number("hybridLimits.$vector", o.Value(documents.Vector)); err != nil {
		return err
	}
	h.textLimit, err = number("hybridLimits.$lexical", o.Value(documents.Lexical))
	return err
}

// check refuses what the collection does not have.
func (c *call) checkHybrid(h *hybrid) error {
	col := c.table.Collection
	if (h.text != "" || h.vector != nil) && col.Metric == "" {
		return c.noVectors()
	}
	if h.text != "" && col.Service == nil {
		return c.noVectorize()
	}
	if _, ok := c.table.Lexical(); h.lexical != "" && !ok {
		return c.notLexical()
	}
	outside := func(n int) bool { return n < 1 || n > maxHybrid }
	const bounds = "must be between 1 and 100 (inclusive)"
	switch {
	case outside(h.vectorLimit):
		return invalidField("hybridLimits.$vector", h.vectorLimit, bounds)
	case outside(h.textLimit):
		return invalidField("hybridLimits.$lexical", h.textLimit, bounds)
	}
	switch {
	case h.service != nil:
		if why := badReranking(h.service); why != "" {
			return fault.New("INVALID_RERANK_OVERRIDE", "The reranking service of the command is not valid: %s.\n\nResend the command with a "+
				"valid one, or without.", why)
		}
	case !col.Reranks():
		return fault.New("UNSUPPORTED_RERANKING_COMMAND", "The command findAndRerank is not enabled for the collection, and it names "+
			"no reranking service.\n\n"+
			"Collections need vectors, lexical search and reranking for it, or the option 'rerank' of the command; and an embedding service where "+
			"'$vectorize' is used.\n\n"+
			"Resend the command to such a collection, or with the option 'rerank'.")
	}
	if h.query == "" && h.text == "" {
		return fault.New("MISSING_RERANK_QUERY_TEXT", "The command findAndRerank has no text that passages are compared with.\n\n"+
			"It is '$hybrid' or '$vectorize' of the sort, or the option 'rerankQuery'.\n\nResend the command with one of them.")
	}
	if h.text == "" && (h.on == "" || h.vector == nil) {
		return fault.New("UNEXPECTED_SERVER_ERROR", "The command findAndRerank needs '$vectorize' in its sort, or '$vector' "+
			"and the option 'rerankOn'.")
	}
	return nil
}
