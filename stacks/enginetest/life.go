package enginetest

import "testing"

// What every target has in common.
const (
	token = "astradb:index:Token"
	key   = "astradb:index:SigningKey"
	gate  = "astradb:index:Gate"
)

// Life leads a stack through everything that happens to one, in the order in
// which it happens.
func Life(t *testing.T, place Place) {
	t.Helper()
	s := open(t, place)
	service := place.Cloud.Service
	for _, part := range []struct {
		name string
		run  func(*testing.T)
	}{
		{"from nothing", func(t *testing.T) { fromNothing(t, s) }},
		{"again", func(t *testing.T) { s.again(t) }},
		{"what a preview shows", func(t *testing.T) { shown(t, s) }},
		{"a setting", func(t *testing.T) {
			s.set("logLevel", "DEBUG")
			done := s.up()
			done.inOrder(t, "update "+service, "update "+gate)
			done.never(t, "create "+token, "create "+place.Version+" killrvideo-astra")
		}},
		{"an image", func(t *testing.T) {
			s.set("image", place.NextImage)
			s.up().inOrder(t, "update "+service, "update "+gate)
		}},
		{"a new Astra token", func(t *testing.T) {
			s.set("astraTokenGeneration", "2")
			s.cloud.Journal()
			done := s.up()
			done.inOrder(t, "create "+token, "update "+service, "update "+gate, "delete "+place.Version, "delete "+token)
			done.inOrder(t, "create "+place.Version, "update "+service) // each after its own token
			s.tokensAre(t, 1)
			s.removed(t)
		}},
		{"a new signing key", func(t *testing.T) {
			s.set("jwtKeyGeneration", "2")
			done := s.up()
			done.inOrder(t, "update "+key, "create "+place.Version, "update "+service, "update "+gate, "delete "+place.Version)
			done.never(t, "create "+token)
		}},
		{"an update that the cloud refuses", func(t *testing.T) { refused(t, s) }},
		{"an old revision that goes on", func(t *testing.T) { stuck(t, s) }},
		{"a revision that does not answer", func(t *testing.T) { mute(t, s) }},
		{"signing keys that are never proved", func(t *testing.T) { unproved(t, s) }},
		{"another environment", func(t *testing.T) { renamed(t, s) }},
		{"destroyed", func(t *testing.T) { destroyed(t, s) }},
	} {
		if !t.Run(part.name, func(t *testing.T) { s.t = t; part.run(t); s.sound(t) }) {
			s.t = t
			_, _ = s.auto.Destroy(t.Context())
			return
		}
	}
}

func fromNothing(t *testing.T, s *stack) {
	done := s.up()
	for _, first := range append([]string{s.place.Version, token}, s.place.First...) {
		done.inOrder(t, "create "+first, "create "+s.place.Cloud.Service, "create "+gate)
	}
	// The cloud's own word on it, without the engine's.
	told := journal(s.cloud)
	for _, first := range append([]string{s.place.Version}, s.place.First...) {
		told.inOrder(t, "create "+first, "create "+s.place.Cloud.Service)
	}
	s.tokensAre(t, 1)
}

func (s *stack) again(t *testing.T) {
	t.Helper()
	s.cloud.Journal()
	if done := s.up(); len(done) > 0 {
		t.Errorf("a second up did\n%s", done)
	}
	untouched(t, s.cloud)
}

// refused makes the cloud refuse the update of a rotation: nothing old may go,
// and the next up ends what was begun.
func refused(t *testing.T, s *stack) {
	s.set("astraTokenGeneration", "3")
	s.cloud.Refuse("update")
	done := s.upFails("refused to update")
	if len(done.positions("create "+token)) != 2 || len(done.positions("create "+s.place.Version)) == 0 {
		t.Errorf("the tokens and their versions were not made:\n%s", done)
	}
	done.never(t, "delete ", "update "+gate)
	s.tokensAre(t, 2)
	s.cloud.Refuse("")
	s.up().inOrder(t, "update "+s.place.Cloud.Service, "update "+gate, "delete "+s.place.Version, "delete "+token)
	s.tokensAre(t, 1)
	s.again(t)
}

// stuck makes the cloud take the update and go on with what ran before: up must
// not believe it, and what the old revision needs must stay.
func stuck(t *testing.T, s *stack) {
	s.set("astraTokenGeneration", "4")
	s.cloud.Stick(true)
	s.upFails(s.place.Reason).never(t, "delete ", "update "+gate)
	s.tokensAre(t, 2)
	s.upFails().never(t, "delete ") // a second one does not believe it either
	s.tokensAre(t, 2)
	s.cloud.Stick(false)
	s.set("logLevel", "INFO") // the cloud is told once more
	s.up().inOrder(t, "update "+gate, "delete "+s.place.Version, "delete "+token)
	s.tokensAre(t, 1)
}

// mute makes the gate itself fail, while the cloud says that all is well.
func mute(t *testing.T, s *stack) {
	s.set("astraTokenGeneration", "5")
	s.set("jwtKeyGeneration", "3")
	s.cloud.Mute(true)
	for range 2 { // the second does no harm either
		s.upFails("503", "does not answer either").never(t, "delete ", "update "+gate)
		s.tokensAre(t, 2)
	}
	s.cloud.Mute(false)
	done := s.up()
	done.inOrder(t, "update "+gate, "delete "+s.place.Version)
	done.inOrder(t, "update "+gate, "delete "+token)
	s.tokensAre(t, 1)
}

// Crashing is a rotation whose instances do not start, on a cloud whose
// provider waits for them.
func Crashing(t *testing.T, place Place, reason string) {
	t.Helper()
	s := open(t, place)
	s.up()
	s.set("astraTokenGeneration", "2")
	s.cloud.Crash(true)
	for range 2 {
		s.upFails(reason).never(t, "delete ", "update "+gate)
		s.tokensAre(t, 2)
	}
	s.cloud.Crash(false)
	s.up().inOrder(t, "update "+place.Cloud.Service, "update "+gate, "delete "+place.Version, "delete "+token)
	s.tokensAre(t, 1)
	s.gone()
}

func destroyed(t *testing.T, s *stack) {
	done := s.gone()
	for _, after := range append([]string{s.place.Version, token}, s.place.First...) {
		done.inOrder(t, "delete "+gate, "delete "+s.place.Cloud.Service, "delete "+after)
	}
}

// removed asks what became of the versions that nothing reads any more.
func (s *stack) removed(t *testing.T) {
	t.Helper()
	journal(s.cloud).inOrder(t, "create "+s.place.Version, "update "+s.place.Cloud.Service, s.place.Removes+" "+s.place.Version)
}

// tokensAre asks how many generations of tokens are on Astra: each has one
// token that reads and writes, and one that reads.
func (s *stack) tokensAre(t *testing.T, generations int) {
	t.Helper()
	if got := s.tokens(); got != 2*generations {
		t.Errorf("%d tokens of the service are on Astra, want two for each of %d generations", got, generations)
	}
}

// Built deploys an image that is built on the way, and builds it once.
func Built(t *testing.T, place Place) {
	t.Helper()
	place.Image = ""
	s := open(t, place)
	done := s.up()
	const image = "docker-build:index:Image"
	done.inOrder(t, "create "+image, "create "+place.Cloud.Service, "create "+gate)
	if place.Repository != "" {
		done.inOrder(t, "create "+place.Repository, "create "+image)
	}
	s.again(t)
	s.gone().inOrder(t, "delete "+place.Cloud.Service, "delete "+image)
}
