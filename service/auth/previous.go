package auth

import (
	"errors"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/killrvideo/killrvideo-go/service/killrvideo"
)

// Previous is a key that no longer signs but still verifies, within bounds: a
// leaked one must not go on forging.
type Previous struct {
	// Key is empty if there is none.
	Key string
	// IssuedUntil is the latest that an instance may have signed with it.
	// VerifiesUntil is when the last token signed with it has expired.
	IssuedUntil, VerifiesUntil time.Time
}

var errNotIssued = errors.New("the previous key cannot have signed this token")

// issued says whether a rotation can have left this token behind: it was signed
// while the key was in use, lives no longer than a token can, and has every
// claim that we always set.
func (p Previous) issued(c *claims) error {
	complete := c.Issuer == Issuer && slices.Contains(c.Audience, Audience) && c.ID != "" && c.Session != uuid.Nil &&
		c.SessionEnd != nil && c.Roles != nil && c.IssuedAt != nil && c.ExpiresAt != nil
	if !complete || c.IssuedAt.After(p.IssuedUntil) || c.ExpiresAt.Sub(c.IssuedAt.Time) > killrvideo.MaxAccessLifetime {
		return errNotIssued
	}
	return nil
}
