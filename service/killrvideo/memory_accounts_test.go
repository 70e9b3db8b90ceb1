package killrvideo_test

import (
	"context"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/uuid"

	"github.com/killrvideo/killrvideo-go/service/killrvideo"
)

// users stores accounts in memory. Real storage, and its concurrency, is tested in package
// store against a real Data API.
type users struct {
	killrvideo.UserRepository
	mu      sync.Mutex
	byID    map[uuid.UUID]killrvideo.User
	byEmail map[string]killrvideo.Credentials
	fail    error
}

func newUsers() *users {
	return &users{byID: map[uuid.UUID]killrvideo.User{}, byEmail: map[string]killrvideo.Credentials{}}
}

func (u *users) CreateUser(_ context.Context, user killrvideo.User, hash string) error {
	u.mu.Lock()
	defer u.mu.Unlock()
	key := killrvideo.EmailKey(user.Email)
	if _, taken := u.byEmail[key]; taken {
		return killrvideo.Errorf(killrvideo.ECONFLICT, "Email already registered")
	}
	u.byID[user.ID] = user
	u.byEmail[key] = killrvideo.Credentials{EmailKey: key, UserID: user.ID, PasswordHash: hash}
	return nil
}

func (u *users) User(_ context.Context, id uuid.UUID) (killrvideo.User, error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if user, ok := u.byID[id]; ok {
		return user, u.fail
	}
	return killrvideo.User{}, killrvideo.Errorf(killrvideo.ENOTFOUND, "User not found")
}

func (u *users) Credentials(_ context.Context, key string) (killrvideo.Credentials, error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if c, ok := u.byEmail[key]; ok {
		return c, nil
	}
	return killrvideo.Credentials{}, killrvideo.Errorf(killrvideo.ENOTFOUND, "no such e-mail")
}

func (u *users) UpdateNames(_ context.Context, before, after killrvideo.User) error {
	u.mu.Lock()
	defer u.mu.Unlock()
	user := u.byID[before.ID]
	user.FirstName, user.LastName = after.FirstName, after.LastName
	u.byID[before.ID] = user
	return nil
}

func (u *users) UpdateLastLogin(_ context.Context, id uuid.UUID, at time.Time) error {
	u.mu.Lock()
	defer u.mu.Unlock()
	user := u.byID[id]
	user.LastLoginDate = at
	u.byID[id] = user
	return u.fail
}

func (u *users) UpdatePassword(_ context.Context, c killrvideo.Credentials) error {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.byEmail[c.EmailKey] = c
	return nil
}

func (u *users) ReplacePassword(_ context.Context, c killrvideo.Credentials) error {
	c.Reset, c.ResetUntil, c.Clients = "", time.Time{}, nil
	u.byEmail[c.EmailKey] = c
	return u.fail
}

func (u *users) SetReset(_ context.Context, c killrvideo.Credentials) error {
	u.byEmail[c.EmailKey] = c
	return u.fail
}

func (u *users) SetModeratorProof(_ context.Context, id uuid.UUID, proof string) error {
	user := u.byID[id]
	user.ModeratorProof = proof
	u.byID[id] = user
	return u.fail
}

func (u *users) Moderators(context.Context) ([]uuid.UUID, error) {
	var ids []uuid.UUID
	for id, user := range u.byID {
		if user.Can(killrvideo.RoleModerator) {
			ids = append(ids, id)
		}
	}
	return ids, u.fail
}

// locks counts the holders of locks.
type locks struct {
	held atomic.Int32
	most int32
	fail error
}

func (l *locks) Lock(context.Context, uuid.UUID) (func(), error) {
	l.most = max(l.most, l.held.Add(1))
	return func() { l.held.Add(-1) }, l.fail
}

func (u *users) UpdateClients(_ context.Context, c killrvideo.Credentials, clients []killrvideo.KnownClient) error {
	u.mu.Lock()
	defer u.mu.Unlock()
	stored := u.byEmail[c.EmailKey]
	stored.Clients = clients
	u.byEmail[c.EmailKey] = stored
	return nil
}

func (u *users) Users(_ context.Context, ids []uuid.UUID) (map[uuid.UUID]killrvideo.User, error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	found := map[uuid.UUID]killrvideo.User{}
	for _, id := range ids {
		if user, ok := u.byID[id]; ok {
			found[id] = user
		}
	}
	return found, u.fail
}

func (u *users) UpdateStatus(_ context.Context, id uuid.UUID, status string) error {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.fail == nil {
		user := u.byID[id]
		user.AccountStatus = status
		u.byID[id] = user
	}
	return u.fail
}

func (u *users) UpdateRoles(_ context.Context, id uuid.UUID, roles []killrvideo.Role) error {
	u.mu.Lock()
	defer u.mu.Unlock()
	user := u.byID[id]
	user.Roles = roles
	u.byID[id] = user
	return u.fail
}

func (u *users) LockCredentials(_ context.Context, c killrvideo.Credentials, locked bool) error {
	u.mu.Lock()
	defer u.mu.Unlock()
	c.Locked = locked
	u.byEmail[c.EmailKey] = c
	return nil
}

func (u *users) LockedCredentials(context.Context) ([]killrvideo.Credentials, error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	var locked []killrvideo.Credentials
	for _, c := range u.byEmail {
		if c.Locked {
			locked = append(locked, c)
		}
	}
	return locked, u.fail
}

// readable hashes a password by adding a prefix; "old" is that of an outdated hash.
type readable struct{ compared int }

func (*readable) Hash(_ context.Context, password string) (string, error) {
	return "new:" + password, nil
}

func (r *readable) Verify(_ context.Context, password, hash string) (bool, bool, error) {
	r.compared++
	mark, known, _ := strings.Cut(hash, ":")
	return known == password && hash != "", mark == "old", nil
}
