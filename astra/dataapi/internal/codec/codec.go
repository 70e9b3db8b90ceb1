// Package codec encodes commands and decodes rows and documents. The two write
// some Go types differently: a time.Time and a datatypes.UUID are texts in a row
// and extended JSON, such as {"$date": milliseconds}, in a document.
package codec

import (
	stdjson "encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	v1 "github.com/go-json-experiment/json/v1"

	"github.com/killrvideo/killrvideo-go/astra/dataapi/datatypes"
)

// date is a time in a document.
type date struct {
	Milliseconds *int64 `json:"$date"`
}

// answers are read as encoding/json does, but each text once: it would look
// through all of it before it decodes, for its own form of errors.
var answers = json.JoinOptions(v1.DefaultOptionsV1(), v1.ReportErrorsWithLegacySemantics(false))

// The forms of rows and of documents. This JSON library takes a json.Number of
// the standard library for a text, so both treat it.
var (
	rows = json.JoinOptions(answers, json.WithMarshalers(json.JoinMarshalers(
		json.MarshalToFunc(writeNumber),
		json.MarshalToFunc(func(e *jsontext.Encoder, u datatypes.UUID) error {
			return e.WriteToken(jsontext.String(u.String()))
		}),
	)), json.WithUnmarshalers(json.UnmarshalFromFunc(readNumber)))
	documents = json.JoinOptions(answers, json.WithMarshalers(json.JoinMarshalers(
		json.MarshalToFunc(writeNumber),
		json.MarshalToFunc(func(e *jsontext.Encoder, t time.Time) error {
			milliseconds := t.UnixMilli()
			return json.MarshalEncode(e, date{&milliseconds})
		}),
	)), json.WithUnmarshalers(json.JoinUnmarshalers(
		json.UnmarshalFromFunc(readNumber),
		json.UnmarshalFromFunc(readTime),
	)))
)

func writeNumber(e *jsontext.Encoder, n stdjson.Number) error {
	if n == "" { // as encoding/json does
		n = "0"
	}
	value := jsontext.Value(n)
	if value.Kind() != '0' {
		return fmt.Errorf("%q is not a number", string(n))
	}
	return e.WriteValue(value)
}

func readNumber(d *jsontext.Decoder, n *stdjson.Number) error {
	if d.PeekKind() != '0' {
		return errors.ErrUnsupported // the usual form
	}
	value, err := d.ReadValue()
	*n = stdjson.Number(value)
	return err
}

func readTime(d *jsontext.Decoder, t *time.Time) error {
	if d.PeekKind() != '{' {
		return errors.ErrUnsupported // the usual form
	}
	var read date
	err := json.UnmarshalDecode(d, &read)
	if err == nil && read.Milliseconds != nil {
		*t = time.UnixMilli(*read.Milliseconds).UTC()
	}
	return err
}

// Encode writes the body of a command on a table, or on a collection.
func Encode(value any, collection bool) ([]byte, error) {
	if collection {
		return json.Marshal(value, documents)
	}
	return json.Marshal(value, rows)
}

// DecodeAnswer decodes what is around rows and documents.
func DecodeAnswer(text []byte, into any) error { return json.Unmarshal(text, into, answers) }

// DecodeRow decodes a row.
func DecodeRow(text []byte, into any) error { return json.Unmarshal(text, into, rows) }

// DecodeRowFrom decodes the next row of an answer.
func DecodeRowFrom(from *jsontext.Decoder, into any) error {
	return json.UnmarshalDecode(from, into, rows)
}

// DecodeDocumentFrom decodes the next document of an answer.
func DecodeDocumentFrom(from *jsontext.Decoder, into any) error {
	return json.UnmarshalDecode(from, into, documents)
}

// DecodeDocument decodes a document.
func DecodeDocument(text []byte, into any) error { return json.Unmarshal(text, into, documents) }
