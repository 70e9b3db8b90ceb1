package store

import "sync"

// maxBacklog bounds each backlog.
const maxBacklog = 10_000

// backlog is a bounded set of background jobs of one kind, by key. It is in
// memory only: a job that is lost or refused must be found again by other means.
// The zero value is ready for use.
type backlog[K comparable, V any] struct {
	mu   sync.Mutex
	jobs map[K]V
}

// put adds a job or replaces the one with its key.
func (b *backlog[K, V]) put(key K, job V) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.jobs == nil {
		b.jobs = map[K]V{}
	}
	if _, known := b.jobs[key]; known || len(b.jobs) < maxBacklog {
		b.jobs[key] = job
	}
}

// removeIf removes a job for which the condition holds.
func (b *backlog[K, V]) removeIf(key K, condition func(V) bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if job, known := b.jobs[key]; known && condition(job) {
		delete(b.jobs, key)
	}
}

// take empties the backlog.
func (b *backlog[K, V]) take() map[K]V {
	b.mu.Lock()
	defer b.mu.Unlock()
	jobs := b.jobs
	b.jobs = nil
	return jobs
}
