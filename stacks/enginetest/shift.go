package enginetest

import (
	"slices"
	"strings"
	"testing"
)

const shifts = "astradb:index:CloudRunTraffic"

// TrafficInSteps gives a proved revision its traffic in steps. One that fails on
// the way loses it again, and the next up begins from there.
func TrafficInSteps(t *testing.T, place Place) {
	t.Helper()
	s := open(t, place)
	steps := map[string]any{"trafficSteps": []int{10, 50}, "trafficStepSeconds": 1}
	s.group(steps)
	s.up()
	first := s.answering()
	shifted := func(want ...string) {
		t.Helper()
		if got := s.cloud.Shifts(); !slices.Equal(got, want) {
			t.Errorf("the traffic was given as\n  %s\nwant\n  %s", strings.Join(got, "\n  "), strings.Join(want, "\n  "))
		}
	}
	shifted(first + "=100") // the first revision serves
	s.set("logLevel", "DEBUG")
	s.up().inOrder(t, "update "+place.Cloud.Service, "update "+gate, "update "+shifts)
	second := s.answering()
	shifted(first+"=90 "+second+"=10", first+"=50 "+second+"=50", second+"=100")
	s.again(t)

	s.set("logLevel", "WARN")
	s.cloud.FailAt(50)
	s.upFails("failed with 50 %", "has it again", "503")
	if now := s.answering(); now != second {
		t.Errorf("revision %q serves, want %s", now, second)
	}
	s.cloud.FailAt(0)
	s.cloud.Shifts()
	s.up().inOrder(t, "update "+shifts)
	third := s.answering()
	shifted(second+"=90 "+third+"=10", second+"=50 "+third+"=50", third+"=100")

	// The key of before verifies nothing that the new one has signed.
	s.set("jwtKeyGeneration", "2")
	s.up()
	shifted(s.answering() + "=100")
	s.gone()
}
