package auth_test

import (
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/google/uuid"

	"github.com/killrvideo/killrvideo-go/service/auth"
	"github.com/killrvideo/killrvideo-go/service/killrvideo"
)

func TestVerify(t *testing.T) {
	t.Parallel()
	sub, later, before := someUser().ID.String(), noon.Unix()+60, noon.Unix()-60
	tests := map[string]struct {
		key    string
		header map[string]any
		claims jwt.MapClaims
		want   string // "" for accepted
	}{
		"official back end's claims": {keyA, nil, jwt.MapClaims{"sub": sub, "roles": []string{"active"}, "exp": later}, ""},
		"expired within the leeway":  {keyA, nil, jwt.MapClaims{"sub": sub, "exp": noon.Unix() - 3}, ""},
		"expired":                    {keyA, nil, jwt.MapClaims{"sub": sub, "exp": before}, "Token has expired"},
		"expired, foreign key": {"another-key-of-the-test", nil, jwt.MapClaims{"sub": sub, "exp": before},
			"Could not validate credentials: signature verification failed"},
		"foreign key": {"another-key-of-the-test", nil, jwt.MapClaims{"sub": sub, "exp": later},
			"Could not validate credentials: signature verification failed"},
		"kid of no key": {keyA, map[string]any{"kid": "0000000000000000"}, jwt.MapClaims{"sub": sub, "exp": later},
			"Could not validate credentials: unknown signing key"},
		"kid of the other key": {keyA, map[string]any{"kid": auth.KeyID([]byte(keyB))}, jwt.MapClaims{"sub": sub, "exp": later},
			"Could not validate credentials: signature verification failed"},
		"no expiry": {keyA, nil, jwt.MapClaims{"sub": sub}, "Could not validate credentials: the expiry claim is missing"},
		"issued in the future": {keyA, nil, jwt.MapClaims{"sub": sub, "exp": later, "iat": later},
			"Could not validate credentials: the token was issued in the future"},
		"foreign issuer": {keyA, nil, jwt.MapClaims{"sub": sub, "exp": later, "iss": "elsewhere"},
			"Could not validate credentials: issuer mismatch"},
		"foreign audience": {keyA, nil, jwt.MapClaims{"sub": sub, "exp": later, "aud": "elsewhere"},
			"Could not validate credentials: audience mismatch"},
		"no subject":      {keyA, nil, jwt.MapClaims{"exp": later}, "Invalid token: Subject missing"},
		"subject no UUID": {keyA, nil, jwt.MapClaims{"sub": "ada", "exp": later}, "Invalid token: Subject is not a valid UUID"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			session, err := keySet(t, keyA, keyB, noon).Verify(signed(t, test.key, test.header, test.claims))
			if test.want != "" {
				wantRefused(t, err, test.want)
			} else if err != nil || session.UserID != someUser().ID || session.ID != uuid.Nil {
				t.Errorf("got %v %v", session, err)
			}
		})
	}
}

func TestTokensAreNotInterchangeable(t *testing.T) {
	t.Parallel()
	set := keySet(t, keyA, keyB, noon)
	both := tokens(t, set)
	want := someSession()
	if got, err := set.VerifyRefresh(both.Refresh); err != nil || got != want {
		t.Errorf("refresh: %+v %v", got, err)
	}
	want.BeganAt, want.Secret, want.Ticket = time.Time{}, uuid.Nil, uuid.Nil
	if got, err := set.Verify(both.Access); err != nil || got != want || both.ExpiresIn != 30*time.Minute {
		t.Errorf("access: %+v %v", got, err)
	}
	_, err := set.Verify(both.Refresh)
	wantRefused(t, err, "Could not validate credentials: malformed token")
	foreign := signed(t, keyA, nil, jwt.MapClaims{"sub": someUser().ID.String(), "exp": noon.Unix() + 60})
	for _, token := range []string{both.Access, foreign, "", both.Refresh[1:], both.Refresh + "A", "_" + both.Refresh[1:]} {
		_, err = set.VerifyRefresh(token)
		wantRefused(t, err, "Could not validate credentials: malformed token")
	}
	if got, err := keySet(t, keyB, "", noon).VerifyRefresh(both.Refresh); err != nil || got.ID != want.ID {
		t.Errorf("with another key: %+v %v", got, err)
	}
	_, err = keySet(t, keyA, "", noon.Add(25*time.Hour)).VerifyRefresh(both.Refresh)
	wantRefused(t, err, "Token has expired")
}

func TestVerifyAcceptsOnlyHS256(t *testing.T) {
	t.Parallel()
	c := jwt.MapClaims{"sub": someUser().ID.String(), "exp": noon.Unix() + 60}
	none, err := jwt.NewWithClaims(jwt.SigningMethodNone, c).SignedString(jwt.UnsafeAllowNoneSignatureType)
	if err != nil {
		t.Fatal(err)
	}
	longer, err := jwt.NewWithClaims(jwt.SigningMethodHS512, c).SignedString([]byte(keyA))
	if err != nil {
		t.Fatal(err)
	}
	for _, token := range []string{none, longer} {
		_, err := keySet(t, keyA, "", noon).Verify(token)
		wantRefused(t, err, "Could not validate credentials: signature verification failed")
	}
}

func TestBearer(t *testing.T) {
	t.Parallel()
	for header, want := range map[string]string{
		"Bearer abc":   "abc",
		"bearer  abc ": "abc",
		"Basic abc":    "",
		"Bearer":       "",
		"Bearer ":      "",
		"":             "",
		"abc":          "",
	} {
		token, ok := auth.Bearer(header)
		if ok != (want != "") || ok && token != want {
			t.Errorf("%q: %q %v", header, token, ok)
		}
	}
}

// Whatever the token, Verify neither panics nor accepts what it did not sign.
func FuzzVerify(f *testing.F) {
	set := keySet(f, keyA, keyB, noon)
	good := tokens(f, set).Access
	for _, seed := range []string{"", "a.b.c", "a.b.c.d", "eyJhbGciOiJub25lIn0.e30.", good[:len(good)-2]} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, token string) {
		_, err := set.Verify(token)
		if err == nil && strings.TrimRight(token, "=") != good {
			t.Errorf("accepted %q", token)
		}
		if err != nil && killrvideo.ErrorCode(err) != killrvideo.EUNAUTHORIZED {
			t.Errorf("%q: %v", token, err)
		}
	})
}
