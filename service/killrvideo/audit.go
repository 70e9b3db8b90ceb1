package killrvideo

import (
	"context"
	"time"

	"github.com/google/uuid"
)

// Audit is one act of a moderator.
type Audit struct {
	Subject uuid.UUID // the video, comment or account
	FlagID  uuid.UUID // the nil UUID if no flag was the reason
	ActorID uuid.UUID
	Action  string
	Details string
	At      time.Time
}

// AuditRepository keeps what moderators did. An act is written down before it
// is done, so that nothing is done that is not written down; of one that failed
// halfway, the repetition is written down too.
type AuditRepository interface {
	AddAudit(ctx context.Context, a Audit) error
}
