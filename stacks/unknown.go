package stacks

import (
	"encoding/json"
	"maps"
	"os"
	"slices"
	"strings"
)

// listing is a source with the full keys of all its settings.
type listing struct {
	Source
	keys []string
}

// configured are the full keys of a stack's settings. The SDK offers no list of
// them: whoever started the program knows, and a program that the language host
// started finds them in its environment. None are known elsewhere.
func configured(source Source) []string {
	if list, is := source.(listing); is && len(list.keys) > 0 {
		return list.keys
	}
	var all map[string]string
	if json.Unmarshal([]byte(os.Getenv("PULUMI_CONFIG")), &all) != nil {
		return nil
	}
	return slices.Sorted(maps.Keys(all))
}

// unknown notes the keys of this project that are no setting: a misspelt one
// would leave its default in force without a word.
func (p *Problems) unknown(keys []string) {
	for _, full := range keys {
		key, ours := strings.CutPrefix(full, Namespace+":")
		if ours && !slices.ContainsFunc(Keys(), func(k Key) bool { return k.Name == key }) {
			p.add(key, p.remove(key), "is no setting; did you mean %s? Pulumi.yaml lists them all", nearest(key, names()))
		}
	}
}

func names() []string {
	all := make([]string, 0, len(Keys()))
	for _, key := range Keys() {
		all = append(all, key.Name)
	}
	return all
}

// nearest is the name that takes the fewest changed letters.
func nearest(wrong string, names []string) string {
	return slices.MinFunc(names, func(a, b string) int {
		return distance(strings.ToLower(wrong), strings.ToLower(a)) - distance(strings.ToLower(wrong), strings.ToLower(b))
	})
}

// distance is Levenshtein's.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := diagonal
			if a[i] != b[j] {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
