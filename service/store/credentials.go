package store

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/killrvideo/killrvideo-go/astra/dataapi/filter"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/update"
	"github.com/killrvideo/killrvideo-go/service/killrvideo"
	"github.com/killrvideo/killrvideo-go/service/store/schema"
)

// credentialsRow is a row of user_credentials: the claim of an e-mail by a
// registration and, once it is confirmed, the account's credentials.
type credentialsRow struct {
	Email         string    `json:"email"`
	UserID        uuid.UUID `json:"userid"`
	Password      string    `json:"password"`
	AccountLocked bool      `json:"account_locked"`
	Confirmed     bool      `json:"confirmed"`
	ClaimedAt     time.Time `json:"claimed_at"`
	// KnownClients have logged in before, as "SECONDS/CLIENT".
	KnownClients []string `json:"known_clients,omitempty"`
	// ResetCode is the hash of a code that resets the password.
	ResetCode  string     `json:"reset_code,omitempty"`
	ResetUntil *time.Time `json:"reset_until,omitempty"`
}

// owns reports whether the row is an account's. A confirmed row without a
// password was left by an update that arrived after its row was withdrawn.
func (c credentialsRow) owns() bool { return c.Confirmed && c.Password != "" }

func (c credentialsRow) credentials() killrvideo.Credentials {
	found := killrvideo.Credentials{EmailKey: c.Email, UserID: c.UserID, PasswordHash: c.Password, Locked: c.AccountLocked}
	if c.ResetUntil != nil {
		found.Reset, found.ResetUntil = c.ResetCode, c.ResetUntil.UTC()
	}
	for _, text := range c.KnownClients {
		seconds, mark, _ := strings.Cut(text, "/")
		if at, err := strconv.ParseInt(seconds, 10, 64); err == nil {
			found.Clients = append(found.Clients, killrvideo.KnownClient{Mark: mark, At: time.Unix(at, 0).UTC()})
		}
	}
	return found
}

// UpdateClients implements killrvideo.UserRepository.
func (s *Accounts) UpdateClients(ctx context.Context, c killrvideo.Credentials, clients []killrvideo.KnownClient) error {
	texts := make([]string, len(clients))
	for i, k := range clients {
		texts[i] = strconv.FormatInt(k.At.Unix(), 10) + "/" + k.Mark
	}
	err := s.table(ctx, schema.UserCredentials).UpdateOne(ctx,
		credentialsKey(c.EmailKey, c.UserID), update.Table().Set("known_clients", texts))
	return failed(err, fmt.Sprintf("store the clients of user %s", c.UserID))
}

func credentialsKey(emailKey string, userID uuid.UUID) filter.F {
	return filter.F{"email": emailKey, "userid": userID}
}

func (s *Accounts) credentialsRows(ctx context.Context, emailKey string) ([]credentialsRow, error) {
	var all []credentialsRow
	err := s.table(ctx, schema.UserCredentials).Find(filter.Eq("email", emailKey)).DecodeAll(ctx, &all)
	return all, failed(err, "read the credentials of an e-mail")
}

// Credentials implements killrvideo.UserRepository.
func (s *Accounts) Credentials(ctx context.Context, emailKey string) (killrvideo.Credentials, error) {
	all, err := s.credentialsRows(ctx, emailKey)
	if err != nil {
		return killrvideo.Credentials{}, err
	}
	for _, c := range all {
		if c.owns() {
			return c.credentials(), nil
		}
	}
	return killrvideo.Credentials{}, killrvideo.Errorf(killrvideo.ENOTFOUND, "No account has this e-mail")
}

// LockCredentials implements killrvideo.UserRepository.
func (s *Accounts) LockCredentials(ctx context.Context, c killrvideo.Credentials, locked bool) error {
	err := s.table(ctx, schema.UserCredentials).UpdateOne(ctx,
		credentialsKey(c.EmailKey, c.UserID), update.Table().Set("account_locked", locked))
	return failed(err, fmt.Sprintf("lock or unlock the credentials of user %s", c.UserID))
}

// LockedCredentials implements killrvideo.UserRepository with one call for
// every fifty.
func (s *Accounts) LockedCredentials(ctx context.Context) ([]killrvideo.Credentials, error) {
	var rows []credentialsRow
	err := s.table(ctx, schema.UserCredentials).Find(filter.Eq("account_locked", true)).DecodeAll(ctx, &rows)
	var locked []killrvideo.Credentials
	for _, c := range rows {
		if c.owns() {
			locked = append(locked, c.credentials())
		}
	}
	return locked, failed(err, "read which credentials are locked")
}

// UpdatePassword implements killrvideo.UserRepository.
func (s *Accounts) UpdatePassword(ctx context.Context, c killrvideo.Credentials) error {
	err := s.table(ctx, schema.UserCredentials).UpdateOne(ctx,
		credentialsKey(c.EmailKey, c.UserID), update.Table().Set("password", c.PasswordHash))
	return failed(err, fmt.Sprintf("store the password hash of user %s", c.UserID))
}

// ReplacePassword implements killrvideo.UserRepository with one write, so a
// reset code is valid once.
func (s *Accounts) ReplacePassword(ctx context.Context, c killrvideo.Credentials) error {
	change := update.Table().Set("password", c.PasswordHash).Unset("reset_code").Unset("reset_until").Unset("known_clients")
	err := s.table(ctx, schema.UserCredentials).UpdateOne(ctx, credentialsKey(c.EmailKey, c.UserID), change)
	return failed(err, fmt.Sprintf("replace the password of user %s", c.UserID))
}

// SetReset implements killrvideo.UserRepository.
func (s *Accounts) SetReset(ctx context.Context, c killrvideo.Credentials) error {
	change := update.Table().Set("reset_code", c.Reset).Set("reset_until", c.ResetUntil)
	err := s.table(ctx, schema.UserCredentials).UpdateOne(ctx, credentialsKey(c.EmailKey, c.UserID), change)
	return failed(err, fmt.Sprintf("store a reset of the password of user %s", c.UserID))
}
