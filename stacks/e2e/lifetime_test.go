package e2e

import (
	"net"
	"strings"
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
// minute. The service accepts what the rotation left behind, ends the previous
// key by itself, and the first up after that takes it away. Sessions go on.
func TestKeyLifetime(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	m.pulumi("config", "set", "jwtExpiryMinutes", "1", "--stack", "dev")
	m.pulumi("config", "set", "gateTimeoutSeconds", "20", "--stack", "dev")
	m.pulumi("config", "set", "--secret", "jwtSecretKey", firstKey, "--stack", "dev")
	m.up()
	session := m.session("ada@example.org")
	before := session.body["token"].(string)
	m.pulumi("config", "set", "--secret", "jwtSecretKey", secondKey, "--stack", "dev")
	outputs, _ := m.up()
	m.me(t, before).want(t, 200, "a token from before")
	if outputs["jwtPreviousKeyId"] != keyID(t, before) {
		t.Fatalf("the previous key is %q, the token has %q", outputs["jwtPreviousKeyId"], keyID(t, before))
	}
	m.me(t, forged(t, before, firstKey, 10*365*24*time.Hour)).want(t, 401, "a forged token of ten years")
	m.me(t, forged(t, before, secondKey, time.Minute)).want(t, 401, "a token with the name of one key and the signature of the other")

	ends, err := time.Parse(time.RFC3339, outputs["jwtPreviousKeyExpiresAt"])
	if err != nil || time.Until(ends) > 85*time.Second {
		t.Fatalf("the previous key ends at %q: %v", outputs["jwtPreviousKeyExpiresAt"], err)
	}
	time.Sleep(time.Until(ends)) // the condition is a moment
	m.me(t, forged(t, before, firstKey, 50*time.Second)).want(t, 401, "the previous key after its time, without another up")
	outputs, _ = m.up()
	if outputs["jwtPreviousKeyId"] != "" {
		t.Errorf("the previous key is still %q", outputs["jwtPreviousKeyId"])
	}
	refreshed := m.refresh(t, session).want(t, 200, "a refresh token from before the rotation")
	leakedKey(t, m, refreshed)
}

// leakedKey rotates a key that leaked: nothing of it is accepted any more, not
// even as a setting, and users log in again.
func leakedKey(t *testing.T, m *machine, session answer) {
	leaked := session.body["token"].(string)
	m.pulumi("config", "set", "jwtKeyLeakGeneration", "1", "--stack", "dev")
	printed, code := m.run("up")
	want(t, printed, code, 1, "has leaked", "config set --secret jwtSecretKey")
	m.me(t, leaked).want(t, 200, "the key that leaked, before another one is given")
	m.pulumi("config", "rm", "jwtSecretKey", "--stack", "dev")
	outputs, _ := m.up()
	if outputs["jwtPreviousKeyId"] != "" {
		t.Errorf("the key that leaked is kept as %s", outputs["jwtPreviousKeyId"])
	}
	m.me(t, leaked).want(t, 401, "an access token of the key that leaked")
	m.me(t, forged(t, leaked, secondKey, time.Minute)).want(t, 401, "a forged token of the key that leaked")
	m.refresh(t, session).want(t, 401, "a session from before the leak")
	m.me(t, m.login("ada@example.org")).want(t, 200, "after another log-in")
	m.unchanged(t)
}

// TestKeysOfFailedRollOuts fails to deploy two signing keys. What the API that
// serves signs meanwhile is good on every later revision, and going back to the
// setting brings back its key.
func TestKeysOfFailedRollOuts(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	m.up()
	fails := func(generation string) {
		t.Helper()
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = listener.Close() }()
		_, taken, _ := net.SplitHostPort(listener.Addr().String())
		m.pulumi("config", "set", "jwtKeyGeneration", generation, "--stack", "dev")
		m.pulumi("config", "set", "--path", "local.port", taken, "--stack", "dev")
		if printed, code := m.run("up"); code == 0 || !strings.Contains(printed, "SigningKey signing-key update") {
			t.Fatalf("up ended with %d and made no key:\n%s", code, printed)
		}
		m.pulumi("config", "set", "--path", "local.port", itoa(m.port), "--stack", "dev")
	}
	fails("2")
	fails("3")
	meanwhile := m.login("ada@example.org")
	m.pulumi("config", "set", "jwtKeyGeneration", "1", "--stack", "dev")
	outputs, _ := m.up()
	m.me(t, meanwhile).want(t, 200, "a token of the time in between, with the first key again")
	if outputs["jwtKeyId"] != keyID(t, meanwhile) || outputs["jwtPreviousKeyId"] != "" {
		t.Errorf("the keys are %s and %q, the token has %s", outputs["jwtKeyId"], outputs["jwtPreviousKeyId"], keyID(t, meanwhile))
	}
	m.unchanged(t)
	fails("4")
	meanwhile = m.login("ada@example.org")
	m.up()
	m.me(t, meanwhile).want(t, 200, "a token of the time in between, with the fourth key")
	m.unchanged(t)
}

// unchanged asks that another up changes nothing.
func (m *machine) unchanged(t *testing.T) {
	t.Helper()
	if _, printed := m.up(); strings.Contains(printed, "created") || strings.Contains(printed, "updated") {
		t.Errorf("an up without changes printed:\n%s", printed)
	}
}

func (m *machine) me(t *testing.T, token string) answer {
	t.Helper()
	return ask(t, "GET", m.api("/api/v1/users/me"), nil, "Authorization", "Bearer "+token)
}

func (m *machine) refresh(t *testing.T, session answer) answer {
	t.Helper()
	return ask(t, "POST", m.api("/api/v1/users/refresh"), map[string]any{"refreshToken": session.body["refreshToken"]})
}

// forged is the token with another expiry, signed with key.
func forged(t *testing.T, token, key string, life time.Duration) string {
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
