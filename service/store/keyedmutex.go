package store

import (
	"context"
	"sync"
)

// keyedMutex is mutual exclusion by key within this process. Waiters queue in
// memory and send nothing to Astra. The zero value is ready for use.
type keyedMutex[K comparable] struct {
	mu    sync.Mutex
	locks map[K]*refLock
}

// refLock is the lock of one key: held while the channel is full. refs counts
// the holder and the waiters.
type refLock struct {
	held chan struct{}
	refs int
}

// lock waits for the lock of a key until ctx ends. unlock is idempotent.
func (m *keyedMutex[K]) lock(ctx context.Context, key K) (unlock func(), err error) {
	l := m.acquireRef(key)
	select {
	case l.held <- struct{}{}:
		return sync.OnceFunc(func() { <-l.held; m.releaseRef(key, l) }), nil
	case <-ctx.Done():
		m.releaseRef(key, l)
		return nil, ctx.Err()
	}
}

func (m *keyedMutex[K]) acquireRef(key K) *refLock {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.locks == nil {
		m.locks = map[K]*refLock{}
	}
	if m.locks[key] == nil {
		m.locks[key] = &refLock{held: make(chan struct{}, 1)}
	}
	m.locks[key].refs++
	return m.locks[key]
}

func (m *keyedMutex[K]) releaseRef(key K, l *refLock) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if l.refs--; l.refs == 0 {
		delete(m.locks, key)
	}
}
