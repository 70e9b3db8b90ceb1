package enginetest

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/auto/optpreview"
)

// KeepsNetwork takes over a stack whose network has another range than the default
// of today: preview and up must refuse to replace it, with the setting that keeps
// it, and change nothing.
func KeepsNetwork(t *testing.T, place Place, former string) {
	t.Helper()
	s := open(t, place)
	s.group(map[string]any{"cidr": former})
	s.up()
	s.group(nil)
	s.cloud.Journal()
	_, previewed := s.auto.Preview(t.Context(), optpreview.Diff())
	_, deployed := s.tryUp()
	s.refused(previewed, deployed, "config set --path 'ecs.cidr' '"+former+"' --stack dev")
	untouched(t, s.cloud)
	s.group(map[string]any{"cidr": former})
	s.again(t)
	s.gone()
}
