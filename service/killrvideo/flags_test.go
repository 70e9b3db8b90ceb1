package killrvideo_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"github.com/killrvideo/killrvideo-go/service/killrvideo"
)

func spam(kind killrvideo.ContentType, id uuid.UUID) killrvideo.Report {
	return killrvideo.Report{ContentType: kind, ContentID: id, ReasonCode: "spam", ReasonText: " look "}
}

func (c *community) flagged(t *testing.T, kind killrvideo.ContentType, id uuid.UUID) killrvideo.Flag {
	t.Helper()
	flag, err := c.Flag(t.Context(), killrvideo.Authorized(creator()), spam(kind, id))
	if err != nil {
		t.Fatal(err)
	}
	return flag
}

func TestAFlagIsStoredCompletely(t *testing.T) {
	t.Parallel()
	c := newCommunity()
	ada, video := creator(), c.shown(t, creator())
	got, err := c.Flag(t.Context(), killrvideo.Authorized(ada), spam(killrvideo.ContentVideo, video.ID))
	want := killrvideo.Flag{
		ID: got.ID, ContentType: killrvideo.ContentVideo, ContentID: video.ID, ReasonCode: "spam", ReasonText: "look",
		UserID: ada.ID, CreatedAt: at(0), UpdatedAt: at(0), Status: killrvideo.FlagOpen,
	}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Error(err, diff)
	}
	if diff := cmp.Diff(want, c.flags.byID[got.ID]); diff != "" {
		t.Error(diff)
	}
}

func TestAFlagIsRefused(t *testing.T) {
	t.Parallel()
	c := newCommunity()
	author := creator()
	video, deleted := c.shown(t, creator()), c.shown(t, creator())
	comment, gone := c.said(t, author, video.ID, "a text"), c.said(t, author, video.ID, "a text")
	if err := errors.Join(c.Catalogue.Hide(t.Context(), deleted.ID), c.Comments.Delete(t.Context(), author, video.ID, gone.ID)); err != nil {
		t.Fatal(err)
	}
	with := func(change func(*killrvideo.Report)) killrvideo.Report {
		r := spam(killrvideo.ContentComment, comment.ID)
		change(&r)
		return r
	}
	tests := map[string]struct {
		report killrvideo.Report
		want   string
	}{
		"a comment":         {with(func(*killrvideo.Report) {}), ""},
		"no such kind":      {with(func(r *killrvideo.Report) { r.ContentType = "user" }), killrvideo.EINVALID},
		"no such reason":    {with(func(r *killrvideo.Report) { r.ReasonCode = "boring" }), killrvideo.EINVALID},
		"500 characters":    {with(func(r *killrvideo.Report) { r.ReasonText = strings.Repeat("é", 500) }), ""},
		"501 characters":    {with(func(r *killrvideo.Report) { r.ReasonText = strings.Repeat("é", 501) }), killrvideo.EINVALID},
		"another kind":      {with(func(r *killrvideo.Report) { r.ContentType = killrvideo.ContentVideo }), killrvideo.ENOTFOUND},
		"a deleted comment": {spam(killrvideo.ContentComment, gone.ID), killrvideo.ENOTFOUND},
		"a deleted video":   {spam(killrvideo.ContentVideo, deleted.ID), killrvideo.ENOTFOUND},
		"no such comment":   {spam(killrvideo.ContentComment, uuid.New()), killrvideo.ENOTFOUND},
	}
	for name, test := range tests {
		before := len(c.flags.byID)
		_, err := c.Flag(t.Context(), killrvideo.Authorized(author), test.report)
		if killrvideo.ErrorCode(err) != test.want || (err == nil) != (len(c.flags.byID) == before+1) {
			t.Errorf("%s: %v, %d stored", name, err, len(c.flags.byID)-before)
		}
	}
}

// The changes of status that are allowed in each state of a flag.
func TestTheStatesOfAFlag(t *testing.T) {
	t.Parallel()
	for _, from := range killrvideo.FlagStatuses() {
		for _, to := range append(killrvideo.FlagStatuses(), "sleepy") {
			c := newCommunity()
			video := c.shown(t, creator())
			flag := c.flagged(t, killrvideo.ContentVideo, video.ID)
			flag.Status, flag.ModeratorNotes = from, "before"
			c.flags.byID[flag.ID] = flag
			want, final := "", map[killrvideo.FlagStatus]bool{killrvideo.FlagApproved: true, killrvideo.FlagRejected: true}
			switch {
			case to == "sleepy":
				want = killrvideo.EINVALID
			case final[from]:
				want = killrvideo.EREFUSED
			}
			got, err := c.Act(t.Context(), moderating(), flag.ID, to, "")
			if killrvideo.ErrorCode(err) != want {
				t.Errorf("from %s to %s: %v", from, to, err)
			}
			if err != nil {
				continue
			}
			if got.Status != to || got.ModeratorNotes != "before" || got.ResolvedAt.IsZero() == final[to] {
				t.Errorf("from %s to %s: %+v", from, to, got)
			}
			if hidden := c.videos.byID[video.ID].Deleted(); hidden != (to == killrvideo.FlagApproved) {
				t.Errorf("to %s: hidden %t", to, hidden)
			}
		}
	}
}

func TestAnActionIsAudited(t *testing.T) {
	t.Parallel()
	c := newCommunity()
	grace := moderating()
	flag := c.flagged(t, killrvideo.ContentVideo, c.shown(t, creator()).ID)
	got, err := c.Act(t.Context(), grace, flag.ID, killrvideo.FlagRejected, " no ")
	if err != nil || got.ModeratorNotes != "no" || got.ModeratorID != grace.ID {
		t.Errorf("%+v %v", got, err)
	}
	want := []killrvideo.Audit{
		{Subject: flag.ContentID, FlagID: flag.ID, ActorID: grace.ID, Action: "flag rejected", Details: "no", At: at(0)},
	}
	if diff := cmp.Diff(want, c.written.all); diff != "" {
		t.Error(diff)
	}
	_, err = c.Act(t.Context(), grace, flag.ID, killrvideo.FlagOpen, strings.Repeat("x", 1001))
	if killrvideo.ErrorCode(err) != killrvideo.EINVALID {
		t.Errorf("long notes: %v", err)
	}
	if _, err := c.Act(t.Context(), grace, uuid.New(), killrvideo.FlagOpen, ""); killrvideo.ErrorCode(err) != killrvideo.ENOTFOUND {
		t.Errorf("an unknown flag: %v", err)
	}
}

// An approval that failed at any step can be repeated. The flag is approved only when its
// content is deleted and the action is audited.
func TestAnApprovalThatFailsHalfwayCanBeRepeated(t *testing.T) {
	t.Parallel()
	for _, kind := range []killrvideo.ContentType{killrvideo.ContentVideo, killrvideo.ContentComment} {
		for _, broken := range []string{"Flag", "Video", "RemoveVideo", "Comment", "Forget", "RemoveComment", "AddAudit", "UpdateFlag"} {
			c := newCommunity()
			video := c.shown(t, creator())
			id := video.ID
			if kind == killrvideo.ContentComment {
				id = c.said(t, creator(), video.ID, "a text").ID
			}
			flag := c.flagged(t, kind, id)
			c.faults.broken = broken
			if broken == "AddAudit" {
				c.written.fail = errDown
			}
			if _, err := c.Act(t.Context(), moderating(), flag.ID, killrvideo.FlagApproved, ""); err != nil {
				if c.flags.byID[flag.ID].Status != killrvideo.FlagOpen {
					t.Errorf("%s, %s is broken, and yet the flag is %s", kind, broken, c.flags.byID[flag.ID].Status)
				}
				if c.written.fail != nil && (c.videos.byID[id].Deleted() || c.comments.byID[id].Deleted()) {
					t.Errorf("%s: hidden, and nowhere written down", kind)
				}
				c.faults.broken, c.written.fail = "", nil
				if _, err := c.Act(t.Context(), moderating(), flag.ID, killrvideo.FlagApproved, ""); err != nil {
					t.Errorf("%s, %s was broken: %v", kind, broken, err)
				}
			}
			hidden := c.videos.byID[id].Deleted() || c.comments.byID[id].Deleted()
			if !hidden || c.flags.byID[flag.ID].Status != killrvideo.FlagApproved || len(c.written.all) == 0 {
				t.Errorf("%s, %s was broken: hidden %t, %s, %d acts", kind, broken, hidden, c.flags.byID[flag.ID].Status, len(c.written.all))
			}
		}
	}
}

// A flag of content that its owner has deleted meanwhile can be approved.
func TestApprovingAFlagOfDeletedContent(t *testing.T) {
	t.Parallel()
	c := newCommunity()
	author, video := creator(), c.shown(t, creator())
	comment := c.said(t, author, video.ID, "a text")
	flags := []killrvideo.Flag{c.flagged(t, killrvideo.ContentComment, comment.ID), c.flagged(t, killrvideo.ContentVideo, video.ID)}
	if err := errors.Join(c.Comments.Delete(t.Context(), author, video.ID, comment.ID), c.Catalogue.Hide(t.Context(), video.ID)); err != nil {
		t.Fatal(err)
	}
	for _, flag := range flags {
		if _, err := c.Act(t.Context(), moderating(), flag.ID, killrvideo.FlagApproved, ""); err != nil {
			t.Errorf("%s: %v", flag.ContentType, err)
		}
	}
}

func TestRestoringIsAuditedFirst(t *testing.T) {
	t.Parallel()
	for _, kind := range []killrvideo.ContentType{killrvideo.ContentVideo, killrvideo.ContentComment} {
		c := newCommunity()
		author, grace, video := creator(), moderating(), c.shown(t, creator())
		id, hide := video.ID, func() error { return c.Catalogue.Hide(t.Context(), video.ID) }
		if kind == killrvideo.ContentComment {
			comment := c.said(t, author, video.ID, "a text")
			id, hide = comment.ID, func() error { return c.Comments.Delete(t.Context(), author, video.ID, comment.ID) }
		}
		hidden := func() bool { return c.videos.byID[id].Deleted() || c.comments.byID[id].Deleted() }
		if err := errors.Join(c.Restore(t.Context(), grace, kind, id), hide()); err != nil || len(c.written.all) != 0 {
			t.Fatalf("%s: what was not deleted was restored: %v %+v", kind, err, c.written.all)
		}
		c.written.fail = errDown
		if err := c.Restore(t.Context(), grace, kind, id); !errors.Is(err, errDown) || !hidden() {
			t.Errorf("%s: restored unseen: %v", kind, err)
		}
		c.written.fail = nil
		if err := c.Restore(t.Context(), grace, kind, id); err != nil || hidden() {
			t.Errorf("%s: %v, hidden %t", kind, err, hidden())
		}
		want := []killrvideo.Audit{{Subject: id, ActorID: grace.ID, Action: "restore " + string(kind), At: at(0)}}
		if diff := cmp.Diff(want, c.written.all); diff != "" {
			t.Error(kind, diff)
		}
		if err := c.Restore(t.Context(), grace, kind, uuid.New()); killrvideo.ErrorCode(err) != killrvideo.ENOTFOUND || len(c.written.all) != 1 {
			t.Errorf("%s: of nothing: %v, %d acts", kind, err, len(c.written.all))
		}
	}
}
