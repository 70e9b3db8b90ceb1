package store_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"github.com/killrvideo/killrvideo-go/astra/dataapi/filter"
	"github.com/killrvideo/killrvideo-go/service/killrvideo"
	"github.com/killrvideo/killrvideo-go/service/store"
	"github.com/killrvideo/killrvideo-go/service/store/schema"
	"github.com/killrvideo/killrvideo-go/service/store/tally"
)

func flag(at time.Time) killrvideo.Flag {
	return killrvideo.Flag{
		ID: store.NewItemID(at), ContentType: killrvideo.ContentVideo, ContentID: uuid.New(), ReasonCode: "spam", ReasonText: "look",
		UserID: uuid.New(), CreatedAt: at, UpdatedAt: at, Status: killrvideo.FlagOpen,
	}
}

func inbox(t *testing.T, s *store.Store, of killrvideo.FlagStatus) killrvideo.Listing[killrvideo.Flag] {
	t.Helper()
	got, err := s.Flags.List(t.Context(), of, killrvideo.Page{Number: 1, Size: 10})
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func TestFlagsMoveFromListToList(t *testing.T) {
	t.Parallel()
	s, _ := newStore(open(t))
	one, other := flag(march(1)), flag(march(2))
	for _, f := range []killrvideo.Flag{one, other} {
		if err := s.Flags.AddFlag(t.Context(), f); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff([]killrvideo.Flag{other, one}, inbox(t, s, "").Items); diff != "" {
		t.Error(diff)
	}
	after := one
	after.Status, after.ModeratorID, after.ModeratorNotes = killrvideo.FlagRejected, uuid.New(), "no"
	after.UpdatedAt, after.ResolvedAt = march(3), march(3)
	if err := s.Flags.UpdateFlag(t.Context(), one, after); err != nil {
		t.Fatal(err)
	}
	for of, want := range map[killrvideo.FlagStatus][]killrvideo.Flag{
		"": {other, after}, killrvideo.FlagOpen: {other}, killrvideo.FlagRejected: {after}, killrvideo.FlagApproved: nil,
	} {
		got := inbox(t, s, of)
		if diff := cmp.Diff(want, got.Items); diff != "" || got.Total != len(want) {
			t.Errorf("%q: of %d %s", of, got.Total, diff)
		}
	}
	got, err := s.Flags.Flag(t.Context(), one.ID)
	if diff := cmp.Diff(after, got); diff != "" || err != nil {
		t.Error(err, diff)
	}
	same := after
	same.ModeratorNotes = "still no"
	if err := s.Flags.UpdateFlag(t.Context(), after, same); err != nil {
		t.Fatal(err)
	}
	if got := inbox(t, s, killrvideo.FlagRejected); got.Total != 1 || got.Items[0].ModeratorNotes != "still no" {
		t.Errorf("the same status: %+v", got)
	}
}

// A tally row in a list of flags is not a flag.
func TestAnUnknownFlag(t *testing.T) {
	t.Parallel()
	db := open(t)
	s, _ := newStore(db)
	if err := s.Flags.AddFlag(t.Context(), flag(march(1))); err != nil {
		t.Fatal(err)
	}
	var rows []struct{ ID uuid.UUID }
	tallies := filter.F{"list": "all", "id": filter.F{"$gte": tally.MinID}}
	if err := db.Table(schema.ContentModeration).Find(tallies).DecodeAll(t.Context(), &rows); err != nil || len(rows) != 1 {
		t.Fatal(len(rows), err)
	}
	for _, id := range []uuid.UUID{uuid.New(), rows[0].ID} {
		if _, err := s.Flags.Flag(t.Context(), id); killrvideo.ErrorCode(err) != killrvideo.ENOTFOUND {
			t.Errorf("%s: %v", id, err)
		}
	}
}

func TestAFlagThatFailsHalfwayCanBeRepeated(t *testing.T) {
	t.Parallel()
	proxy := newBreakable(t)
	s, _ := newStore(openAt(t, proxy.url))
	for i, broken := range []string{"deleteOne content_moderation", "insertMany content_moderation"} {
		before := flag(march(1))
		if err := s.Flags.AddFlag(t.Context(), before); err != nil {
			t.Fatal(err)
		}
		after := before
		after.Status = killrvideo.FlagApproved
		proxy.broken.Store(broken)
		if err := s.Flags.UpdateFlag(t.Context(), before, after); killrvideo.ErrorCode(err) != killrvideo.EUNAVAILABLE {
			t.Errorf("%s is broken, and yet %v", broken, err)
		}
		proxy.broken.Store("")
		found, err := s.Flags.Flag(t.Context(), before.ID)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Flags.UpdateFlag(t.Context(), found, after); err != nil {
			t.Fatal(err)
		}
		open, approved := inbox(t, s, killrvideo.FlagOpen), inbox(t, s, killrvideo.FlagApproved)
		if open.Total != 0 || approved.Total != i+1 || len(approved.Items) != i+1 {
			t.Errorf("%s was broken: %d open, %d approved", broken, open.Total, approved.Total)
		}
	}
}

// Audits are added and never replaced.
func TestAuditsAreStored(t *testing.T) {
	t.Parallel()
	db := open(t)
	s, _ := newStore(db)
	act := killrvideo.Audit{
		Subject: uuid.New(), FlagID: uuid.New(), ActorID: uuid.New(), Action: "account locked", Details: "was active", At: march(1),
	}
	for range 3 { // the same one, in the same millisecond
		if err := s.Audits.AddAudit(t.Context(), act); err != nil {
			t.Fatal(err)
		}
	}
	var rows []struct {
		FlagID, Actor   uuid.UUID
		Action, Details string
		TS              time.Time
	}
	if err := db.Table(schema.ModerationAudit).Find(filter.Eq("contentid", act.Subject)).DecodeAll(t.Context(), &rows); err != nil {
		t.Fatal(err)
	}
	for _, r := range rows {
		if r.FlagID != act.FlagID || r.Actor != act.ActorID || r.Action != act.Action || r.Details != act.Details || !r.TS.Equal(act.At) {
			t.Errorf("%+v", r)
		}
	}
	if len(rows) != 3 {
		t.Errorf("%d of 3", len(rows))
	}
}
