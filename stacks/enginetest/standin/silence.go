package standin

// silence is what does not answer although the cloud calls it healthy.
type silence struct {
	silencing bool
	met       map[string]bool // revisions that served once
	silent    map[string]bool
}

// Silence makes revisions that serve for the first time from now on answer no
// request, whatever the cloud says of them; the end of it lets them answer.
func (c *Cloud) Silence(silent bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.silencing = silent
	if !silent {
		c.silent = nil
	}
}

// meet notes a revision that serves. The cloud's lock is held.
func (s *silence) meet(revision string) {
	if s.met == nil {
		s.met = map[string]bool{}
	}
	if s.silencing && !s.met[revision] {
		if s.silent == nil {
			s.silent = map[string]bool{}
		}
		s.silent[revision] = true
	}
	s.met[revision] = true
}
