package enginetest

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/auto/optpreview"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
)

// Previewed previews two changes, one with values that only up will know, twice
// each: the revision that a preview announces must be the one that up makes.
func Previewed(t *testing.T, place Place) {
	t.Helper()
	s := open(t, place)
	s.up()
	for _, change := range []struct{ key, value string }{{"logLevel", "DEBUG"}, {"astraTokenGeneration", "2"}} {
		s.set(change.key, change.value)
		var announced []any
		for range 2 {
			seen := s.watch()
			_, err := s.auto.Preview(t.Context(), optpreview.EventStreams(seen.channel))
			must(t, err)
			seen.steps(t)
			announced = append(announced, seen.gate["revision"])
		}
		s.up()
		made := s.read().Text("revision")
		for _, a := range announced {
			if a != plugin.UnknownStringValue && a != made {
				t.Errorf("%s: the preview announces revision %v, up makes %s", change.key, a, made)
			}
		}
	}
	s.gone()
}
