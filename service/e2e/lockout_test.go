package e2e_test

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
)

// loginFrom logs in as a client behind a proxy that the instance trusts.
func (p *process) loginFrom(t *testing.T, client, email, password string) answer {
	t.Helper()
	body := strings.NewReader(fmt.Sprintf(`{"email":%q,"password":%q}`, email, password))
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, p.url+"/api/v1/users/login", body)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("X-Forwarded-For", client)
	return send(t, req)
}

// Sixty guesses at once, at two instances, and no more than ten are compared.
// The account is refused to the client that guessed, and to no other.
func TestManyLoginsAtOnceDoNotPassTheLockout(t *testing.T) {
	t.Parallel()
	const allowed, guesses = 10, 60
	instances := []*process{
		instance(t, "TRUSTED_PROXIES=127.0.0.1", fmt.Sprint("LOGIN_MAX_FAILURES=", allowed)),
		instance(t, "TRUSTED_PROXIES=127.0.0.1", fmt.Sprint("LOGIN_MAX_FAILURES=", allowed)),
	}
	p := creator(t)
	var compared, refused atomic.Int32
	var group sync.WaitGroup
	for i := range guesses {
		group.Go(func() {
			switch a := instances[i%2].loginFrom(t, "203.0.113.9", p.email, fmt.Sprint("guess ", i)); a.status {
			case http.StatusUnauthorized:
				compared.Add(1)
			case http.StatusTooManyRequests, http.StatusServiceUnavailable:
				refused.Add(1)
				if a.header.Get("Retry-After") == "" {
					t.Errorf("refused without Retry-After: %s", a.raw)
				}
			default:
				t.Errorf("status %d: %s", a.status, a.raw)
			}
		})
	}
	group.Wait()
	if compared.Load() > allowed || refused.Load() < guesses-allowed {
		t.Errorf("%d guesses were compared, %d refused", compared.Load(), refused.Load())
	}
	for compared.Load() < allowed { // some were refused for being many at once
		instances[0].loginFrom(t, "203.0.113.9", p.email, "a guess more").want(t, 401, "")
		compared.Add(1)
	}
	const later = "Too many failed logins. Please try again later."
	instances[1].loginFrom(t, "203.0.113.9", p.email, password).want(t, 429, later)
	instances[1].loginFrom(t, "192.0.2.1", p.email, password).want(t, 200, "")
	me(t, p.token).want(t, 200, "") // a session goes on
}

// More passwords at once than can be hashed in time: those that are refused are
// told so, and not that the database is away.
func TestFullHashingQueueAnswers503(t *testing.T) {
	t.Parallel()
	p := instance(t, "GOMAXPROCS=1")
	var busy atomic.Int32
	var group sync.WaitGroup
	for range 300 {
		group.Go(func() {
			switch a := p.call(t, http.MethodPost, "/api/v1/users/register", "", registration(newEmail())); {
			case a.status == http.StatusCreated:
			case a.status == http.StatusServiceUnavailable && strings.HasPrefix(a.text(t, "detail"), "Too many passwords") &&
				a.header.Get("Retry-After") != "":
				busy.Add(1)
			default:
				t.Errorf("status %d: %s", a.status, a.raw)
			}
		})
	}
	group.Wait()
	if busy.Load() == 0 {
		t.Error("the queue has no end")
	}
}
