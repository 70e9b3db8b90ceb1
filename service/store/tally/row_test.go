package tally

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// scanned is what the counts of a row are by encoding/json alone.
func scanned(text string) (counts, error) {
	var entries map[string]int64
	if err := json.Unmarshal([]byte(text), &entries); err != nil {
		return nil, err
	}
	all := counts{}
	for key, value := range entries {
		if !all.add([]byte(key), value) {
			return nil, fmt.Errorf("bad key %q", key)
		}
	}
	return all, nil
}

// FuzzCounts: the scanner reads what encoding/json reads.
func FuzzCounts(f *testing.F) {
	for _, text := range []string{
		`{}`, `null`, `{"i:a":1}`, `{"i2026-05:a":1,"i2026-05:b":-2,"v:a":3}`, `{ "i:a" : 1 }`, `{"i:\u0061":1}`,
		`{"i:a":1.5}`, `{"i:a":1,}`, `{"x:a":1}`, `{"i":1}`, `{"i:a":1`, `{"i:a":01}`, `{"i:a":+1}`, `[1]`, `{"i:a":1}x`, `{"i:a":1 }`,
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if !json.Valid([]byte(text)) || !utf8.ValidString(text) || strings.Count(text, `"`) > 2 && duplicates(text) {
			return
		}
		want, wrong := scanned(text)
		var got counts
		if err := got.UnmarshalJSON([]byte(text)); (err != nil) != (wrong != nil) || err == nil && !slices.Equal(got, want) {
			t.Errorf("%s: %v, %v; want %v, %v", text, got, err, want, wrong)
		}
	})
}

// duplicates reports whether a key is there twice, which no map sends.
func duplicates(text string) bool {
	decoder, keys, level := json.NewDecoder(strings.NewReader(text)), map[any]bool{}, 0
	for at := 0; ; at++ {
		token, err := decoder.Token()
		if err != nil {
			return false
		}
		if delim, ok := token.(json.Delim); ok {
			level += map[bool]int{true: 1, false: -1}[delim == '{' || delim == '[']
		} else if key, ok := token.(string); ok && level == 1 {
			if keys[key] {
				return true
			}
			keys[key] = true
		}
	}
}

func BenchmarkCounts(b *testing.B) {
	for _, processes := range []int{1, 120} {
		entries := map[string]int64{}
		for i := range processes {
			entries[cell{'v', ""}.key(fmt.Sprintf("process%04d", i))] = int64(i)
		}
		text, err := json.Marshal(entries)
		if err != nil {
			b.Fatal(err)
		}
		b.Run(fmt.Sprintf("processes=%d", processes), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				var c counts
				if err := c.UnmarshalJSON(text); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
