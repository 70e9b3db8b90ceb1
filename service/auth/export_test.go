package auth

import "context"

// Acquire takes capacity to hash until release.
func (h *Hasher) Acquire(ctx context.Context) (release func(), err error) { return h.acquire(ctx) }
