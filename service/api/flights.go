package api

import (
	"context"
	"fmt"
	"runtime/debug"
	"sync"
	"time"
)

// maxJoinWait is how long a request waits for others to share a read with.
const maxJoinWait = 10 * time.Millisecond

// flights lets identical reads share one answer. A request joins only a read
// that has not started yet, so its answer never misses a write that completed
// before the request arrived, by whichever instance. (singleflight joins reads
// that are under way, whose data may be older.)
//
// Per key, the first request reads at once, for itself. Requests that arrive
// while it reads wait for the next read, which starts when the current one
// ends, or after maxJoinWait.
type flights[T any] struct {
	mu     sync.Mutex
	perKey map[string]*flight[T]
}

// flight is the reads of one key.
type flight[T any] struct {
	running int
	next    *batch[T] // not started; nil if no request waits
}

// batch is one shared read.
type batch[T any] struct {
	read    func() (T, error)
	cancel  context.CancelFunc
	waiting int           // requests
	done    chan struct{} // closed when value and err are set
	value   T
	err     error
}

// do returns what read returns, in this call or in one that it shares. For a
// shared read, prepare is called with a context that ends after timeout, or when
// all requests that wait have ended; it must keep nothing of the request.
func (f *flights[T]) do(ctx context.Context, key string, timeout time.Duration, read func() (T, error),
	prepare func(context.Context) func() (T, error)) (value T, shared bool, err error) {
	f.mu.Lock()
	of, busy := f.perKey[key]
	if !busy {
		if f.perKey == nil {
			f.perKey = map[string]*flight[T]{}
		}
		f.perKey[key] = &flight[T]{running: 1}
		f.mu.Unlock()
		defer f.end(key)
		value, err = read()
		return value, false, err
	}
	b := of.next
	if b == nil {
		shared, cancel := context.WithTimeout(context.WithoutCancel(ctx), timeout) //nolint:gosec // start cancels it, or leave
		b = &batch[T]{cancel: cancel, read: prepare(shared), done: make(chan struct{})}
		of.next = b
		time.AfterFunc(maxJoinWait, func() { f.start(key, b) })
	}
	b.waiting++
	f.mu.Unlock()
	select {
	case <-b.done:
		return b.value, true, b.err
	case <-ctx.Done():
		f.leave(b)
		return value, true, ctx.Err()
	}
}

// start runs a batch unless it has started already.
func (f *flights[T]) start(key string, b *batch[T]) {
	f.mu.Lock()
	of := f.perKey[key]
	if of == nil || of.next != b {
		f.mu.Unlock()
		return
	}
	of.next = nil
	of.running++
	f.mu.Unlock()
	defer f.end(key)
	defer b.cancel()
	defer close(b.done)
	defer func() {
		if reason := recover(); reason != nil {
			b.err = fmt.Errorf("panic in a shared read: %v\n%s", reason, debug.Stack())
		}
	}()
	b.value, b.err = b.read()
}

// end notes the end of a read and starts the batch that waited for it.
func (f *flights[T]) end(key string) {
	f.mu.Lock()
	of := f.perKey[key]
	of.running--
	next := of.next
	if of.running == 0 && next == nil {
		delete(f.perKey, key)
	}
	f.mu.Unlock()
	if next != nil {
		go f.start(key, next) // ends with the batch's context
	}
}

// leave cancels a batch when its last request has gone.
func (f *flights[T]) leave(b *batch[T]) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if b.waiting--; b.waiting == 0 {
		b.cancel()
	}
}
