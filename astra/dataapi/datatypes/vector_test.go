package datatypes

import (
	"encoding/json"
	"math"
	"reflect"
	"testing"
	"testing/quick"
)

func TestVectorsOnTheWire(t *testing.T) {
	t.Parallel()
	text, err := json.Marshal(NewVector([]float32{.1, .2, .3}))
	if err != nil || string(text) != `{"$binary":"PczMzT5MzM0+mZma"}` {
		t.Errorf("got %s, %v", text, err)
	}
	for given, want := range map[string]Vector{
		`{"$binary":"PczMzT5MzM0+mZma"}`: NewVector([]float32{.1, .2, .3}), `[0.1,0.2,0.3]`: NewVector([]float32{.1, .2, .3}),
		`null`: {}, `[]`: NewVector([]float32{}), `{"$binary":""}`: NewVector([]float32{}),
	} {
		var got Vector
		if err := json.Unmarshal([]byte(given), &got); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s gave %v, %v", given, got, err)
		}
	}
	for _, bad := range []string{`{"$binary":"PczM"}`, `{"$binary":7}`, `{"$binary":"%"}`, `{}`, `"text"`, `[1e99]`, `{"$date":1}`} {
		var got Vector
		if err := json.Unmarshal([]byte(bad), &got); err == nil {
			t.Errorf("%s passed as %v", bad, got)
		}
	}
}

func TestVectorOfBase64(t *testing.T) {
	t.Parallel()
	vector := NewVector("PczMzT5MzM0+mZma")
	floats, err := vector.AsFloatArray()
	if err != nil || !reflect.DeepEqual(floats, []float32{.1, .2, .3}) || vector.Dimension() != 3 {
		t.Errorf("got %v of %d, %v", floats, vector.Dimension(), err)
	}
	if text := NewVector(floats).AsBase64(); text != vector.AsBase64() {
		t.Errorf("got %s", text)
	}
	for _, bad := range []string{"%", "PczM"} {
		if floats, err := NewVector(bad).AsFloatArray(); err == nil {
			t.Errorf("%q gave %v", bad, floats)
		}
	}
}

func TestVectorAndBlobRoundTrip(t *testing.T) {
	t.Parallel()
	same := func(given []float32, raw []byte) bool {
		vector, blob := NewVector(given), Blob(raw)
		var gotVector Vector
		var gotBlob Blob
		return back(vector, &gotVector) && back(blob, &gotBlob) && equal(vector, gotVector) && string(blob) == string(gotBlob)
	}
	if err := quick.Check(same, nil); err != nil {
		t.Error(err)
	}
}

func back(value, into any) bool {
	text, err := json.Marshal(value)
	return err == nil && json.Unmarshal(text, into) == nil
}

// equal compares bits, so that NaN equals itself.
func equal(a, b Vector) bool {
	if a.IsZero() != b.IsZero() || a.Dimension() != b.Dimension() {
		return false
	}
	for i := range a.floats {
		if math.Float32bits(a.floats[i]) != math.Float32bits(b.floats[i]) {
			return false
		}
	}
	return true
}
