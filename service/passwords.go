package main

import (
	"context"
	"runtime/debug"
	"sync"

	"github.com/killrvideo/killrvideo-go/service/auth"
	"github.com/killrvideo/killrvideo-go/service/killrvideo"
)

// passwords prepare the hashing beside the start: it takes longer than all
// else together, and no probe needs it. Who needs it sooner waits.
type passwords struct {
	prepared func() (*auth.Hasher, error)
}

var _ killrvideo.Passwords = passwords{}

func newPasswords() passwords {
	return passwords{sync.OnceValues(func() (*auth.Hasher, error) {
		hasher, err := auth.NewHasher(auth.DefaultParams, 0)
		// Preparing takes its memory once; give it back.
		debug.FreeOSMemory()
		return hasher, err
	})}
}

// Hash implements killrvideo.Passwords.
func (p passwords) Hash(ctx context.Context, password string) (string, error) {
	hasher, err := p.prepared()
	if err != nil {
		return "", err
	}
	return hasher.Hash(ctx, password)
}

// Verify implements killrvideo.Passwords.
func (p passwords) Verify(ctx context.Context, password, hash string) (match, outdated bool, err error) {
	hasher, err := p.prepared()
	if err != nil {
		return false, false, err
	}
	return hasher.Verify(ctx, password, hash)
}
