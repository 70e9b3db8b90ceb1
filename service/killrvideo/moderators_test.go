package killrvideo_test

import (
	"testing"

	"github.com/google/uuid"

	"github.com/killrvideo/killrvideo-go/service/killrvideo"
)

func grace(code string) killrvideo.Registration {
	r := ada()
	r.FirstName, r.Email, r.ModeratorCode = "Grace", "grace@example.com", code
	return r
}

// proofOfGrace is the hash of Grace's code in her account.
func proofOfGrace(t *testing.T) string {
	t.Helper()
	accounts, repository, _ := newAccounts()
	user, err := accounts.Register(t.Context(), grace(graceCode))
	if err != nil {
		t.Fatal(err)
	}
	return repository.byID[user.ID].ModeratorProof
}

func TestACodeMakesAModeratorOfItsEmail(t *testing.T) {
	t.Parallel()
	accounts, repository, _ := newAccounts()
	user, err := accounts.Register(t.Context(), grace(" "+graceCode+"\n"))
	if err != nil || !user.Can(killrvideo.RoleModerator) {
		t.Fatalf("%+v %v", user, err)
	}
	if repository.byID[user.ID].Can(killrvideo.RoleModerator) {
		t.Error("the role was stored, so taking the e-mail off the list would not take it away")
	}
	if again, _ := accounts.User(t.Context(), user.ID); !again.Can(killrvideo.RoleModerator) {
		t.Error("the role is lost on the next request")
	}
	for name, settings := range map[string]killrvideo.ModeratorSettings{
		"the address is taken out": {Codes: accounts.Moderators.Codes},
		"another code":             {Emails: accounts.Moderators.Emails, Codes: map[string]string{"grace@example.com": "ANOTHER-CODE-OF-A-TEST"}},
		"no code":                  {Emails: accounts.Moderators.Emails},
	} {
		accounts.Moderators = settings
		if later, _ := accounts.User(t.Context(), user.ID); later.Can(killrvideo.RoleModerator) {
			t.Errorf("%s, and still a moderator", name)
		}
	}
}

// Registering the address of a moderator without its code makes an ordinary
// account, which the code takes over, once.
func TestAnEmailAloneMakesNoModerator(t *testing.T) {
	t.Parallel()
	s, _, _ := newSessions(t)
	a := s.Accounts
	thief, err := a.Register(t.Context(), grace(""))
	if err != nil || thief.Can(killrvideo.RoleModerator) {
		t.Fatalf("%v %v", thief.Roles, err)
	}
	stolen := begin(t, s, thief)
	_, _, err = s.ResetPassword(t.Context(), "grace@example.com", "no code of anything", "another password of hers")
	if killrvideo.ErrorCode(err) != killrvideo.EREFUSED {
		t.Errorf("a wrong code: %v", err)
	}
	owner, session, err := s.ResetPassword(t.Context(), "Grace@example.com", graceCode, "another password of hers")
	if err != nil || owner.ID != thief.ID || !owner.Can(killrvideo.RoleModerator) {
		t.Fatalf("%+v %v", owner, err)
	}
	if _, err := s.User(t.Context(), session); err != nil {
		t.Errorf("the session of the owner: %v", err)
	}
	wantEnded(t, s, stolen)
	if _, err := login(t, a, "grace@example.com", ada().Password); killrvideo.ErrorCode(err) != killrvideo.EUNAUTHORIZED {
		t.Errorf("the password of the thief: %v", err)
	}
	_, _, err = s.ResetPassword(t.Context(), "grace@example.com", graceCode, "a third password")
	if killrvideo.ErrorCode(err) != killrvideo.EREFUSED {
		t.Errorf("the code a second time: %v", err)
	}
}

func TestAnAccountIsConfirmedByACode(t *testing.T) {
	t.Parallel()
	accounts, _, _ := newAccounts()
	user, err := accounts.Register(t.Context(), grace(""))
	if err != nil {
		t.Fatal(err)
	}
	other, err := accounts.Register(t.Context(), ada())
	if err != nil {
		t.Fatal(err)
	}
	for name, try := range map[string]func() (killrvideo.User, error){
		"another code":    func() (killrvideo.User, error) { return accounts.ConfirmModerator(t.Context(), user, "x") },
		"another account": func() (killrvideo.User, error) { return accounts.ConfirmModerator(t.Context(), other, graceCode) },
		"no code":         func() (killrvideo.User, error) { return accounts.ConfirmModerator(t.Context(), other, "") },
	} {
		if _, err := try(); killrvideo.ErrorCode(err) != killrvideo.EREFUSED {
			t.Errorf("%s: %v", name, err)
		}
	}
	for range 2 {
		if confirmed, err := accounts.ConfirmModerator(t.Context(), user, graceCode); err != nil || !confirmed.Can(killrvideo.RoleModerator) {
			t.Errorf("%v %v", confirmed.Roles, err)
		}
	}
	if r := grace("x"); true {
		r.Email = "other@example.com"
		if _, err := accounts.Register(t.Context(), r); killrvideo.ErrorCode(err) != killrvideo.EREFUSED {
			t.Errorf("registered with a code of nothing: %v", err)
		}
	}
}

func TestModeratorsAreListed(t *testing.T) {
	t.Parallel()
	a, repository, _, ada, moderator := standing(t)
	proved, err := a.Register(t.Context(), grace(graceCode))
	if err != nil {
		t.Fatal(err)
	}
	found, err := a.ListModerators(t.Context())
	if err != nil || len(found) != 2 {
		t.Fatalf("%+v %v", found, err)
	}
	for _, m := range found {
		if m.ID == ada.ID || m.BySetting != (m.ID == proved.ID) {
			t.Errorf("%+v", m)
		}
	}
	// By its e-mail alone, if the settings trust e-mails.
	a.Moderators = killrvideo.ModeratorSettings{Emails: []string{ada.Email}, TrustEmails: true}
	delete(repository.byID, moderator.ID)
	if found, err := a.ListModerators(t.Context()); err != nil || len(found) != 1 || found[0].ID != ada.ID {
		t.Errorf("%+v %v", found, err)
	}
}

func TestTheLastModeratorStays(t *testing.T) {
	t.Parallel()
	a, repository, written, ada, moderator := standing(t)
	remove := map[string]func() (killrvideo.User, error){
		"revoked": func() (killrvideo.User, error) {
			return a.SetModerator(t.Context(), moderator, moderator.ID, false)
		},
		"suspended": func() (killrvideo.User, error) {
			return a.SetStatus(t.Context(), moderator, moderator.ID, killrvideo.AccountSuspended)
		},
	}
	second := killrvideo.User{ID: uuid.New(), AccountStatus: killrvideo.AccountSuspended, Roles: moderator.Roles}
	repository.byID[second.ID] = second // is not active, so it does not count
	for name, act := range remove {
		if _, err := act(); killrvideo.ErrorCode(err) != killrvideo.EREFUSED {
			t.Errorf("%s: %v", name, err)
		}
	}
	if got := repository.byID[moderator.ID]; !got.Can(killrvideo.RoleModerator) || got.Active() != nil || len(written.all) != 0 {
		t.Errorf("done all the same: %+v %v", got, written.all)
	}
	if _, err := a.SetModerator(t.Context(), moderator, ada.ID, true); err != nil {
		t.Fatal(err)
	}
	if user, err := remove["revoked"](); err != nil || user.Can(killrvideo.RoleModerator) {
		t.Errorf("there is another one: %v %v", user.Roles, err)
	}
	if a.Locks.(*locks).held.Load() != 0 {
		t.Error("a lock is not released")
	}
}

// Two moderators remove each other at the same time: the second one has no role any more.
func TestTheActingModeratorCountsOnlyIfStillActive(t *testing.T) {
	t.Parallel()
	a, repository, _, ada, moderator := standing(t)
	if _, err := a.SetModerator(t.Context(), moderator, ada.ID, true); err != nil {
		t.Fatal(err)
	}
	second, err := a.User(t.Context(), ada.ID)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := a.SetModerator(t.Context(), moderator, ada.ID, false); err != nil {
		t.Fatal(err)
	}
	if _, err := a.SetModerator(t.Context(), second, moderator.ID, false); killrvideo.ErrorCode(err) != killrvideo.EREFUSED {
		t.Errorf("the last one is removed: %v", err)
	}
	if got := repository.byID[moderator.ID]; !got.Can(killrvideo.RoleModerator) {
		t.Error("no moderator is left")
	}
}
