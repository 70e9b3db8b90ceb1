package enginetest

import (
	"strconv"
	"testing"
)

// Unproved deploys a revision that the platform calls healthy and that does not
// answer: the one of before serves afterwards, and the message says so. The same
// up tries the new one again, also after a refresh, and passes once it answers.
func Unproved(t *testing.T, place Place) {
	t.Helper()
	s := open(t, place)
	s.up()
	for i, refreshed := range []bool{false, true} {
		before := s.answering()
		if before == "" {
			t.Fatal("nothing answers")
		}
		s.cloud.Silence(true)
		s.set("astraTokenGeneration", strconv.Itoa(i+2))
		for range 2 - i { // the second tells nothing more once the first was tried twice
			s.upFails("503", place.Unproved(before)).never(t, "delete ", "create "+gate, "update "+gate)
			if now := s.answering(); now != before {
				t.Fatalf("after a failed proof revision %q serves, want %s", now, before)
			}
			s.tokensAre(t, 2)
			s.sound(t)
		}
		if refreshed {
			_, err := s.auto.Refresh(t.Context())
			must(t, err)
		}
		s.cloud.Silence(false)
		done := s.up()
		done.inOrder(t, "update "+gate, "delete "+place.Version)
		done.inOrder(t, "update "+gate, "delete "+token)
		if now := s.answering(); now == before || now == "" {
			t.Errorf("the proved revision does not serve: %q answers", now)
		}
		s.tokensAre(t, 1)
		s.again(t)
	}
	s.gone()
}

// ServesAgain is what up says where the platform had switched to the new revision,
// GoesOn where it had not.
func ServesAgain(before string) string { return "revision " + before + " serves again" }

// GoesOn is the other.
func GoesOn(before string) string { return "revision " + before + " goes on serving" }
