package e2e_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/google/uuid"

	"github.com/killrvideo/killrvideo-go/astra/dataapi/filter"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/update"
	"github.com/killrvideo/killrvideo-go/service/auth"
	"github.com/killrvideo/killrvideo-go/service/killrvideo"
	"github.com/killrvideo/killrvideo-go/service/store/astratest"
	"github.com/killrvideo/killrvideo-go/service/store/schema"
)

// leftBehind are the claims of an access token that an instance gave at a time.
func leftBehind(user string, at time.Time) jwt.MapClaims {
	return jwt.MapClaims{
		"sub":         user,
		"roles":       []string{"creator"},
		"sid":         uuid.NewString(),
		"session_exp": at.Add(30 * 24 * time.Hour).Unix(),
		"iss":         auth.Issuer,
		"aud":         []string{auth.Audience},
		"jti":         uuid.NewString(),
		"iat":         at.Unix(),
		"exp":         at.Add(time.Hour).Unix(),
	}
}

// forgePrevious signs with the previous key as an attacker does who has it.
func forgePrevious(t *testing.T, claims jwt.MapClaims) string {
	t.Helper()
	token := jwt.NewWithClaims(jwt.SigningMethodHS256, claims)
	token.Header["kid"] = auth.KeyID([]byte(previousKey))
	text, err := token.SignedString([]byte(previousKey))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// After a rotation, an attacker with the previous key cannot act as a moderator.
func TestLeakedPreviousKeyForgesNoToken(t *testing.T) {
	t.Parallel()
	moderator := moderator(t)
	before := rotated.Add(-time.Minute)
	attacks := map[string]jwt.MapClaims{
		"ten years, no session": {"sub": moderator.id, "exp": in(10 * 365 * 24 * time.Hour)},
		"ten years":             leftBehind(moderator.id, before),
		"issued now":            leftBehind(moderator.id, time.Now()),
		"no time of issue":      leftBehind(moderator.id, before),
	}
	attacks["ten years"]["exp"] = in(10 * 365 * 24 * time.Hour)
	delete(attacks["no time of issue"], "iat")
	for name, claims := range attacks {
		for method, path := range map[string]string{
			http.MethodGet: "/api/v1/moderation/flags", http.MethodPost: "/api/v1/moderation/users/" + moderator.id + "/assign-moderator",
		} {
			if a := call(t, method, path, forgePrevious(t, claims), nil); a.status != 401 {
				t.Errorf("%s: %s %s answers %d: %s", name, method, path, a.status, a.raw)
			}
		}
	}
	// What a rotation leaves behind still serves.
	call(t, http.MethodGet, "/api/v1/users/me", forgePrevious(t, leftBehind(moderator.id, before)), nil).want(t, 200, "")
}

// The service ends the previous key by itself, at the time that it was told.
func TestPreviousKeyExpires(t *testing.T) {
	t.Parallel()
	p := creator(t)
	ends := time.Now().Add(3 * time.Second)
	other := instance(t, "JWT_SECRET_KEY_PREVIOUS_VERIFIES_UNTIL="+rfc3339(ends))
	token := forgePrevious(t, leftBehind(p.id, rotated.Add(-time.Minute)))
	for {
		asked := time.Now()
		switch status := other.at(t, http.MethodGet, "/api/v1/users/me", token, nil).StatusCode; {
		case status == 401 && time.Now().After(ends.Truncate(time.Second)):
			return
		case status == 200 && asked.Before(ends): // and ask again
		default:
			t.Fatalf("at %v, where the key ends at %v: %d", asked, ends, status)
		}
	}
}

// A planned rotation ends no session, a leak ends all.
func TestSessionsAcrossRotations(t *testing.T) {
	t.Parallel()
	p := creator(t)
	planned := instance(t, "JWT_SECRET_KEY="+astratest.SigningKey(), "JWT_SECRET_KEY_PREVIOUS="+jwtKey,
		"JWT_SECRET_KEY_PREVIOUS_ISSUED_UNTIL="+rfc3339(time.Now().Add(time.Hour)),
		"JWT_SECRET_KEY_PREVIOUS_VERIFIES_UNTIL="+rfc3339(time.Now().Add(2*time.Hour)))
	later := instance(t, "JWT_SECRET_KEY="+astratest.SigningKey(), "JWT_SECRET_KEY_PREVIOUS=")
	leaked := instance(t, "JWT_SECRET_KEY="+astratest.SigningKey(), "JWT_SECRET_KEY_PREVIOUS=",
		"SESSIONS_VALID_AFTER="+rfc3339(time.Now().Add(time.Hour)))

	session := login(t, p)
	if got := planned.at(t, http.MethodGet, "/api/v1/users/me", session.text(t, "token"), nil).StatusCode; got != 200 {
		t.Errorf("an access token after a planned rotation: %d", got)
	}
	for name, p := range map[string]*process{"after one rotation": planned, "after another": later} {
		fresh := login(t, person{email: session.body["user"].(map[string]any)["email"].(string)})
		body := fmt.Sprintf(`{"refreshToken":%q}`, fresh.text(t, "refreshToken"))
		if got := p.at(t, http.MethodPost, "/api/v1/users/refresh", "", strings.NewReader(body)).StatusCode; got != 200 {
			t.Errorf("a refresh token %s: %d", name, got)
		}
	}
	body := fmt.Sprintf(`{"refreshToken":%q}`, session.text(t, "refreshToken"))
	if got := leaked.at(t, http.MethodPost, "/api/v1/users/refresh", "", strings.NewReader(body)).StatusCode; got != 401 {
		t.Errorf("a refresh token after a leak: %d", got)
	}
	if got := leaked.at(t, http.MethodGet, "/api/v1/users/me", session.text(t, "token"), nil).StatusCode; got != 401 {
		t.Errorf("an access token after a leak: %d", got)
	}
}

// revokedSessions are those that a row keeps, with their times.
func revokedSessions(t *testing.T, id string) (row struct {
	Revoked []string `json:"revoked_sessions"`
	Epoch   int      `json:"session_epoch"`
}) {
	t.Helper()
	if err := system.db.Table(schema.Users).FindOne(t.Context(), filter.Eq("userid", id)).Decode(&row); err != nil {
		t.Fatal(err)
	}
	return row
}

// An access token that was given for a day stays logged out, also on instances
// that give tokens for a minute.
func TestLogOutSurvivesAShorterTokenLifetime(t *testing.T) {
	t.Parallel()
	p := creator(t)
	short := instance(t, "JWT_EXPIRY_MINUTES=1")
	ended, other, third := login(t, p), login(t, p), login(t, p)
	logout := func(session answer) {
		t.Helper()
		if got := short.at(t, http.MethodPost, "/api/v1/users/logout", session.text(t, "token"), nil).StatusCode; got != 204 {
			t.Fatalf("log-out: %d", got)
		}
	}
	logout(ended)
	// Three minutes pass: every time in the row lies that much earlier.
	before, after := []any{}, []any{}
	for _, text := range revokedSessions(t, p.id).Revoked {
		var until int64
		var session string
		if _, err := fmt.Sscanf(strings.Replace(text, "/", " ", 1), "%d %s", &until, &session); err != nil {
			t.Fatal(err)
		}
		before, after = append(before, text), append(after, fmt.Sprintf("%d/%s", until-180, session))
	}
	change(t, p, update.Table().PullAll("revoked_sessions", before...))
	change(t, p, update.Table().Push("revoked_sessions", after[0]))
	logout(other)
	logout(third)
	me(t, ended.text(t, "token")).want(t, 401, hasEnded)
	refresh(t, ended.text(t, "refreshToken")).want(t, 401, hasEnded)
	// Nor does its refresh token live again once the log-out is forgotten.
	change(t, p, update.Table().Unset("revoked_sessions"))
	refresh(t, ended.text(t, "refreshToken")).want(t, 401, hasEnded)
}

// Log-outs do not make an account's row grow without bound.
func TestLogOutsAreBounded(t *testing.T) {
	t.Parallel()
	p := creator(t)
	keys, err := auth.NewKeySet(jwtKey, auth.Previous{}, time.Hour, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	first := login(t, p)
	user := killrvideo.User{ID: uuid.MustParse(p.id)}
	for i := range killrvideo.MaxRevocations + 10 {
		row := revokedSessions(t, p.id)
		if len(row.Revoked) > killrvideo.MaxRevocations {
			t.Fatalf("after %d log-outs the row keeps %d", i, len(row.Revoked))
		}
		session := killrvideo.Session{ID: uuid.New(), UserID: user.ID, Epoch: row.Epoch, ExpiresAt: time.Now().Add(time.Hour)}
		tokens, err := keys.Sign(user, session)
		if err != nil {
			t.Fatal(err)
		}
		call(t, http.MethodPost, "/api/v1/users/logout", tokens.Access, nil).want(t, 204, "")
		me(t, tokens.Access).want(t, 401, hasEnded)
	}
	if row := revokedSessions(t, p.id); row.Epoch == 0 || len(row.Revoked) > 10 {
		t.Errorf("epoch %d with %d log-outs", row.Epoch, len(row.Revoked))
	}
	me(t, first.text(t, "token")).want(t, 401, hasEnded)
	me(t, login(t, p).text(t, "token")).want(t, 200, "")
}
