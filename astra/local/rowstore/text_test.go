package rowstore

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/killrvideo/killrvideo-go/astra/local/schema"
)

// TestSizesOfATextIndex counts the texts of a collection that is written over.
func TestSizesOfATextIndex(t *testing.T) {
	t.Parallel()
	s, err := Open(t.TempDir(), true)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	if err := s.CreateKeyspace("ks"); err != nil {
		t.Fatal(err)
	}
	c := schema.NewCollection("ks", "c", &schema.Collection{Options: json.RawMessage(`{"lexical":{"enabled":true}}`)}, 0)
	if err := s.CreateTable(c); err != nil {
		t.Fatal(err)
	}
	index, ok := c.Lexical()
	if !ok {
		t.Fatal("the collection has no text index")
	}
	put := func(key, words string) {
		t.Helper()
		row := Row{schema.DocumentKey: key, schema.DocumentBody: fmt.Sprintf(`{"$lexical":%q}`, words)}
		if err := s.Write(func(tx *Tx) error { return tx.Put(c, row) }); err != nil {
			t.Fatal(err)
		}
	}
	holds := func(wantTexts, wantWords int, terms ...string) {
		t.Helper()
		texts, average, err := s.textSizes(t.Context(), index)
		if words := int(average * float64(texts)); err != nil || texts != wantTexts || words != wantWords {
			t.Errorf("%d texts of %d words, %v, want %d of %d", texts, words, err, wantTexts, wantWords)
		}
		for _, term := range terms {
			if keys, err := s.ByRelevance(t.Context(), index, []string{term}); err != nil || len(keys) != 1 {
				t.Errorf("%d rows have %s, %v", len(keys), term, err)
			}
		}
	}
	put("a", "red red cat")
	put("b", "blue")
	holds(2, 4, "red", "blue")
	put("a", "green")
	holds(2, 2, "green", "blue")
	if keys, err := s.ByRelevance(t.Context(), index, []string{"red"}); err != nil || len(keys) != 0 {
		t.Errorf("%d rows have a word that is gone, %v", len(keys), err)
	}
	if err := s.Write(func(tx *Tx) error { return tx.DeleteSpan(c, Span{}) }); err != nil {
		t.Fatal(err)
	}
	holds(0, 0)
}
