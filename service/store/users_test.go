package store_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"github.com/killrvideo/killrvideo-go/astra/dataapi"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/filter"
	"github.com/killrvideo/killrvideo-go/service/killrvideo"
	"github.com/killrvideo/killrvideo-go/service/store"
	"github.com/killrvideo/killrvideo-go/service/store/schema"
)

func TestUsersAreStoredCompletely(t *testing.T) {
	t.Parallel()
	s, _ := newStore(open(t))
	want := account("Ada@example.com")
	if err := s.Accounts.CreateUser(t.Context(), want, "hash"); err != nil {
		t.Fatal(err)
	}
	got, err := s.Accounts.User(t.Context(), want.ID)
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Fatal(err, diff)
	}
	c, err := s.Accounts.Credentials(t.Context(), "ada@example.com")
	if err != nil || c.UserID != want.ID || c.PasswordHash != "hash" || c.Locked {
		t.Errorf("%+v %v", c, err)
	}
	if _, err := s.Accounts.User(t.Context(), uuid.New()); killrvideo.ErrorCode(err) != killrvideo.ENOTFOUND {
		t.Errorf("unknown user: %v", err)
	}
	if _, err := s.Accounts.Credentials(t.Context(), "unknown@example.com"); killrvideo.ErrorCode(err) != killrvideo.ENOTFOUND {
		t.Errorf("unknown e-mail: %v", err)
	}
}

func TestUserUpdates(t *testing.T) {
	t.Parallel()
	s, _ := newStore(open(t))
	ctx, user := t.Context(), account("ada@example.com")
	if err := s.Accounts.CreateUser(ctx, user, "hash"); err != nil {
		t.Fatal(err)
	}
	want := user
	want.FirstName, want.LastName, want.LastLoginDate, want.Roles = "Augusta", "King", march(2), []killrvideo.Role{"moderator"}
	for _, err := range []error{
		s.Accounts.UpdateNames(ctx, user, killrvideo.User{ID: user.ID, FirstName: "Augusta", LastName: "King", Email: user.Email}),
		s.Accounts.UpdateLastLogin(ctx, user.ID, march(2)),
		s.Accounts.UpdateRoles(ctx, user.ID, []killrvideo.Role{"moderator"}),
		s.Accounts.UpdatePassword(ctx, killrvideo.Credentials{EmailKey: "ada@example.com", UserID: user.ID, PasswordHash: "new"}),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	got, err := s.Accounts.User(ctx, user.ID)
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Error(err, diff)
	}
	if c, err := s.Accounts.Credentials(ctx, "ada@example.com"); err != nil || c.PasswordHash != "new" {
		t.Errorf("%+v %v", c, err)
	}
	if err := s.Accounts.UpdateRoles(ctx, user.ID, nil); err != nil {
		t.Fatal(err)
	}
	if got, err := s.Accounts.User(ctx, user.ID); err != nil || len(got.Roles) != 0 {
		t.Errorf("roles %v, %v", got.Roles, err)
	}
}

func TestUsersAreReadManyAtOnce(t *testing.T) {
	t.Parallel()
	db := open(t)
	s, _ := newStore(db)
	ids := []uuid.UUID{uuid.New()} // one that does not exist
	var rows []map[string]any
	for i := range 120 {
		id := uuid.New()
		ids = append(ids, id)
		rows = append(rows, map[string]any{"userid": id, "firstname": fmt.Sprint(i), "created_date": march(1)})
	}
	if _, err := db.Table(schema.Users).InsertMany(t.Context(), rows); err != nil {
		t.Fatal(err)
	}
	users, err := s.Accounts.Users(t.Context(), ids)
	if err != nil || len(users) != 120 || users[ids[7]].FirstName != "6" {
		t.Errorf("%d users, %v", len(users), err)
	}
}

// Of 32 concurrent registrations of one e-mail, in two instances, one succeeds, and the
// others leave no rows.
func TestOneOfManyParallelRegistrationsWins(t *testing.T) {
	t.Parallel()
	db := open(t)
	first, _ := newStore(db)
	second, _ := newStore(db)
	for round := range 3 {
		email := fmt.Sprintf("ada%d@example.com", round)
		won := registerAtOnce(t, 32, email, first, second)
		if len(won) != 1 {
			t.Fatalf("%d registrations succeeded", len(won))
		}
		if c, err := second.Accounts.Credentials(t.Context(), email); err != nil || c.UserID != won[0] {
			t.Errorf("the e-mail belongs to %+v, %v", c, err)
		}
		if n := countRows(t, db, schema.UserCredentials, filter.Eq("email", email)); n != 1 {
			t.Errorf("%d rows of credentials are left", n)
		}
	}
}

func registerAtOnce(t *testing.T, n int, email string, stores ...*store.Store) (won []uuid.UUID) {
	t.Helper()
	start := make(chan struct{})
	var group sync.WaitGroup
	var mu sync.Mutex
	for i := range n {
		user := account(email)
		if i%3 == 0 {
			user.Email = strings.ToUpper(email)
		}
		group.Go(func() {
			<-start
			err := stores[i%len(stores)].Accounts.CreateUser(t.Context(), user, "hash")
			mu.Lock()
			defer mu.Unlock()
			if err == nil {
				won = append(won, user.ID)
			} else if killrvideo.ErrorMessage(err) != "Email already registered" {
				t.Errorf("refused with %v", err)
			}
		})
	}
	close(start)
	group.Wait()
	for _, id := range won {
		if _, err := stores[0].Accounts.User(t.Context(), id); err != nil {
			t.Errorf("the winner has no account: %v", err)
		}
	}
	return won
}

func countRows(t *testing.T, db *dataapi.Db, table string, where filter.Filterable) int {
	t.Helper()
	var rows []map[string]any
	if err := db.Table(table).Find(where).DecodeAll(t.Context(), &rows); err != nil {
		t.Fatal(err)
	}
	return len(rows)
}

// A killed process reserves an e-mail until its claim expires.
func TestExpiredClaimsAreRemoved(t *testing.T) {
	t.Parallel()
	db := open(t)
	s, clock := newStore(db)
	forgotten := map[string]any{
		"email": "ada@example.com", "userid": "00000000-0000-4000-8000-000000000000",
		"password": "hash", "claimed_at": march(20), "confirmed": false,
	}
	if _, err := db.Table(schema.UserCredentials).InsertOne(t.Context(), forgotten); err != nil {
		t.Fatal(err)
	}
	if err := s.Accounts.CreateUser(t.Context(), account("ada@example.com"), "hash"); killrvideo.ErrorCode(err) != killrvideo.ECONFLICT {
		t.Errorf("while the claim is fresh: %v", err)
	}
	if _, err := s.Accounts.Credentials(t.Context(), "ada@example.com"); killrvideo.ErrorCode(err) != killrvideo.ENOTFOUND {
		t.Errorf("a claim can be used for a login: %v", err)
	}
	clock.set(march(20).Add(time.Minute))
	if err := s.Accounts.CreateUser(t.Context(), account("ada@example.com"), "hash"); err != nil {
		t.Errorf("once the claim is stale: %v", err)
	}
	if n := countRows(t, db, schema.UserCredentials, filter.Eq("email", "ada@example.com")); n != 1 {
		t.Errorf("%d rows of credentials are left", n)
	}
}
