package killrvideo_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/killrvideo/killrvideo-go/service/killrvideo"
)

const changedPassword = "another one of a test"

func TestChangingThePasswordEndsAllOtherSessions(t *testing.T) {
	t.Parallel()
	s, repository, user := newSessions(t)
	one, other := begin(t, s, user), begin(t, s, user)
	change := killrvideo.PasswordChange{Current: ada().Password, New: changedPassword}
	changed, session, err := s.ChangePassword(t.Context(), user, change)
	if err != nil || changed.ID != user.ID {
		t.Fatal(err)
	}
	if _, err := s.User(t.Context(), session); err != nil {
		t.Errorf("the new session: %v", err)
	}
	wantEnded(t, s, one)
	wantEnded(t, s, other)
	if _, err := login(t, s.Accounts, user.Email, ada().Password); killrvideo.ErrorCode(err) != killrvideo.EUNAUTHORIZED {
		t.Errorf("the old password: %v", err)
	}
	if _, err := login(t, s.Accounts, user.Email, changedPassword); err != nil {
		t.Errorf("the new password: %v", err)
	}
	if n := s.Accounts.Locks.(*locks).held.Load(); n != 0 || repository.users.byEmail["ada@example.com"].Reset != "" {
		t.Errorf("%d locks are held", n)
	}
}

func TestARefusedChangeOfAPasswordStoresNothing(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		change killrvideo.PasswordChange
		want   string
	}{
		"another current one": {killrvideo.PasswordChange{Current: "wrong", New: changedPassword}, killrvideo.EFORBIDDEN},
		"a short one":         {killrvideo.PasswordChange{Current: ada().Password, New: "short"}, killrvideo.EINVALID},
		"a common one":        {killrvideo.PasswordChange{Current: ada().Password, New: "Password123"}, killrvideo.EINVALID},
		"the name":            {killrvideo.PasswordChange{Current: ada().Password, New: "Ada Lovelace"}, killrvideo.EINVALID},
	} {
		s, _, user := newSessions(t)
		session := begin(t, s, user)
		if _, _, err := s.ChangePassword(t.Context(), user, test.change); killrvideo.ErrorCode(err) != test.want {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := s.User(t.Context(), session); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := login(t, s.Accounts, user.Email, ada().Password); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A change that fails after the sessions have ended leaves the old password and no
// session.
func TestAFailedChangeOfAPasswordLeavesNoSession(t *testing.T) {
	t.Parallel()
	s, repository, user := newSessions(t)
	session := begin(t, s, user)
	s.Accounts.Repository = unreplaceable{repository.users}
	change := killrvideo.PasswordChange{Current: ada().Password, New: changedPassword}
	if _, _, err := s.ChangePassword(t.Context(), user, change); !errors.Is(err, errDown) {
		t.Fatal(err)
	}
	wantEnded(t, s, session)
	if s.Accounts.Locks.(*locks).held.Load() != 0 {
		t.Error("a lock is not released")
	}
}

func TestAResetCodeIsValidOnceAndExpires(t *testing.T) {
	t.Parallel()
	s, repository, user := newSessions(t)
	now := at(0)
	s.Now, s.Accounts.Now = func() time.Time { return now }, func() time.Time { return now }
	moderator := killrvideo.User{ID: uuid.New()}
	session := begin(t, s, user)
	earlier, err := s.Accounts.IssueReset(t.Context(), moderator, user.ID)
	if err != nil {
		t.Fatal(err)
	}
	reset, err := s.Accounts.IssueReset(t.Context(), moderator, user.ID)
	if err != nil || !reset.Until.Equal(now.Add(time.Hour)) || reset.Code == earlier.Code {
		t.Fatalf("until %v, %v", reset.Until, err)
	}
	if stored := repository.users.byEmail["ada@example.com"].Reset; strings.Contains(stored, reset.Code) {
		t.Error("the code itself is stored")
	}
	try := func(email, code string) error {
		_, _, err := s.ResetPassword(t.Context(), email, code, changedPassword)
		return err
	}
	for name, err := range map[string]error{
		"the one before": try(user.Email, earlier.Code), "another e-mail": try("unknown@example.com", reset.Code), "none": try(user.Email, ""),
	} {
		if killrvideo.ErrorCode(err) != killrvideo.EREFUSED {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, _, err := s.ResetPassword(t.Context(), user.Email, reset.Code, "ada LOVELACE"); killrvideo.ErrorCode(err) != killrvideo.EINVALID {
		t.Errorf("the names of the account: %v", err)
	}
	now = now.Add(time.Hour)
	if err := try(user.Email, reset.Code); killrvideo.ErrorCode(err) != killrvideo.EREFUSED {
		t.Errorf("too late: %v", err)
	}
	now = now.Add(-time.Second)
	if err := try(user.Email, reset.Code); err != nil {
		t.Fatal(err)
	}
	wantEnded(t, s, session)
	if _, err := login(t, s.Accounts, user.Email, changedPassword); err != nil {
		t.Error(err)
	}
	if err := try(user.Email, reset.Code); killrvideo.ErrorCode(err) != killrvideo.EREFUSED {
		t.Errorf("a second time: %v", err)
	}
	if acts := s.Accounts.Audits.(*audits).all; len(acts) != 2 || acts[0].Action != "issue password reset" || acts[0].ActorID != moderator.ID {
		t.Errorf("written down: %+v", acts)
	}
}

// A moderator cannot take over another one's account, even by a code that was issued
// before the other one had the role.
func TestThePasswordOfAModeratorIsNotReset(t *testing.T) {
	t.Parallel()
	s, repository, user := newSessions(t)
	moderator := killrvideo.User{ID: uuid.New()}
	reset, err := s.Accounts.IssueReset(t.Context(), moderator, user.ID)
	if err != nil {
		t.Fatal(err)
	}
	promoted := repository.users.byID[user.ID]
	promoted.Roles = []killrvideo.Role{killrvideo.RoleModerator}
	repository.users.byID[user.ID] = promoted
	if _, err := s.Accounts.IssueReset(t.Context(), moderator, user.ID); killrvideo.ErrorCode(err) != killrvideo.EREFUSED {
		t.Errorf("issued: %v", err)
	}
	if _, _, err := s.ResetPassword(t.Context(), user.Email, reset.Code, changedPassword); killrvideo.ErrorCode(err) != killrvideo.EREFUSED {
		t.Errorf("replaced: %v", err)
	}
}

func TestASuspendedAccountIsNotReset(t *testing.T) {
	t.Parallel()
	s, repository, user := newSessions(t)
	reset, err := s.Accounts.IssueReset(t.Context(), killrvideo.User{}, user.ID)
	if err != nil {
		t.Fatal(err)
	}
	user.AccountStatus = killrvideo.AccountSuspended
	repository.users.byID[user.ID] = user
	if _, _, err := s.ResetPassword(t.Context(), user.Email, reset.Code, changedPassword); killrvideo.ErrorCode(err) != killrvideo.EFORBIDDEN {
		t.Error(err)
	}
}

// An outdated hash is not renewed after the password was changed.
func TestARenewedHashDoesNotRevertAChange(t *testing.T) {
	t.Parallel()
	accounts, repository, _ := newAccounts()
	user, err := accounts.Register(t.Context(), ada())
	if err != nil {
		t.Fatal(err)
	}
	outdated := killrvideo.Credentials{EmailKey: "ada@example.com", UserID: user.ID, PasswordHash: "old:" + ada().Password}
	repository.byEmail["ada@example.com"] = outdated
	accounts.Repository = &changedAtLast{users: repository}
	if _, err := login(t, accounts, user.Email, ada().Password); err != nil {
		t.Fatal(err)
	}
	if got := repository.byEmail["ada@example.com"].PasswordHash; got != "new:"+changedPassword {
		t.Errorf("hash %q", got)
	}
}

// unreplaceable fails to replace passwords.
type unreplaceable struct{ *users }

func (unreplaceable) ReplacePassword(context.Context, killrvideo.Credentials) error { return errDown }

// changedAtLast changes the password right after a login was verified.
type changedAtLast struct{ *users }

func (c *changedAtLast) UpdateLastLogin(context.Context, uuid.UUID, time.Time) error {
	now := c.users.byEmail["ada@example.com"]
	now.PasswordHash = "new:" + changedPassword
	c.users.byEmail["ada@example.com"] = now
	return nil
}

func TestPasswordsThatAreRefused(t *testing.T) {
	t.Parallel()
	for password, ok := range map[string]bool{
		"password": false, "PassWord1": false, "12345678": false, "qwertyuiop": false, " password ": false, "          ": false,
		"iloveyou": false, "football": false,
		"ada@example.com": false, "Lovelace": false, " ada lovelace ": false, "AdaLovelace": false, "1234567": false,
		"ada lovelace rules": true, "generated by a test": true, "# The commonest": true, "pass\nword": true, "éééééééé": true,
	} {
		accounts, _, _ := newAccounts()
		r := ada()
		r.Password = password
		if _, err := accounts.Register(t.Context(), r); (err == nil) != ok {
			t.Errorf("%q: %v", password, err)
		}
	}
}

func TestDeceptiveNamesAndEmails(t *testing.T) {
	t.Parallel()
	names := map[string]bool{
		"Ada\u202egnp.exe": false, "Ada\u2066": false, "A\x1bda": false, "A\nda": false, "A\u2028da": false, "A\u0085da": false,
		"\u200b\u200d": false, "\u3164": false, "\u2800": false,
		"Ada": true, "Σωκράτης": true, "می\u200cخواهم": true, "אבג\u200e": true, "O'Brien-Müller": true, "👩\u200d💻": true,
	}
	for name, ok := range names {
		accounts, _, _ := newAccounts()
		r := ada()
		r.FirstName = name
		if _, err := accounts.Register(t.Context(), r); (err == nil) != ok {
			t.Errorf("name %q: %v", name, err)
		}
		user := killrvideo.User{ID: uuid.New(), FirstName: "Ada", LastName: "Lovelace"}
		if _, err := accounts.Rename(t.Context(), user, killrvideo.NameChange{LastName: &name}); (err == nil) != ok {
			t.Errorf("renamed to %q: %v", name, err)
		}
	}
	for _, bad := range []string{
		"ad\u200ba@example.com", "ada@exam\u00adple.com", "a\u202eda@example.com", "a\u2800da@example.com", "ad\u3164a@example.com",
		"ada\ufe0f@example.com", "ad\u00a0a@example.com", "ada\x7f@example.com", "ad\u0085a@example.com",
		"ada@exa\u2060mple.com", "ad\ufeffa@example.com",
	} {
		if got, ok := killrvideo.ParseEmail(bad); ok {
			t.Errorf("%q is taken for %q", bad, got)
		}
	}
}

// Titles and tags are shown in lists beside other texts.
func TestTitlesAndTagsDoNotAffectTextAroundThem(t *testing.T) {
	t.Parallel()
	for text, ok := range map[string]bool{
		"A title": true, "Ein Titel \u200d mit": true, "A\u202etitle": false, "A\x1b[2Jtitle": false, "A\u2069 title": false, "A\ntitle": false,
		"\u200b\u200b\u200b": false,
	} {
		change := killrvideo.VideoChange{Title: &text}
		if _, err := change.Apply(killrvideo.Video{}); (err == nil) != ok {
			t.Errorf("title %q: %v", text, err)
		}
	}
	// Whitespace becomes a blank.
	for tag, ok := range map[string]bool{"a tag": true, "a\u202etag": false, "a\x07tag": false, "a\u2029tag": true} {
		change := killrvideo.VideoChange{Tags: &[]string{tag}}
		if _, err := change.Apply(killrvideo.Video{}); (err == nil) != ok {
			t.Errorf("tag %q: %v", tag, err)
		}
	}
	filled := killrvideo.Filled(killrvideo.Metadata{Title: "A\u202etitle\nof\x00two", Tags: []string{"a\u202etag"}})
	if filled.Title != "Atitle oftwo" || filled.Tags[0] != "atag" {
		t.Errorf("from YouTube: %q %q", filled.Title, filled.Tags)
	}
}
