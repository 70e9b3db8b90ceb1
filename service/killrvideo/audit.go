package killrvideo

import (
	"context"
	"time"

	"github.com/google/uuid"
)

// Audit is an action of a moderator.
type Audit struct {
	Subject uuid.UUID // the video, comment or account
	FlagID  uuid.UUID // the nil UUID without a flag
	ActorID uuid.UUID
	Action  string
	Details string
	At      time.Time
}

// AuditRepository stores the actions of moderators. An action is stored before it is
// done, so no action is without an audit; a repeated action is stored again.
type AuditRepository interface {
	AddAudit(ctx context.Context, a Audit) error
}

// auditOf stores what a moderator is about to do to another user's content. Actions of
// users on their own content are not audited.
func auditOf(ctx context.Context, to AuditRepository, caller User, owner, subject uuid.UUID, action string, at time.Time) error {
	if caller.ID == owner {
		return nil
	}
	return to.AddAudit(ctx, Audit{Subject: subject, ActorID: caller.ID, Action: action, At: timestamp(at)})
}
