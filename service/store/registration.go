package store

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/killrvideo/killrvideo-go/astra/dataapi/filter"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/update"
	"github.com/killrvideo/killrvideo-go/service/killrvideo"
	"github.com/killrvideo/killrvideo-go/service/killrvideo/parallel"
	"github.com/killrvideo/killrvideo-go/service/store/schema"
)

// emailLease is how long an e-mail is reserved by a registration that was
// killed.
const emailLease = 30 * time.Second

var errTaken = killrvideo.Errorf(killrvideo.ECONFLICT, "Email already registered")

// CreateUser implements killrvideo.UserRepository. Of registrations with one
// e-mail, one wins the contest in the e-mail's partition of user_credentials,
// see [contest]. Its claim becomes the credentials.
func (s *Accounts) CreateUser(ctx context.Context, user killrvideo.User, passwordHash string) error {
	return s.createUser(ctx, user, credentialsRow{Password: passwordHash})
}

// LoadAccount is CreateUser for an account with a past: a last login, or locked
// credentials.
func (s *Accounts) LoadAccount(ctx context.Context, user killrvideo.User, passwordHash string, locked bool) error {
	return s.createUser(ctx, user, credentialsRow{Password: passwordHash, AccountLocked: locked})
}

func (s *Accounts) createUser(ctx context.Context, user killrvideo.User, mine credentialsRow) error {
	mine.Email, mine.UserID = killrvideo.EmailKey(user.Email), user.ID
	mine.ClaimedAt = s.now().UTC().Truncate(time.Millisecond)
	if taken, err := s.taken(ctx, mine.Email); err != nil || taken {
		return orTaken(err)
	}
	ctx, cancel := context.WithTimeout(ctx, opTimeout)
	defer cancel()
	won, err := s.contend(ctx, s.contest(mine))
	if won {
		err = s.confirm(ctx, user, mine)
	}
	if err != nil || !won {
		s.withdraw(ctx, mine.Email, mine.UserID)
		return orTaken(err)
	}
	return nil
}

func orTaken(err error) error {
	if err != nil {
		return err
	}
	return errTaken
}

func (s *Accounts) taken(ctx context.Context, emailKey string) (bool, error) {
	all, err := s.credentialsRows(ctx, emailKey)
	for _, c := range all {
		if c.owns() {
			return true, nil
		}
	}
	return false, err
}

func (s *Accounts) contest(mine credentialsRow) contest {
	return contest{
		mine: claim{id: mine.UserID}, lease: emailLease,
		write: func(ctx context.Context) error {
			return failed(s.insert(ctx, schema.UserCredentials, mine), "claim an e-mail")
		},
		read: func(ctx context.Context) ([]claim, error) {
			rows, err := s.credentialsRows(ctx, mine.Email)
			claims := make([]claim, len(rows))
			for i, row := range rows {
				claims[i] = claim{id: row.UserID, at: row.ClaimedAt, final: row.owns()}
			}
			return claims, err
		},
		remove: func(ctx context.Context, c claim) { s.withdraw(ctx, mine.Email, c.id) },
	}
}

// confirm stores the account, then makes the claim its credentials. In this
// order, every account that can log in has a row.
func (s *Accounts) confirm(ctx context.Context, user killrvideo.User, mine credentialsRow) error {
	stored := parallel.Do(
		func() error { return s.insert(ctx, schema.Users, rowOfUser(user)) },
		func() error { return s.insertSearchWords(ctx, user) },
	)
	if stored != nil {
		return failed(stored, "store a new account")
	}
	err := s.table(ctx, schema.UserCredentials).UpdateOne(ctx,
		credentialsKey(mine.Email, mine.UserID), update.Table().Set("confirmed", true))
	return failed(err, "confirm the e-mail of a new account")
}

// withdraw deletes a claim and its account, even if the client is gone. What
// cannot be deleted expires and is removed by the next registration.
func (s *Accounts) withdraw(ctx context.Context, email string, user uuid.UUID) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), opTimeout)
	defer cancel()
	err := parallel.Do(
		func() error { return s.table(ctx, schema.UserCredentials).DeleteOne(ctx, credentialsKey(email, user)) },
		func() error { return s.table(ctx, schema.Users).DeleteOne(ctx, filter.Eq("userid", user)) },
	)
	if err != nil {
		s.log.WarnContext(ctx, "the claim of an e-mail is not withdrawn; it expires", "user", user, "error", err)
	}
}
