package killrvideo

import (
	"context"
	"slices"
	"time"

	"github.com/killrvideo/killrvideo-go/service/killrvideo/parallel"
)

// Password is the input of a login. Client is the network address: attempts are counted
// by account and client.
type Password struct {
	Email    string
	Password string
	Client   string
}

// errLogin is the answer to every failed login, so that it does not reveal which e-mails
// are registered.
var errLogin = Errorf(EUNAUTHORIZED, "Incorrect email or password")

// Login returns the account of an e-mail and password. Errors: EUNAUTHORIZED; EFORBIDDEN
// for an account that is not active; ERATELIMIT after too many failures; EBUSY while too
// many passwords wait to be compared. An unknown e-mail takes as long as a wrong
// password. LastLoginDate is that of the previous login.
func (a *Accounts) Login(ctx context.Context, p Password) (User, error) {
	c, outdated, err := a.verify(ctx, p)
	if err != nil {
		return User{}, err
	}
	user, err := a.User(ctx, c.UserID)
	if ErrorCode(err) == ENOTFOUND {
		return User{}, errLogin
	}
	if err == nil {
		err = user.Active()
	}
	if err == nil {
		err = a.unchanged(ctx, c) // after the account was read, see ChangePassword
	}
	if err != nil {
		return User{}, err
	}
	a.recordLogin(ctx, c, p, outdated)
	return user, nil
}

// verify returns the credentials of the e-mail if the password matches.
func (a *Accounts) verify(ctx context.Context, p Password) (c Credentials, outdated bool, err error) {
	key := EmailKey(p.Email)
	client := clientMark(key, p.Client)
	if a.Lockout.Failures > 0 {
		unlock, err := a.Lockout.Repository.LockAttempts(ctx, key, client)
		if err != nil {
			return Credentials{}, false, err
		}
		defer unlock()
	}
	c, err = a.Repository.Credentials(ctx, key)
	if err != nil && ErrorCode(err) != ENOTFOUND {
		return Credentials{}, false, err
	}
	attempt, err := a.Lockout.begin(ctx, Attempt{EmailKey: key, Client: client, At: timestamp(a.Now())}, c.familiar(client))
	if err != nil {
		return Credentials{}, false, err
	}
	match, outdated, err := a.Passwords.Verify(ctx, p.Password, c.PasswordHash)
	if err != nil {
		a.Lockout.forget(ctx, attempt) // it was not compared
		return Credentials{}, false, err
	}
	if !match || c.Locked {
		return Credentials{}, false, errLogin
	}
	a.Lockout.forget(ctx, attempt)
	return c, outdated, nil
}

// unchanged fails if the credentials were changed or locked while the password was
// compared.
func (a *Accounts) unchanged(ctx context.Context, c Credentials) error {
	now, err := a.Repository.Credentials(ctx, c.EmailKey)
	if err != nil && ErrorCode(err) != ENOTFOUND {
		return err
	}
	if err != nil || now.Locked || now.UserID != c.UserID || now.PasswordHash != c.PasswordHash {
		return errLogin
	}
	return nil
}

// recordLogin stores the time of the login and the client, and renews an outdated hash.
// A failure does not refuse the login.
func (a *Accounts) recordLogin(ctx context.Context, c Credentials, p Password, outdated bool) {
	now := timestamp(a.Now())
	err := parallel.Do(
		func() error { return a.Repository.UpdateLastLogin(ctx, c.UserID, now) },
		func() error { return a.rememberClient(ctx, c, clientMark(c.EmailKey, p.Client), now) },
	)
	if err == nil && outdated {
		err = a.renewHash(ctx, c, p.Password)
	}
	if err != nil {
		a.Log.WarnContext(ctx, "a login is not recorded", "user", c.UserID, "error", err)
	}
}

// renewHash hashes the password again with the current parameters. It holds the
// account's lock: otherwise it could revert a concurrent change of the password.
func (a *Accounts) renewHash(ctx context.Context, c Credentials, password string) error {
	renewed := c
	var err error
	if renewed.PasswordHash, err = a.Passwords.Hash(ctx, password); err != nil {
		return err
	}
	unlock, err := a.Locks.Lock(ctx, c.UserID)
	if err != nil {
		return err
	}
	defer unlock()
	if err := a.unchanged(ctx, c); err != nil {
		return err
	}
	return a.Repository.UpdatePassword(ctx, renewed)
}

// KnownClient is a client that has logged in to an account.
type KnownClient struct {
	Mark string
	At   time.Time
}

// How many clients of an account are stored, and how often their time is renewed.
const (
	maxClients  = 8
	renewClient = 24 * time.Hour
)

func (c Credentials) familiar(client string) bool {
	return slices.ContainsFunc(c.Clients, func(k KnownClient) bool { return k.Mark == client })
}

// rememberClient stores a client that has logged in, once a day, in place of the one
// whose last login is oldest.
func (a *Accounts) rememberClient(ctx context.Context, c Credentials, client string, now time.Time) error {
	clients := slices.Clone(c.Clients)
	if i := slices.IndexFunc(clients, func(k KnownClient) bool { return k.Mark == client }); i >= 0 {
		if now.Sub(clients[i].At) < renewClient {
			return nil
		}
		clients = slices.Delete(clients, i, i+1)
	}
	slices.SortFunc(clients, func(a, b KnownClient) int { return b.At.Compare(a.At) })
	clients = append([]KnownClient{{Mark: client, At: now}}, clients[:min(len(clients), maxClients-1)]...)
	return a.Repository.UpdateClients(ctx, c, clients)
}
