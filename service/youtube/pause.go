package youtube

import (
	"sync"
	"time"
)

// pause remembers until when not to ask. The zero value is not pausing.
type pause struct {
	mu    sync.Mutex
	until time.Time
}

func (p *pause) on(now time.Time) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return now.Before(p.until)
}

func (p *pause) start(until time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.until = until
}
