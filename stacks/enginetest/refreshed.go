package enginetest

import (
	"strings"
	"testing"
)

// Refreshed refreshes the state after a rollout that failed. Then state and
// program agree, so that no up sends anything, and each says how to go on.
func Refreshed(t *testing.T, place Place) {
	t.Helper()
	s := open(t, place)
	s.up()
	s.set("logLevel", "DEBUG")
	s.cloud.Crash(true)
	if done, err := s.tryUp(); err == nil {
		t.Fatalf("up should fail:\n%s", done)
	}
	_, err := s.auto.Refresh(t.Context())
	must(t, err)
	s.cloud.Crash(false)
	done, err := s.tryUp()
	if err == nil || !strings.Contains(err.Error(), "config set redeploy") {
		t.Fatalf("up should say how to make another revision:\n%s\n%v", done, err)
	}
	done.never(t, "update "+place.Cloud.Service)
	s.set("redeploy", "1")
	s.up().inOrder(t, "update "+place.Cloud.Service, "update "+gate)
	s.again(t)
	s.destroy()
	s.sound(t)
}
