package codec

import (
	"encoding/json"
	"testing"
	"time"
)

func TestNumbersAreNumbers(t *testing.T) {
	t.Parallel()
	value := map[string]any{"n": json.Number("1.10"), "list": []json.Number{"2"}}
	for _, collection := range []bool{false, true} {
		if text, err := Encode(value, collection); err != nil || string(text) != `{"list":[2],"n":1.10}` {
			t.Errorf("got %s, %v", text, err)
		}
	}
	var row struct{ N json.Number }
	if err := DecodeRow([]byte(`{"N":1.10}`), &row); err != nil || row.N != "1.10" {
		t.Errorf("got %+v, %v", row, err)
	}
	if text, err := Encode(json.Number("true"), false); err == nil {
		t.Errorf("got %s", text)
	}
	if err := DecodeDocument([]byte(`{"N":1.10}`), &row); err != nil || row.N != "1.10" {
		t.Errorf("got %+v, %v", row, err)
	}
}

func TestTimesOfDocuments(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 1, 2, 3, 4, 5, 6e6, time.UTC)
	text, err := Encode(map[string]any{"at": at}, true)
	if err != nil || string(text) != `{"at":{"$date":1767323045006}}` {
		t.Errorf("got %s, %v", text, err)
	}
	var document struct{ At time.Time }
	for _, given := range []string{`{"At":{"$date":1767323045006}}`, `{"At":"2026-01-02T03:04:05.006Z"}`} {
		if err := DecodeDocument([]byte(given), &document); err != nil || !document.At.Equal(at) {
			t.Errorf("%s gave %v, %v", given, document.At, err)
		}
	}
	if text, err := Encode(map[string]any{"at": at}, false); err != nil || string(text) != `{"at":"2026-01-02T03:04:05.006Z"}` {
		t.Errorf("got %s, %v", text, err)
	}
}
