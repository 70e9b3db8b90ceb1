package enginetest

import (
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/auto/optdestroy"
)

// Protected tries to destroy a production stack with the engine alone, which
// deletes what nothing protected rests on before it gives up. The service, its
// token and its secrets must be there afterwards, and the stack whole after the
// next up. Then the protection is taken away, and all goes.
func Protected(t *testing.T, place Place) {
	t.Helper()
	s := open(t, place)
	s.group(map[string]any{"protect": true})
	s.up()
	s.cloud.Journal()
	seen := s.watch()
	_, err := s.auto.Destroy(t.Context(), optdestroy.EventStreams(seen.channel))
	lost := seen.steps(t)
	if err == nil || !strings.Contains(err.Error(), "protected") {
		t.Fatalf("destroy ended with %v", err)
	}
	t.Logf("a plain destroy of a protected stack loses\n%s", lost)
	for _, kept := range append([]string{place.Cloud.Service, place.Version, token, key}, place.First...) {
		lost.never(t, "delete "+kept)
	}
	s.tokensAre(t, 1)
	s.up()
	s.again(t)
	s.group(nil)
	s.up()
	s.gone()
}
