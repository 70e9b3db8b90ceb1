package enginetest

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/auto/optpreview"
)

// Previewed previews a rotation twice: what both show of the gate must be the
// same, and a revision that only up can know must not be made up.
func Previewed(t *testing.T, place Place) {
	t.Helper()
	s := open(t, place)
	s.up()
	s.set("astraTokenGeneration", "2")
	var shown []string
	for range 2 {
		seen := s.watch()
		_, err := s.auto.Preview(t.Context(), optpreview.EventStreams(seen.channel))
		must(t, err)
		seen.steps(t)
		shown = append(shown, gateOf(seen.log.String()))
	}
	if shown[0] == "" || shown[0] != shown[1] {
		t.Errorf("two previews of the same change show\n%s\n%s", shown[0], shown[1])
	}
	s.destroy()
}

// gateOf is what the events of an operation say of the gate's inputs to come.
func gateOf(log string) string {
	decoder := json.NewDecoder(strings.NewReader(log))
	for {
		var event struct {
			ResourcePreEvent *struct {
				Metadata struct {
					Type string `json:"type"`
					New  *struct{ Inputs map[string]any }
				} `json:"metadata"`
			} `json:"resourcePreEvent"`
		}
		if decoder.Decode(&event) != nil {
			return ""
		}
		if pre := event.ResourcePreEvent; pre != nil && pre.Metadata.Type == gate && pre.Metadata.New != nil {
			text, _ := json.Marshal(pre.Metadata.New.Inputs)
			return string(text)
		}
	}
}
