package store

import (
	"context"
	"sync"
)

// turns let one of this process at a time have a thing. Whoever waits costs
// nothing but memory, and only for as long as they want to.
type turns[K comparable] struct {
	mu  sync.Mutex
	all map[K]*turn
}

// turn is taken by whoever can fill it; wanted is by how many it is known.
type turn struct {
	taken  chan struct{}
	wanted int
}

// take waits for a turn until ctx ends. Whoever has it gives it back; to do so
// again changes nothing.
func (t *turns[K]) take(ctx context.Context, of K) (giveBack func(), err error) {
	one := t.want(of)
	select {
	case one.taken <- struct{}{}:
		return sync.OnceFunc(func() { <-one.taken; t.leave(of, one) }), nil
	case <-ctx.Done():
		t.leave(of, one)
		return nil, ctx.Err()
	}
}

func (t *turns[K]) want(of K) *turn {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.all == nil {
		t.all = map[K]*turn{}
	}
	if t.all[of] == nil {
		t.all[of] = &turn{taken: make(chan struct{}, 1)}
	}
	t.all[of].wanted++
	return t.all[of]
}

// leave forgets a turn that nobody wants any more.
func (t *turns[K]) leave(of K, one *turn) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if one.wanted--; one.wanted == 0 {
		delete(t.all, of)
	}
}
