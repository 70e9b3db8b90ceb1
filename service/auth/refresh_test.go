package auth_test

import (
	"encoding/base64"
	"testing"

	"github.com/killrvideo/killrvideo-go/service/killrvideo"
)

// The bytes of a refresh token: version, session, user, epoch, generation,
// beginning, end, secret and ticket.
const (
	sessionAt    = 1
	generationAt = 1 + 16 + 16 + 4
)

func TestRefreshTokensWithImpossibleSessionsAreRefused(t *testing.T) {
	t.Parallel()
	set := keySet(t, keyA, "", noon)
	pair := tokens(t, set)
	for name, change := range map[string]func(raw []byte){
		"as issued":             func([]byte) {},
		"no session":            func(raw []byte) { clear(raw[sessionAt : sessionAt+16]) },
		"a negative generation": func(raw []byte) { raw[generationAt] = 0x80 },
		"another version":       func(raw []byte) { raw[0]++ },
	} {
		raw, err := base64.RawURLEncoding.DecodeString(pair.Refresh)
		if err != nil {
			t.Fatal(err)
		}
		change(raw)
		_, err = set.VerifyRefresh(base64.RawURLEncoding.EncodeToString(raw))
		want := killrvideo.EUNAUTHORIZED
		if name == "as issued" {
			want = ""
		}
		if killrvideo.ErrorCode(err) != want {
			t.Errorf("%s: %v", name, err)
		}
	}
}
