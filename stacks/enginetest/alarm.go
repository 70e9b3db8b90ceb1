package enginetest

import "testing"

// Alarm has the platform go back, by an alarm, from a revision that runs and
// answers: up waits until it is known, fails, and deletes nothing that the revision
// of before needs. The next up deploys the new one again.
func Alarm(t *testing.T, place Place) {
	t.Helper()
	s := open(t, place)
	s.up()
	before := s.answering()
	s.set("astraTokenGeneration", "2")
	s.cloud.Alarm()
	done := s.upFails("ECS went back from", "alarm detected", ServesAgain(before))
	done.never(t, "delete ", "update "+gate)
	if now := s.answering(); now != before {
		t.Errorf("revision %q serves, want %s", now, before)
	}
	s.tokensAre(t, 2)
	s.sound(t)
	done = s.up()
	done.inOrder(t, "update "+gate, "delete "+place.Version)
	done.inOrder(t, "update "+gate, "delete "+token)
	if now := s.answering(); now == before || now == "" {
		t.Errorf("the new revision does not serve: %q answers", now)
	}
	s.tokensAre(t, 1)
	s.gone()
}
