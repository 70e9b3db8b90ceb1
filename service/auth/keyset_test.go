package auth_test

import (
	"encoding/base64"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/google/uuid"

	"github.com/killrvideo/killrvideo-go/service/auth"
	"github.com/killrvideo/killrvideo-go/service/killrvideo"
)

const (
	keyA = "generated-by-the-test-key-a-0123456789abcdef"
	keyB = "generated-by-the-test-key-b-0123456789abcdef"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func keySet(t testing.TB, current, previous string, now time.Time) *auth.KeySet {
	t.Helper()
	set, err := auth.NewKeySet(current, auth.Previous{
		Key: previous, IssuedUntil: noon.Add(5 * time.Minute), VerifiesUntil: noon.Add(35 * time.Minute),
	}, 30*time.Minute, func() time.Time { return now })
	if err != nil {
		t.Fatal(err)
	}
	return set
}

func someUser() killrvideo.User {
	return killrvideo.User{ID: uuid.MustParse("7f1c1f0e-5d5d-4f9b-8a63-000000000001"), Roles: []killrvideo.Role{"viewer"}}
}

func someSession() killrvideo.Session {
	return killrvideo.Session{
		ID: uuid.MustParse("7f1c1f0e-5d5d-4f9b-8a63-000000000002"), UserID: someUser().ID, Epoch: 2, Generation: 3,
		BeganAt: noon, ExpiresAt: noon.Add(24 * time.Hour),
		Secret: uuid.MustParse("7f1c1f0e-5d5d-4f9b-8a63-000000000003"), Ticket: uuid.MustParse("7f1c1f0e-5d5d-4f9b-8a63-000000000004"),
	}
}

func tokens(t testing.TB, set *auth.KeySet) killrvideo.Tokens {
	t.Helper()
	both, err := set.Sign(someUser(), someSession())
	if err != nil {
		t.Fatal(err)
	}
	return both
}

func signed(t testing.TB, key string, header map[string]any, c jwt.MapClaims) string {
	t.Helper()
	token := jwt.NewWithClaims(jwt.SigningMethodHS256, c)
	for k, v := range header {
		token.Header[k] = v
	}
	text, err := token.SignedString([]byte(key))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestSignedTokenCarriesTheClaimsOfTheContract(t *testing.T) {
	t.Parallel()
	parts := strings.Split(tokens(t, keySet(t, keyA, "", noon)).Access, ".")
	if len(parts) != 3 {
		t.Fatalf("%d segments", len(parts))
	}
	head, body := decode(t, parts[0]), decode(t, parts[1])
	if head["alg"] != "HS256" || head["typ"] != "JWT" || head["kid"] != auth.KeyID([]byte(keyA)) {
		t.Errorf("header %v", head)
	}
	audience, _ := body["aud"].([]any)
	if body["sub"] != someUser().ID.String() || body["iss"] != auth.Issuer || body["jti"] == "" || len(audience) != 1 ||
		audience[0] != auth.Audience {
		t.Errorf("claims %v", body)
	}
	if lived := body["exp"].(float64) - body["iat"].(float64); lived != 1800 {
		t.Errorf("lives for %v s", lived)
	}
	if roles, _ := body["roles"].([]any); len(roles) != 1 || roles[0] != "viewer" {
		t.Errorf("roles %v", body["roles"])
	}
}

func decode(t *testing.T, segment string) map[string]any {
	t.Helper()
	raw, err := base64.RawURLEncoding.DecodeString(segment)
	if err != nil {
		t.Fatal(err)
	}
	var m map[string]any
	if err := json.Unmarshal(raw, &m); err != nil {
		t.Fatal(err)
	}
	return m
}

func TestOnlyThePreviousKeyVerifiesToo(t *testing.T) {
	t.Parallel()
	old := tokens(t, keySet(t, keyA, "", noon)).Access
	if session, err := keySet(t, keyB, keyA, noon).Verify(old); err != nil || session.UserID != someUser().ID {
		t.Errorf("during the change: %v %v", session, err)
	}
	_, err := keySet(t, keyB, "", noon).Verify(old)
	wantRefused(t, err, "Could not validate credentials: unknown signing key")
}

// A leaked previous key can sign anything. Only what a rotation can
// have left behind is accepted, and that until a fixed time.
func TestPreviousKeyForgesNoToken(t *testing.T) {
	t.Parallel()
	const unknown, never = "Could not validate credentials: unknown signing key",
		"Could not validate credentials: not a token that the previous signing key issued"
	at := func(d time.Duration) int64 { return noon.Add(d).Unix() }
	without := func(claim string) func(jwt.MapClaims) { return func(c jwt.MapClaims) { delete(c, claim) } }
	for name, test := range map[string]struct {
		now    time.Duration
		change func(jwt.MapClaims)
		want   string // "" for accepted
	}{
		"issued in time":            {10 * time.Minute, nil, ""},
		"issued at the last moment": {10 * time.Minute, func(c jwt.MapClaims) { c["iat"] = at(5 * time.Minute) }, ""},
		"issued afterwards":         {10 * time.Minute, func(c jwt.MapClaims) { c["iat"] = at(5*time.Minute + time.Second) }, never},
		"the longest life":          {10 * time.Minute, func(c jwt.MapClaims) { c["exp"] = at(24 * time.Hour) }, ""},
		"a longer life":             {10 * time.Minute, func(c jwt.MapClaims) { c["exp"] = at(24*time.Hour + time.Second) }, never},
		"ten years":                 {10 * time.Minute, func(c jwt.MapClaims) { c["exp"] = at(10 * 365 * 24 * time.Hour) }, never},
		"before the end":            {35*time.Minute - time.Second, func(c jwt.MapClaims) { c["exp"] = at(time.Hour) }, ""},
		"after the end":             {35 * time.Minute, func(c jwt.MapClaims) { c["exp"] = at(time.Hour) }, unknown},
		"without a time of issue":   {10 * time.Minute, without("iat"), never},
		"without a session":         {10 * time.Minute, without("sid"), never},
		"without the session's end": {10 * time.Minute, without("session_exp"), never},
		"without roles":             {10 * time.Minute, without("roles"), never},
		"without an id":             {10 * time.Minute, without("jti"), never},
		"without an issuer":         {10 * time.Minute, without("iss"), never},
		"without an audience":       {10 * time.Minute, without("aud"), never},
		"without expiry":            {10 * time.Minute, without("exp"), "Could not validate credentials: the expiry claim is missing"},
		"as the official back ends sign": {10 * time.Minute, func(c jwt.MapClaims) {
			clear(c)
			c["sub"], c["exp"] = someUser().ID,
				at(time.Hour)
		}, never},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := jwt.MapClaims(decode(t, strings.Split(tokens(t, keySet(t, keyA, "", noon)).Access, ".")[1]))
			if test.change != nil {
				test.change(c)
			}
			set := keySet(t, keyB, keyA, noon.Add(test.now))
			_, err := set.Verify(signed(t, keyA, map[string]any{"kid": auth.KeyID([]byte(keyA))}, c))
			if test.want != "" {
				wantRefused(t, err, test.want)
			} else if err != nil {
				t.Errorf("refused: %v", err)
			}
			// Without its kid a token is of the key in use, or of none.
			_, err = set.Verify(signed(t, keyA, nil, c))
			if test.change == nil {
				wantRefused(t, err, "Could not validate credentials: signature verification failed")
			}
		})
	}
}

// The formula is a contract with other programs that print fingerprints.
func TestKeyIDIsStable(t *testing.T) {
	t.Parallel()
	if got := auth.KeyID([]byte("generated-by-the-test")); got != "21b8aba8d5cc4fc7" {
		t.Errorf("got %s", got)
	}
}

func TestNewKeySetNeedsAKey(t *testing.T) {
	t.Parallel()
	if _, err := auth.NewKeySet("", auth.Previous{Key: keyA}, time.Minute, time.Now); err == nil {
		t.Error("a set without a current key was made")
	}
}

func wantRefused(t *testing.T, err error, message string) {
	t.Helper()
	if killrvideo.ErrorCode(err) != killrvideo.EUNAUTHORIZED || killrvideo.ErrorMessage(err) != message {
		t.Errorf("got %v, want %q", err, message)
	}
}
