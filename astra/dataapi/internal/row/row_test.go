package row

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"
)

func TestAMapGetsBackWhatWasLeftOut(t *testing.T) {
	t.Parallel()
	schema := Schema(`{"a":{"type":"bigint"},"b":{"type":"text"},"c":{"type":"set"},"d":{"type":"list"},"e":{"type":"map"}}`)
	want := map[string]any{"a": json.Number("9223372036854775807"), "b": nil, "c": []any{}, "d": []any{}, "e": map[string]any{}}
	got := map[string]any{"left": "over"}
	if err := Decode([]byte(`{"a":9223372036854775807}`), schema, &got); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, %v", got, err)
	}
}

func TestWhatCannotBeDecodedIsAnError(t *testing.T) {
	t.Parallel()
	var typed struct{ A int32 }
	var object map[string]any
	for _, err := range []error{
		Decode([]byte(`{"a":1e20}`), nil, &typed), Decode([]byte(`{"a":`), nil, &typed), Decode([]byte(`[]`), nil, &object),
		Decode([]byte(`{}`), Schema(`[]`), &object),
	} {
		if err == nil || !strings.Contains(err.Error(), "decode a ") {
			t.Errorf("got %v", err)
		}
	}
}

func FuzzDecode(f *testing.F) {
	f.Add(`{"a":1,"v":[1,2]}`, "set")
	f.Add(`{"a":null}`, "map")
	f.Add(`{"a":18446744073709551616,"$similarity":0.5}`, "")
	f.Fuzz(func(t *testing.T, document, kind string) {
		var got map[string]any
		if Decode([]byte(document), Schema(fmt.Sprintf(`{"missing":{"type":%q}}`, kind)), &got) != nil {
			return
		}
		if _, there := got["missing"]; !there {
			t.Errorf("%q lost a selected column", document)
		}
		if text, err := json.Marshal(got); err != nil {
			t.Errorf("%s cannot be written again: %v", text, err)
		}
	})
}

func BenchmarkDecode(b *testing.B) {
	vector := strings.TrimSuffix(strings.Repeat("0.0123,", 384), ",")
	document := fmt.Appendf(nil, `{"videoid":"aaaaaaaa-0000-4000-8000-000000000001","name":"n","tags":["a","b"],"views":7,
		"content_features":[%s]}`, vector)
	b.Run("struct", func(b *testing.B) {
		for b.Loop() {
			var video struct {
				VideoID  string    `json:"videoid"`
				Name     string    `json:"name"`
				Tags     []string  `json:"tags"`
				Views    int64     `json:"views"`
				Features []float32 `json:"content_features"`
			}
			if err := Decode(document, nil, &video); err != nil || len(video.Features) != 384 {
				b.Fatal(err)
			}
		}
	})
	b.Run("map", func(b *testing.B) {
		for b.Loop() {
			var video map[string]any
			if err := Decode(document, Schema(`{"location":{"type":"text"}}`), &video); err != nil || len(video) != 6 {
				b.Fatal(err)
			}
		}
	})
}
