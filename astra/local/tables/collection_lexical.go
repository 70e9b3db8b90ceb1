package tables

import (
	"github.com/killrvideo/killrvideo-go/astra/local/documents"
	"github.com/killrvideo/killrvideo-go/astra/local/fault"
	"github.com/killrvideo/killrvideo-go/astra/local/jsonv"
	"github.com/killrvideo/killrvideo-go/astra/local/rowstore"
	"github.com/killrvideo/killrvideo-go/astra/local/schema"
	"github.com/killrvideo/killrvideo-go/astra/local/value"
)

func (c *call) notLexical() error {
	return fault.New("LEXICAL_NOT_ENABLED_FOR_COLLECTION", "Lexical content, filters and sorts need a collection with lexical search.\n\n"+
		"It is an option of createCollection.\n\nThe collection is: %s.\n\nResend the command to a collection with it.", c.full())
}

// lexicalMatch reports whether a text has all terms of another.
func lexicalMatch(index schema.Index) func(text, wanted string) bool {
	return func(text, wanted string) bool { return hasAll(index.Terms(text), index.Terms(wanted)) }
}

// checkLexical refuses a '$lexical' that is no text, or that the collection
// does not take.
func (c *call) checkLexical(in any) error {
	if _, ok := in.(string); in != nil && !ok {
		return fault.New("SHRED_BAD_DOCUMENT_LEXICAL_TYPE", "The value of '$lexical' is not valid: it must be a JSON String, not a JSON %s.",
			value.JSONKind(in))
	}
	if _, ok := c.table.Lexical(); in != nil && !ok {
		return c.notLexical()
	}
	return nil
}

// expandHybrid writes the field $hybrid of a new document as what it stands for.
func expandHybrid(doc *jsonv.Object) error {
	in, ok := doc.Get(hybridField)
	if !ok {
		return nil
	}
	doc.Delete(hybridField)
	lexical, text := in, in
	switch v := in.(type) {
	case nil, string:
	case *jsonv.Object:
		for _, k := range v.Keys {
			_, isText := v.Value(k).(string)
			switch {
			case k != documents.Lexical && k != documents.Vectorize:
				return fault.New("HYBRID_FIELD_UNKNOWN_SUBFIELDS", "The field '$hybrid' has a member that it does not know: expected '$lexical' "+
					"and/or '$vectorize' but encountered: '%s'.", k)
			case v.Value(k) != nil && !isText:
				return fault.New("HYBRID_FIELD_UNSUPPORTED_SUBFIELD_VALUE_TYPE", "The member '%s' of '$hybrid' must be a String or null, not %s.", k,
					value.JSONKind(v.Value(k)))
			}
		}
		lexical, text = v.Value(documents.Lexical), v.Value(documents.Vectorize)
	default:
		return fault.New("HYBRID_FIELD_UNSUPPORTED_VALUE_TYPE", "The field '$hybrid' must be a String, an Object or null, not %s.",
			value.JSONKind(in))
	}
	if doc.Has(documents.Lexical) || doc.Has(documents.Vector) || doc.Has(documents.Vectorize) {
		return fault.New("HYBRID_FIELD_CONFLICT", "The field '$hybrid' cannot be used with '$lexical', '$vector' or '$vectorize'.\n\nResend "+
			"the command without one of them.")
	}
	doc.Set(documents.Lexical, lexical)
	doc.Set(documents.Vectorize, text)
	return nil
}

// lexicalDocuments finds the documents that have all terms of a text, those with
// the highest scores first.
func (c *call) lexicalDocuments(f *documents.Filter, text string, limit int) ([]stored, error) {
	index, _ := c.table.Lexical()
	wanted := index.Terms(text)
	out := []stored{}
	err := c.eachByRelevance(index, wanted, func(_ []byte, raw rowstore.Stored) (bool, error) {
		d, err := decoded(raw)
		if err != nil {
			return false, err
		}
		content, _ := d.doc.Value(documents.Lexical).(string)
		if hasAll(index.Terms(content), wanted) && f.Match(d.doc) {
			out = append(out, d)
		}
		return len(out) < limit, nil
	})
	return out, err
}
