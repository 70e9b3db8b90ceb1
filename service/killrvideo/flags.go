package killrvideo

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/killrvideo/killrvideo-go/service/killrvideo/parallel"
)

// ContentType is what a flag is about.
type ContentType string

// The content that can be flagged.
const (
	ContentVideo   ContentType = "video"
	ContentComment ContentType = "comment"
)

// FlagReasons lists the reasons of flags.
func FlagReasons() []string {
	return []string{"spam", "inappropriate", "harassment", "copyright", "other"}
}

// FlagStatus is the state of a flag.
type FlagStatus string

// A flag is open until a moderator acts on it. Approved and rejected are final.
const (
	FlagOpen        FlagStatus = "open"
	FlagUnderReview FlagStatus = "under_review"
	FlagApproved    FlagStatus = "approved"
	FlagRejected    FlagStatus = "rejected"
)

// FlagStatuses lists them.
func FlagStatuses() []FlagStatus {
	return []FlagStatus{FlagOpen, FlagUnderReview, FlagApproved, FlagRejected}
}

// final reports whether moderators can no longer act on the flag.
func (s FlagStatus) final() bool { return s == FlagApproved || s == FlagRejected }

// Flag reports content to the moderators. ModeratorID is the nil UUID and ResolvedAt
// zero until a moderator acts.
type Flag struct {
	ID             uuid.UUID // version 7, of CreatedAt
	ContentType    ContentType
	ContentID      uuid.UUID
	ReasonCode     string
	ReasonText     string
	UserID         uuid.UUID // who reported it
	CreatedAt      time.Time
	UpdatedAt      time.Time
	Status         FlagStatus
	ModeratorID    uuid.UUID
	ModeratorNotes string
	ResolvedAt     time.Time
}

// FlagRepository stores flags. ENOTFOUND is "Flag not found".
type FlagRepository interface {
	AddFlag(ctx context.Context, f Flag) error
	Flag(ctx context.Context, id uuid.UUID) (Flag, error)
	// UpdateFlag stores a flag. Its status may have changed.
	UpdateFlag(ctx context.Context, before, after Flag) error
	// List returns the newest first, of one status unless it is "".
	List(ctx context.Context, of FlagStatus, page Page) (Listing[Flag], error)
}

const (
	maxReason = 500
	maxNotes  = 1000
)

// Moderation flags content and acts on flags. All fields are required.
type Moderation struct {
	Flags     FlagRepository
	Audits    AuditRepository
	Catalogue *Catalogue
	Comments  *Comments
	// NewID makes the id of a flag of a time.
	NewID func(at time.Time) uuid.UUID
	Now   func() time.Time
}

// Report is the input of a flag.
type Report struct {
	ContentType ContentType
	ContentID   uuid.UUID
	ReasonCode  string
	ReasonText  string
}

func (r Report) validate() (Report, error) {
	var problems []FieldError
	if r.ContentType != ContentVideo && r.ContentType != ContentComment {
		problems = append(problems, FieldError{In: "body", Field: "contentType", Message: "must be video or comment"})
	}
	if !slices.Contains(FlagReasons(), r.ReasonCode) {
		problems = append(problems, FieldError{
			In: "body", Field: "reasonCode", Message: "must be spam, inappropriate, harassment, copyright or other",
		})
	}
	r.ReasonText = textRule{"reasonText", 0, maxReason}.check(r.ReasonText, &problems)
	return r, Invalid(problems...)
}

// Flag reports visible content to the moderators.
func (m *Moderation) Flag(ctx context.Context, caller Caller, r Report) (Flag, error) {
	r, err := r.validate()
	if err != nil {
		return Flag{}, err
	}
	if err := m.exists(ctx, caller.viewer, r.ContentType, r.ContentID); err != nil {
		return Flag{}, err
	}
	now := timestamp(m.Now())
	flag := Flag{
		ID: m.NewID(now), ContentType: r.ContentType, ContentID: r.ContentID, ReasonCode: r.ReasonCode, ReasonText: r.ReasonText,
		UserID: caller.ID, CreatedAt: now, UpdatedAt: now, Status: FlagOpen,
	}
	return flag, m.Flags.AddFlag(ctx, flag)
}

func (m *Moderation) exists(ctx context.Context, viewer Viewer, kind ContentType, id uuid.UUID) error {
	viewer = sync.OnceValues(viewer)
	return parallel.Do(
		func() error { _, err := viewer(); return err },
		func() error {
			if kind == ContentVideo {
				_, err := m.Catalogue.Video(ctx, viewer, id)
				return err
			}
			comment, err := m.Comments.Repository.Comment(ctx, id)
			if err == nil && comment.Deleted() {
				return errNoComment
			}
			return err
		},
	)
}

// Act sets the status of a flag. Approving a flag deletes its content.
func (m *Moderation) Act(ctx context.Context, moderator User, id uuid.UUID, status FlagStatus, notes string) (Flag, error) {
	var problems []FieldError
	notes = textRule{"moderatorNotes", 0, maxNotes}.check(notes, &problems)
	if !slices.Contains(FlagStatuses(), status) {
		problems = append(problems, FieldError{In: "body", Field: "status", Message: "must be open, under_review, approved or rejected"})
	}
	if err := Invalid(problems...); err != nil {
		return Flag{}, err
	}
	before, err := m.Flags.Flag(ctx, id)
	if err != nil {
		return Flag{}, err
	}
	if before.Status.final() {
		return Flag{}, Errorf(EREFUSED, "Flag already resolved")
	}
	return m.decide(ctx, moderator, before, status, notes)
}

// decide stores an audit, deletes the content of an approved flag, and stores the
// status last, so that it can be repeated after a failure.
func (m *Moderation) decide(ctx context.Context, moderator User, before Flag, status FlagStatus, notes string) (Flag, error) {
	after := before
	after.Status, after.ModeratorID, after.UpdatedAt = status, moderator.ID, timestamp(m.Now())
	if notes != "" {
		after.ModeratorNotes = notes
	}
	if status.final() {
		after.ResolvedAt = after.UpdatedAt
	}
	err := m.Audits.AddAudit(ctx, Audit{
		Subject: after.ContentID, FlagID: after.ID, ActorID: moderator.ID, Action: "flag " + string(status),
		Details: notes, At: after.UpdatedAt,
	})
	if err == nil && status == FlagApproved {
		err = m.hide(ctx, before)
	}
	if err != nil {
		return Flag{}, err
	}
	return after, m.Flags.UpdateFlag(ctx, before, after)
}

// hide deletes the content of a flag. It is idempotent.
func (m *Moderation) hide(ctx context.Context, f Flag) error {
	if f.ContentType == ContentVideo {
		return gone(m.Catalogue.Hide(ctx, f.ContentID))
	}
	comment, err := m.Comments.Repository.Comment(ctx, f.ContentID)
	if err != nil || comment.Deleted() {
		return gone(err)
	}
	return m.Comments.Hide(ctx, comment)
}

func gone(err error) error {
	if ErrorCode(err) == ENOTFOUND {
		return nil
	}
	return err
}

// Restore reverts the deletion of content. It is idempotent.
func (m *Moderation) Restore(ctx context.Context, moderator User, kind ContentType, id uuid.UUID) error {
	restore := m.Comments.Restore
	if kind == ContentVideo {
		restore = m.Catalogue.Restore
	}
	deleted, err := m.deleted(ctx, kind, id)
	if err != nil || !deleted {
		return err
	}
	err = m.Audits.AddAudit(ctx, Audit{Subject: id, ActorID: moderator.ID, Action: "restore " + string(kind), At: timestamp(m.Now())})
	if err != nil {
		return err
	}
	return restore(ctx, id)
}

func (m *Moderation) deleted(ctx context.Context, kind ContentType, id uuid.UUID) (bool, error) {
	if kind == ContentVideo {
		video, err := m.Catalogue.Repository.Video(ctx, id)
		return video.Deleted(), err
	}
	comment, err := m.Comments.Repository.Comment(ctx, id)
	return comment.Deleted(), err
}
