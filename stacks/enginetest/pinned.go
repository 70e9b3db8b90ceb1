package enginetest

import "testing"

// Pinned pins the traffic to another revision by hand. An up that has nothing to
// change must notice it and say the command; a refresh and up take it back.
func Pinned(t *testing.T, place Place) {
	t.Helper()
	s := open(t, place)
	s.up()
	s.cloud.Pin()
	s.upFails("update-traffic")
	_, err := s.auto.Refresh(t.Context())
	must(t, err)
	s.up().inOrder(t, "update "+shifts)
	s.again(t)
	// A change of the service takes it back too, once the new revision is proved.
	s.cloud.Pin()
	s.set("logLevel", "DEBUG")
	s.up().inOrder(t, "update "+place.Cloud.Service, "update "+gate, "update "+shifts)
	s.again(t)
	s.gone()
}
