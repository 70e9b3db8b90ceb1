package e2e_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/killrvideo/killrvideo-go/astra/dataapi/filter"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/update"
	"github.com/killrvideo/killrvideo-go/service/store/schema"
)

// At DEBUG the service tells the most, and still no secret: neither one of its
// settings nor one of its users.
func TestNoSecretIsLoggedAtDebug(t *testing.T) {
	t.Parallel()
	const canary = "canary-9f2c41d7"
	p, err := startAPI(t.Context(), t.TempDir(), "LOG_LEVEL=DEBUG", "NVIDIA_API_KEY=nvapi-"+canary, "YOUTUBE_API_KEY=AIza"+canary,
		"OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:1", "OTEL_EXPORTER_OTLP_HEADERS=authorization="+canary)
	if err != nil {
		t.Fatal(err)
	}
	email := newEmail()
	body := registration(email)
	body["password"] = "password-" + canary
	a := p.call(t, "POST", "/api/v1/users/register", "", body).want(t, 201, "")
	token, refreshToken := a.text(t, "token"), a.text(t, "refreshToken")
	p.call(t, "GET", "/api/v1/users/me", token, nil).want(t, 200, "")
	p.call(t, "GET", "/api/v1/users/me?token="+canary, "Bearer-"+canary, nil).want(t, 401, "")
	p.call(t, "POST", "/api/v1/users/login", "", map[string]any{"email": email, "password": "wrong-" + canary}).want(t, 401, "")
	p.call(t, "POST", "/api/v1/users/register", "", `{"password":"`+canary).want(t, 422, "")
	p.call(t, "POST", "/api/v1/users/refresh", "", map[string]any{"refreshToken": refreshToken}).want(t, 200, "")
	p.call(t, "POST", "/api/v1/videos/preview", "", address(goodAddress)) // asks with the key; what comes is all one
	p.at(t, "GET", "/health/ready", "", nil)
	if err := p.stop(); err != nil { // then the log is complete
		t.Fatal(err)
	}
	if log := p.logged(); !strings.Contains(log, `"level":"DEBUG"`) || !strings.Contains(log, "/api/v1/users/login") {
		t.Fatalf("the log is not the whole one: %s", log)
	}
	secrets := map[string]string{"a canary": canary, "an access token": token, "a refresh token": refreshToken, "the e-mail": email,
		"the signing key": jwtKey, "the previous key": previousKey}
	for _, name := range []string{"ASTRA_DB_APPLICATION_TOKEN", "ASTRA_DB_READ_ONLY_TOKEN"} {
		secrets[name] = setting(name)
	}
	for name, secret := range secrets {
		if strings.Contains(p.logged(), secret) {
			t.Errorf("the log shows %s", name)
		}
	}
}

func TestSecurityHeadersAreOnEveryAnswer(t *testing.T) {
	t.Parallel()
	for _, path := range []string{"/", "/health", "/metrics", "/openapi.json", "/docs", "/redoc", "/nope", "/api/v1/videos/latest",
		"/api/v1/users/me", "/api/v1/videos/latest?page=0"} {
		resp := at(t, http.MethodGet, path)
		for name, want := range map[string]string{"X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY",
			"Referrer-Policy": "no-referrer"} {
			if got := resp.Header.Get(name); got != want {
				t.Errorf("%s: %s is %q", path, name, got)
			}
		}
		if policy := resp.Header.Get("Content-Security-Policy"); !strings.Contains(policy, "default-src 'none'") &&
			!strings.Contains(policy, "default-src 'self'") {
			t.Errorf("%s: Content-Security-Policy is %q", path, policy)
		}
		if resp.Header.Get("X-Request-Id") == "" || resp.Header.Get("Server") != "" || resp.Header.Get("X-Powered-By") != "" {
			t.Errorf("%s: %v", path, resp.Header)
		}
	}
}

// at sends a request without anything to the service of all tests.
func at(t *testing.T, method, path string) *http.Response {
	t.Helper()
	return (&process{url: system.url}).at(t, method, path, "", nil)
}

// A client that sends its request drop by drop is let go of.
func TestSlowClientsAreDisconnected(t *testing.T) {
	t.Parallel()
	for name, sent := range map[string]string{
		"in the headers": "GET / HTTP/1.1\r\nHost: x\r\n",
		"in the body":    "POST /api/v1/users/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 20\r\n\r\n{",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			conn, err := net.Dial("tcp", strings.TrimPrefix(system.url, "http://"))
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			if err := conn.SetDeadline(time.Now().Add(deadline)); err != nil {
				t.Fatal(err)
			}
			if _, err := io.WriteString(conn, sent); err != nil {
				t.Fatal(err)
			}
			answer, err := io.ReadAll(bufio.NewReader(conn)) // ends when the service hangs up
			if err != nil || strings.HasPrefix(string(answer), "HTTP/1.1 5") {
				t.Errorf("%v, %q", err, answer)
			}
		})
	}
}

// Hashing passwords takes its time, and only from those whose passwords they
// are.
func TestOthersDoNotWaitForPasswords(t *testing.T) {
	t.Parallel()
	p := instance(t)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var guessing sync.WaitGroup
	for range 16 {
		guessing.Go(func() {
			for ctx.Err() == nil {
				body := strings.NewReader(`{"email":"` + newEmail() + `","password":"wrong"}`)
				req, err := http.NewRequestWithContext(ctx, http.MethodPost, p.url+"/api/v1/users/login", body)
				if err != nil {
					return
				}
				if resp, err := http.DefaultClient.Do(req); err == nil {
					_ = resp.Body.Close()
				}
			}
		})
	}
	slowest := time.Duration(0)
	for range 20 {
		start := time.Now()
		p.call(t, http.MethodGet, "/health", "", nil).want(t, 200, "")
		slowest = max(slowest, time.Since(start))
	}
	cancel()
	guessing.Wait()
	// One hash takes about 50 ms; 16 that are waited for would take a second.
	if slowest > 2*time.Second {
		t.Errorf("a request waited %v", slowest)
	}
}

// Whatever is in a row, a page shows it and what is beside it.
func TestDamagedRowBreaksNoPage(t *testing.T) {
	t.Parallel()
	owner, tag := creator(t), "damaged"+unknownID()[:8]
	damaged := submit(t, owner, map[string]any{"title": "To be damaged", "tags": []string{tag}})
	sound := submit(t, owner, map[string]any{"title": "Beside it " + tag, "tags": []string{tag}})
	commentOn(t, owner, damaged, "by an account without a name")
	detail := call(t, "GET", "/api/v1/videos/id/"+damaged, "", nil).want(t, 200, "")
	added := detail.text(t, "submittedAt")
	for _, damage := range []*update.TableUpdateBuilder{
		update.Table().Unset("name", "description", "status", "preview_image_location"),
		update.Table().Set("name", "x").Set("preview_image_location", "no URL at all").Set("status", "WEIRD").Set("description",
			strings.Repeat("long ", 1000)),
		update.Table().Set("name", strings.Repeat("long ", 100)),
	} {
		for table, key := range map[string]filter.F{
			schema.Videos: {"videoid": damaged}, schema.VideosByUser: {"userid": owner.id, "added_date": added, "videoid": damaged},
			schema.VideosByTag:  {"tag": tag, "added_date": added, "videoid": damaged},
			schema.LatestVideos: {"month": added[:7], "added_date": added, "videoid": damaged},
		} {
			if err := system.db.Table(table).UpdateOne(t.Context(), key, damage); err != nil {
				t.Fatal(err)
			}
		}
		for _, list := range []string{"/videos/by-uploader/" + owner.id, "/videos/by-tag/" + tag} {
			a := call(t, "GET", "/api/v1"+list, "", nil).want(t, 200, "").wantTotals(t, 2, 1)
			if !strings.Contains(a.raw, damaged) || !strings.Contains(a.raw, sound) {
				t.Errorf("%s: %s", list, a.raw)
			}
		}
		for _, path := range []string{"/videos/latest", "/videos/trending", "/search/videos?query=" + tag,
			"/search/videos?mode=semantic&query=" + tag, "/videos/id/" + sound + "/related", "/videos/id/" + damaged} {
			askEach(t, asked{"GET", path, "", nil, 200, ""})
		}
		askEach(t, asked{"GET", "/recommendations/foryou", owner.token, nil, 200, ""})
	}
	change(t, owner, update.Table().Unset("firstname", "lastname"))
	askEach(t, asked{"GET", "/users/me", owner.token, nil, 200, ""}, asked{"GET", "/users/" + owner.id, "", nil, 200, ""},
		asked{"GET", "/videos/" + damaged + "/comments", "", nil, 200, ""}, asked{"GET", "/moderation/users", moderator(t).token, nil, 200, ""})
	login(t, owner)
	askEach(t, asked{"PUT", "/users/me", owner.token, map[string]any{"firstName": "Ada"}, 200, ""},
		asked{"PUT", "/videos/id/" + damaged, owner.token, map[string]any{"title": "Repaired " + tag}, 200, ""})
	if a := call(t, "GET", "/api/v1/videos/by-tag/"+tag, "", nil).want(t, 200, ""); !strings.Contains(a.raw, "Repaired") {
		t.Error(a.raw)
	}
}

// Passwords that another program hashed, or damaged, are refused and break
// nothing.
func TestUnusableHashesAreRefused(t *testing.T) {
	t.Parallel()
	for _, hash := range []string{"5e884898da28047151d0e56f8dc6292773603d0d6aabbdd62a11ef721d1542d8", "$2b$12$abc", "", password} {
		p := creator(t)
		set := update.Table().Set("password", hash)
		if err := system.db.Table(schema.UserCredentials).UpdateOne(t.Context(), filter.F{"email": p.email, "userid": p.id}, set); err != nil {
			t.Fatal(err)
		}
		for _, guess := range []string{password, "password", "anything"} {
			askEach(t, asked{"POST", "/users/login", "", map[string]any{"email": p.email, "password": guess}, 401, "Incorrect email or password"})
		}
	}
}

// Long passwords count to their last character.
func TestLongPasswordsAreNotTruncated(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("0123456789", 10)
	body := registration(newEmail())
	body["password"] = long
	askEach(t, asked{"POST", "/users/register", "", body, 201, ""})
	for guess, status := range map[string]int{long: 200, long[:72]: 401, long[:99]: 401, long + "0": 401} {
		askEach(t, asked{"POST", "/users/login", "", map[string]any{"email": body["email"], "password": guess}, status, ""})
	}
}

// Every error has one shape, from the router, the handlers or the
// checks of input. That is held by send for all tests; these are the kinds.
func TestErrorsHaveOneShape(t *testing.T) {
	t.Parallel()
	p := creator(t)
	for status, a := range map[int]asked{
		400: {"POST", "/videos", p.token, address("https://example.com/x"), 400, ""}, 401: {"GET", "/users/me", "", nil, 401, ""},
		403: {"GET", "/moderation/flags", p.token, nil, 403, ""}, 404: {"GET", "/nope", "", nil, 404, ""},
		405: {"DELETE", "/videos/latest", "", nil, 405, ""}, 413: {"POST", "/users/login", "", strings.Repeat(" ", 64<<10+1), 413, ""},
		422: {"POST", "/users/login", "", map[string]any{}, 422, ""},
	} {
		got := call(t, a.method, "/api/v1"+a.path, a.token, a.body).want(t, status, "")
		for name, want := range map[string]any{"type": "about:blank", "title": http.StatusText(status), "instance": "/api/v1" + a.path} {
			if got.body[name] != want {
				t.Errorf("%d: %s is %v, want %v", status, name, got.body[name], want)
			}
		}
		if fmt.Sprint(got.body["detail"]) == "" {
			t.Errorf("%d: %s", status, got.raw)
		}
	}
}
