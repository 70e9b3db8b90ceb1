package enginetest

import "testing"

// unproved makes signing keys that are never proved: the one that serves is
// kept, whatever comes next, and comes back when the setting does.
func unproved(t *testing.T, s *stack) {
	serving, id := s.read().Text("jwtKeyFingerprint"), s.read().Text("jwtKeyId")
	fail := func(generations ...string) {
		t.Helper()
		s.cloud.Silence(true)
		for _, one := range generations {
			s.set("jwtKeyGeneration", one)
			s.upFails()
		}
		s.cloud.Silence(false)
	}
	fail("11", "12", "12")
	s.set("jwtKeyGeneration", "3") // that of the key that serves
	s.up()
	if now := s.read().Text("jwtKeyFingerprint"); now != serving {
		t.Error("the setting of the key that serves did not bring it back")
	}
	s.again(t)
	fail("13")
	s.up()
	if s.read().Text("jwtKeyFingerprint") == serving || s.read().Text("jwtPreviousKeyId") != id {
		t.Error("the first key that was proved has another previous key than the one that served")
	}
	s.again(t)
}

// renamed gives the stack another environment: everything else is made again,
// and the signing key stays.
func renamed(t *testing.T, s *stack) {
	serving := s.read().Text("jwtKeyFingerprint")
	s.set("environment", "renamed")
	done := s.up()
	done.never(t, "create "+key, "delete "+key)
	if s.read().Text("jwtKeyFingerprint") != serving {
		t.Error("another environment has another signing key")
	}
	s.again(t)
}
