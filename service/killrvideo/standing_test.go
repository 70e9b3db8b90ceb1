package killrvideo_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"github.com/killrvideo/killrvideo-go/service/killrvideo"
)

var errDown = killrvideo.Errorf(killrvideo.EUNAVAILABLE, "down")

// standing are accounts with Ada's, and a moderator.
func standing(t *testing.T) (a *killrvideo.Accounts, repository *users, written *audits, user, moderator killrvideo.User) {
	t.Helper()
	a, repository, _ = newAccounts()
	user, err := a.Register(t.Context(), ada())
	if err != nil {
		t.Fatal(err)
	}
	moderator = killrvideo.User{ID: uuid.New(), AccountStatus: killrvideo.AccountActive, Roles: []killrvideo.Role{killrvideo.RoleModerator}}
	repository.byID[moderator.ID] = moderator
	return a, repository, a.Audits.(*audits), user, moderator
}

func TestActionsOnAccountsAreAudited(t *testing.T) {
	t.Parallel()
	a, _, written, ada, moderator := standing(t)
	acts := []func() (killrvideo.User, error){
		func() (killrvideo.User, error) { return a.SetModerator(t.Context(), moderator, ada.ID, true) },
		func() (killrvideo.User, error) { return a.SetModerator(t.Context(), moderator, ada.ID, true) }, // is one already
		func() (killrvideo.User, error) { return a.SetModerator(t.Context(), moderator, ada.ID, false) },
		func() (killrvideo.User, error) {
			return a.SetStatus(t.Context(), moderator, ada.ID, killrvideo.AccountSuspended)
		},
		func() (killrvideo.User, error) {
			return a.SetStatus(t.Context(), moderator, ada.ID, killrvideo.AccountLocked)
		},
		func() (killrvideo.User, error) {
			return a.SetStatus(t.Context(), moderator, ada.ID, killrvideo.AccountActive)
		},
	}
	for _, act := range acts {
		if _, err := act(); err != nil {
			t.Fatal(err)
		}
	}
	one := killrvideo.Audit{Subject: ada.ID, ActorID: moderator.ID, At: at(0).Add(time.Millisecond)}
	var want []killrvideo.Audit
	for _, act := range [][2]string{
		{"assign moderator", ""}, {"revoke moderator", ""}, {"account suspended", "was active"},
		{"account locked", "was suspended"}, {"account active", "was locked"},
	} {
		one.Action, one.Details = act[0], act[1]
		want = append(want, one)
	}
	if diff := cmp.Diff(want, written.all); diff != "" {
		t.Error(diff)
	}
}

func TestNoActionWithoutAnAudit(t *testing.T) {
	t.Parallel()
	a, repository, written, ada, moderator := standing(t)
	written.fail = errDown
	if _, err := a.SetStatus(t.Context(), moderator, ada.ID, killrvideo.AccountLocked); !errors.Is(err, errDown) {
		t.Error(err)
	}
	if _, err := a.SetModerator(t.Context(), moderator, ada.ID, true); !errors.Is(err, errDown) {
		t.Error(err)
	}
	locked := repository.byEmail["ada@example.com"].Locked
	if user := repository.byID[ada.ID]; user.AccountStatus != killrvideo.AccountActive || user.Can(killrvideo.RoleModerator) || locked {
		t.Errorf("done all the same: %+v", user)
	}
}

func TestRefusedChangesOfAccounts(t *testing.T) {
	t.Parallel()
	a, repository, written, ada, moderator := standing(t)
	a.Moderators = killrvideo.ModeratorSettings{Emails: []string{ada.Email}, TrustEmails: true}
	tests := map[string]struct {
		act  func() (killrvideo.User, error)
		want string
	}{
		"no such status": {func() (killrvideo.User, error) { return a.SetStatus(t.Context(), moderator, ada.ID, "sleepy") }, killrvideo.EINVALID},
		"status of an unknown account": {func() (killrvideo.User, error) {
			return a.SetStatus(t.Context(), moderator, uuid.New(), killrvideo.AccountActive)
		}, killrvideo.ENOTFOUND},
		"an unknown account a moderator": {
			func() (killrvideo.User, error) { return a.SetModerator(t.Context(), moderator, uuid.New(), true) }, killrvideo.ENOTFOUND,
		},
		"suspend a moderator by a setting": {func() (killrvideo.User, error) {
			return a.SetStatus(t.Context(), moderator, ada.ID, killrvideo.AccountSuspended)
		}, killrvideo.EREFUSED},
		"moderator by a setting": {
			func() (killrvideo.User, error) { return a.SetModerator(t.Context(), moderator, ada.ID, false) }, killrvideo.EREFUSED,
		},
	}
	for name, test := range tests {
		if _, err := test.act(); killrvideo.ErrorCode(err) != test.want {
			t.Errorf("%s: %v", name, err)
		}
	}
	if len(written.all) != 0 || repository.byID[ada.ID].AccountStatus != killrvideo.AccountActive {
		t.Errorf("something was done: %+v", written.all)
	}
}

// Locking and unlocking an account sets its credentials too, and can be repeated after a
// failure.
func TestLockingAnAccountLocksItsCredentials(t *testing.T) {
	t.Parallel()
	a, repository, _, ada, moderator := standing(t)
	locked := func() (bool, string) {
		return repository.byEmail["ada@example.com"].Locked, repository.byID[ada.ID].AccountStatus
	}
	a.Repository = statusless{repository}
	if _, err := a.SetStatus(t.Context(), moderator, ada.ID, killrvideo.AccountLocked); !errors.Is(err, errDown) {
		t.Error(err)
	}
	a.Repository = repository
	for _, test := range []struct {
		status string
		locked bool
	}{
		{killrvideo.AccountLocked, true}, {killrvideo.AccountSuspended, false},
		{killrvideo.AccountLocked, true}, {killrvideo.AccountActive, false},
	} {
		user, err := a.SetStatus(t.Context(), moderator, ada.ID, test.status)
		if credentials, row := locked(); err != nil || user.AccountStatus != test.status || credentials != test.locked || row != test.status {
			t.Errorf("%s: credentials locked %t, row %s, %v", test.status, credentials, row, err)
		}
		if err := a.LockByCredentials(t.Context()); err != nil {
			t.Error(err)
		}
		if _, row := locked(); row != test.status {
			t.Errorf("%s became %s", test.status, row)
		}
	}
	delete(repository.byEmail, "ada@example.com")
	if _, err := a.SetStatus(t.Context(), moderator, ada.ID, killrvideo.AccountLocked); err != nil {
		t.Errorf("an account without credentials: %v", err)
	}
}

type statusless struct{ *users }

func (statusless) UpdateStatus(context.Context, uuid.UUID, string) error { return errDown }

func TestLockedCredentialsLockTheAccount(t *testing.T) {
	t.Parallel()
	for status, want := range map[string]string{
		killrvideo.AccountActive:    killrvideo.AccountLocked,
		killrvideo.AccountSuspended: killrvideo.AccountSuspended, killrvideo.AccountInactive: killrvideo.AccountInactive,
	} {
		a, repository, _, ada, _ := standing(t)
		ada.AccountStatus = status
		repository.byID[ada.ID] = ada
		c := repository.byEmail["ada@example.com"]
		c.Locked = true
		repository.byEmail["ada@example.com"] = c
		repository.byEmail["gone@example.com"] = killrvideo.Credentials{EmailKey: "gone@example.com", UserID: uuid.New(), Locked: true}
		if err := a.LockByCredentials(t.Context()); err != nil || repository.byID[ada.ID].AccountStatus != want {
			t.Errorf("%s became %s, want %s, %v", status, repository.byID[ada.ID].AccountStatus, want, err)
		}
		if len(repository.byID) != 2 {
			t.Error("an account was made up")
		}
		repository.fail = errDown
		if err := a.LockByCredentials(t.Context()); !errors.Is(err, errDown) {
			t.Errorf("down: %v", err)
		}
	}
}

// liftedMeanwhile is a repository whose credentials are unlocked between two reads.
type liftedMeanwhile struct{ *users }

func (l liftedMeanwhile) LockedCredentials(ctx context.Context) ([]killrvideo.Credentials, error) {
	locked, err := l.users.LockedCredentials(ctx)
	for _, c := range locked {
		_ = l.LockCredentials(ctx, c, false)
	}
	return locked, err
}

func TestCredentialsUnlockedMeanwhileDoNotLockTheAccount(t *testing.T) {
	t.Parallel()
	a, repository, _, ada, _ := standing(t)
	_ = repository.LockCredentials(t.Context(), repository.byEmail["ada@example.com"], true)
	a.Repository = liftedMeanwhile{repository}
	if err := a.LockByCredentials(t.Context()); err != nil || repository.byID[ada.ID].AccountStatus != killrvideo.AccountActive {
		t.Errorf("%s, %v", repository.byID[ada.ID].AccountStatus, err)
	}
}

func TestLockByCredentialsIsRepeated(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a, repository, _, ada, _ := standing(t)
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() { defer close(done); a.Run(ctx) }()
		synctest.Wait()
		_ = repository.LockCredentials(t.Context(), repository.byEmail["ada@example.com"], true)
		time.Sleep(16 * time.Second) // of the bubble's clock
		synctest.Wait()
		if got := repository.byID[ada.ID].AccountStatus; got != killrvideo.AccountLocked {
			t.Errorf("after one round: %s", got)
		}
		cancel()
		<-done
	})
}

func TestOnlyActiveAccountsHavePermissions(t *testing.T) {
	t.Parallel()
	for status, want := range map[string]string{
		killrvideo.AccountActive: "", killrvideo.AccountSuspended: "Account is suspended", killrvideo.AccountLocked: "Account is locked",
		killrvideo.AccountInactive: "Account is not active", "": "Account is not active", "anything": "Account is not active",
	} {
		err := killrvideo.User{AccountStatus: status}.Active()
		if killrvideo.ErrorMessage(err) != want || want != "" && killrvideo.ErrorCode(err) != killrvideo.EFORBIDDEN {
			t.Errorf("%q: %v", status, err)
		}
	}
}
