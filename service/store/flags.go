package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/killrvideo/killrvideo-go/astra/dataapi/filter"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/results"
	"github.com/killrvideo/killrvideo-go/service/killrvideo"
	"github.com/killrvideo/killrvideo-go/service/store/schema"
	"github.com/killrvideo/killrvideo-go/service/store/tally"
)

// Flags implements killrvideo.FlagRepository.
type Flags struct{ *db }

// Audits implements killrvideo.AuditRepository.
type Audits struct{ *db }

var (
	_ killrvideo.FlagRepository  = (*Flags)(nil)
	_ killrvideo.AuditRepository = (*Audits)(nil)
)

// flagRow is a flag in the list of all, which is also read by id, and in that of its
// status. Every column is written each time: an insert does not change columns that
// it does not have.
type flagRow struct {
	List           string     `json:"list"`
	ID             uuid.UUID  `json:"id"`
	ContentType    string     `json:"content_type"`
	ContentID      uuid.UUID  `json:"contentid"`
	ReasonCode     string     `json:"reason_code"`
	ReasonText     string     `json:"reason_text"`
	UserID         uuid.UUID  `json:"userid"`
	CreatedAt      time.Time  `json:"created_at"`
	UpdatedAt      time.Time  `json:"updated_at"`
	Status         string     `json:"status"`
	Reviewer       *uuid.UUID `json:"reviewer,omitempty"`
	ModeratorNotes string     `json:"moderator_notes"`
	ReviewDate     *time.Time `json:"review_date,omitempty"`
}

const allFlags = "all"

func statusList(of killrvideo.FlagStatus) string { return "status:" + string(of) }

func rowOfFlag(list string, f killrvideo.Flag) flagRow {
	row := flagRow{
		List: list, ID: f.ID, ContentType: string(f.ContentType), ContentID: f.ContentID, ReasonCode: f.ReasonCode,
		ReasonText: f.ReasonText, UserID: f.UserID, CreatedAt: f.CreatedAt, UpdatedAt: f.UpdatedAt,
		Status: string(f.Status), ModeratorNotes: f.ModeratorNotes,
	}
	if f.ModeratorID != uuid.Nil {
		row.Reviewer = &f.ModeratorID
	}
	if !f.ResolvedAt.IsZero() {
		row.ReviewDate = &f.ResolvedAt
	}
	return row
}

func (r flagRow) itemID() uuid.UUID { return r.ID }

func (r flagRow) flag() killrvideo.Flag {
	f := killrvideo.Flag{
		ID: r.ID, ContentType: killrvideo.ContentType(r.ContentType), ContentID: r.ContentID, ReasonCode: r.ReasonCode,
		ReasonText: r.ReasonText, UserID: r.UserID, CreatedAt: r.CreatedAt.UTC(), UpdatedAt: r.UpdatedAt.UTC(),
		Status: killrvideo.FlagStatus(r.Status), ModeratorNotes: r.ModeratorNotes, ResolvedAt: orZero(r.ReviewDate),
	}
	if r.Reviewer != nil {
		f.ModeratorID = *r.Reviewer
	}
	return f
}

func oneItem(list string, items int64) tally.Delta {
	return tally.Delta{List: list, Numbers: tally.Numbers{Items: items}}
}

// AddFlag implements killrvideo.FlagRepository.
func (s *Flags) AddFlag(ctx context.Context, f killrvideo.Flag) error {
	rows := []any{rowOfFlag(allFlags, f), rowOfFlag(statusList(f.Status), f)}
	err := s.count(ctx, schema.ContentModeration, rows, oneItem(allFlags, 1), oneItem(statusList(f.Status), 1))
	return failed(err, fmt.Sprintf("store a flag of %s %s", f.ContentType, f.ContentID))
}

// Flag implements killrvideo.FlagRepository.
func (s *Flags) Flag(ctx context.Context, id uuid.UUID) (killrvideo.Flag, error) {
	var row flagRow
	err := s.table(ctx, schema.ContentModeration).FindOne(ctx, filter.F{"list": allFlags, "id": id}).Decode(&row)
	if errors.Is(err, results.ErrNoDocuments) || err == nil && tally.IsTally(id) {
		return killrvideo.Flag{}, killrvideo.Errorf(killrvideo.ENOTFOUND, "Flag not found")
	}
	return row.flag(), failed(err, fmt.Sprintf("read flag %s", id))
}

// UpdateFlag implements killrvideo.FlagRepository. The flag is deleted from the list
// of its former status, then written to the others; a failed update may be repeated.
func (s *Flags) UpdateFlag(ctx context.Context, before, after killrvideo.Flag) error {
	doing := fmt.Sprintf("update flag %s", after.ID)
	rows := []any{rowOfFlag(allFlags, after), rowOfFlag(statusList(after.Status), after)}
	var deltas []tally.Delta
	if before.Status != after.Status {
		deltas = []tally.Delta{oneItem(statusList(before.Status), -1), oneItem(statusList(after.Status), 1)}
		err := s.table(ctx, schema.ContentModeration).DeleteOne(ctx, filter.F{"list": statusList(before.Status), "id": after.ID})
		if err != nil {
			return failed(err, doing)
		}
	}
	return failed(s.count(ctx, schema.ContentModeration, rows, deltas...), doing)
}

// List implements killrvideo.FlagRepository.
func (s *Flags) List(
	ctx context.Context, of killrvideo.FlagStatus, page killrvideo.Page,
) (killrvideo.Listing[killrvideo.Flag], error) {
	list := allFlags
	if of != "" {
		list = statusList(of)
	}
	return feed(ctx, s.db, schema.ContentModeration, list, page, flagRow.flag)
}

type auditRow struct {
	ContentID uuid.UUID `json:"contentid"`
	ID        uuid.UUID `json:"id"`
	FlagID    uuid.UUID `json:"flagid"`
	Action    string    `json:"action"`
	Actor     uuid.UUID `json:"actor"`
	At        time.Time `json:"ts"`
	Details   string    `json:"details"`
}

// AddAudit implements killrvideo.AuditRepository.
func (s *Audits) AddAudit(ctx context.Context, a killrvideo.Audit) error {
	row := auditRow{a.Subject, NewItemID(a.At), a.FlagID, a.Action, a.ActorID, a.At, a.Details}
	return failed(s.insert(ctx, schema.ModerationAudit, row), fmt.Sprintf("store the audit of %s", a.Subject))
}
