package enginetest

import (
	"testing"
	"time"
)

// PolicyRefuses takes the protection of a production stack away: preview and up
// refuse that, nothing is deployed, and a waiver permits it.
func PolicyRefuses(t *testing.T, place Place) {
	t.Helper()
	s := open(t, place)
	s.set("environment", "prod")
	s.set("astraEndpointReason", "the embedded Astra of a test")
	s.group(map[string]any{"protect": false})
	_, previewed := s.auto.Preview(t.Context())
	_, deployed := s.tryUp()
	s.refused(previewed, deployed, `(rule "production is protected"`)
	for _, call := range s.cloud.Journal() {
		if call.Type == place.Cloud.Service {
			t.Errorf("the service is deployed all the same: %v", call)
		}
	}
	tomorrow := time.Now().AddDate(0, 0, 1).Format(time.DateOnly)
	s.set("policyWaivers", `{"production is protected": {"reason": "the stack is removed", "expires": "`+tomorrow+`"}}`)
	if _, err := s.auto.Preview(t.Context()); err != nil {
		t.Errorf("preview with a waiver: %v", err)
	}
}
