package enginetest

import (
	"encoding/json"
	"fmt"
	"maps"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/auto/optpreview"
)

// Refused gives a stack unknown settings and values of other types:
// preview and up name each of them, all at once, and nothing is made. Own are
// bad settings of the target's group, with the words that name each.
func Refused(t *testing.T, place Place, own map[string]any, words ...string) {
	t.Helper()
	s := open(t, place)
	group := place.Group(s.cloud.URL())
	maps.Copy(group, own)
	text, err := json.Marshal(group)
	must(t, err)
	s.set(place.Target, string(text))
	s.set("targt", "moon")
	s.set("maxInstances", "many")
	s.set("allowBroadAstraToken", "perhaps")
	words = append(words, "targt: unknown setting; did you mean target?", "maxInstances: ", "allowBroadAstraToken: ",
		fmt.Sprintf("%d problems in the settings of stack \"dev\"", len(words)+3))
	_, previewed := s.auto.Preview(t.Context(), optpreview.Diff())
	_, deployed := s.auto.Up(t.Context())
	s.refused(previewed, deployed, words...)
	untouched(t, s.cloud)
	s.tokensAre(t, 0)
}
