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

// auditOf writes down what a moderator is about to do to what is somebody
// else's; what people do to their own is theirs.
func auditOf(ctx context.Context, to AuditRepository, caller User, owner, subject uuid.UUID, action string, at time.Time) error {
	if caller.ID == owner {
		return nil
	}
	return to.AddAudit(ctx, Audit{Subject: subject, ActorID: caller.ID, Action: action, At: timestamp(at)})
}
