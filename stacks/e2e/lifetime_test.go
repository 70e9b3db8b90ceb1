package e2e

import (
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/google/uuid"
)

// Two keys generated for this test.
const (
	firstKey  = "c7Qm2Vx9Lr4Tz8Kp1Wd6Hb3Nf5Js0Gy7UaEiOqXvRtM="
	secondKey = "Zp3Yk8Dn1Bv6Mx4Cq9Lw2Hs7Jr5Tf0GgUeOaIyQzXcK="
)

// TestKeyLifetime rotates the signing key of a stack whose tokens live for a
// minute. The previous key verifies for as long as a token signed with it
// could live, and the first up after that takes it away.
func TestKeyLifetime(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	m.pulumi("config", "set", "jwtExpiryMinutes", "1", "--stack", "dev")
	m.pulumi("config", "set", "gateTimeoutSeconds", "20", "--stack", "dev")
	m.pulumi("config", "set", "--secret", "jwtSecretKey", firstKey, "--stack", "dev")
	m.up()
	before := m.login("ada@example.org")
	m.pulumi("config", "set", "--secret", "jwtSecretKey", secondKey, "--stack", "dev")
	outputs, _ := m.up()
	ask(t, "GET", m.api("/api/v1/users/me"), nil, "Authorization", "Bearer "+before).want(t, 200, "a token from before")
	if outputs["jwtPreviousKeyId"] != keyID(t, before) {
		t.Fatalf("the previous key is %q, the token has %q", outputs["jwtPreviousKeyId"], keyID(t, before))
	}

	// Whoever has the old key can still sign, whatever date the token bears.
	forged := resigned(t, before, firstKey, 50*time.Second)
	ask(t, "GET", m.api("/api/v1/users/me"), nil, "Authorization", "Bearer "+forged).want(t, 200, "the previous key, in its lifetime")
	ends, err := time.Parse(time.RFC3339, outputs["jwtPreviousKeyExpiresAt"])
	if err != nil || time.Until(ends) > 85*time.Second {
		t.Fatalf("the previous key ends at %q: %v", outputs["jwtPreviousKeyExpiresAt"], err)
	}
	time.Sleep(time.Until(ends)) // the condition is a moment
	outputs, _ = m.up()
	if outputs["jwtPreviousKeyId"] != "" {
		t.Errorf("the previous key is still %q", outputs["jwtPreviousKeyId"])
	}
	forged = resigned(t, before, firstKey, 50*time.Second)
	ask(t, "GET", m.api("/api/v1/users/me"), nil, "Authorization", "Bearer "+forged).want(t, 401, "the previous key, after its lifetime")
	m.login("ada@example.org")
}

// resigned is the token with another expiry, signed with key.
func resigned(t *testing.T, token, key string, life time.Duration) string {
	t.Helper()
	claims := jwt.MapClaims{}
	parsed, _, err := jwt.NewParser().ParseUnverified(token, claims)
	if err != nil {
		t.Fatal(err)
	}
	claims["iat"], claims["exp"] = time.Now().Unix(), time.Now().Add(life).Unix()
	claims["jti"] = uuid.NewString()
	again := jwt.NewWithClaims(jwt.SigningMethodHS256, claims)
	again.Header["kid"] = parsed.Header["kid"]
	text, err := again.SignedString([]byte(key))
	if err != nil {
		t.Fatal(err)
	}
	return text
}
