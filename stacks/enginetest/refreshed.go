package enginetest

import "testing"

// Refreshed refreshes the state after a rollout that failed. Then state and
// program agree, so that no up sends anything, and each says how to go on.
func Refreshed(t *testing.T, place Place) {
	t.Helper()
	s := open(t, place)
	s.up()
	s.set("logLevel", "DEBUG")
	s.cloud.Crash(true)
	s.upFails()
	_, err := s.auto.Refresh(t.Context())
	must(t, err)
	s.cloud.Crash(false)
	s.upFails("config set redeploy").never(t, "update "+place.Cloud.Service)
	s.set("redeploy", "1")
	s.up().inOrder(t, "update "+place.Cloud.Service, "update "+gate)
	s.again(t)
	s.gone()
}
