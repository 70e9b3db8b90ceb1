package official

import (
	"slices"
	"strings"
	"testing"
)

func TestSets(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][]string{
		"": nil, "{}": nil, "{ }": nil, `{"a"}`: {"a"}, `{"a","b c"}`: {"a", "b c"}, `{'a', 'b'}`: {"a", "b"},
		`{'it''s', "x ""y"""}`: {"it's", `x "y"`}, `{"a,b","{}"}`: {"a,b", "{}"},
	} {
		if got, ok := parseSet(text); !ok || !slices.Equal(got, want) {
			t.Errorf("%s is %q, %v", text, got, ok)
		}
	}
	for _, text := range []string{"a", "{", "}", "{a}", `{"a}`, `{"a" "b"}`, `{"a",}`, `{,"a"}`, `["a"]`, `{"a"`} {
		if got, ok := parseSet(text); ok {
			t.Errorf("%s is %q", text, got)
		}
	}
}

func FuzzSet(f *testing.F) {
	f.Add("a", `it's "b"`)
	f.Fuzz(func(t *testing.T, a, b string) {
		text := `{"` + strings.ReplaceAll(a, `"`, `""`) + `", '` + strings.ReplaceAll(b, `'`, `''`) + `'}`
		if got, ok := parseSet(text); !ok || !slices.Equal(got, []string{a, b}) {
			t.Errorf("%s is %q, %v", text, got, ok)
		}
		parseSet(a) // whatever it is, it ends
	})
}
