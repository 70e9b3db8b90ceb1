package api

import (
	"fmt"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/killrvideo/killrvideo-go/service/killrvideo"
)

// Limits are how many requests of a kind one client address may make in a
// minute; zero is no limit. They bound what one client costs this instance:
// guessing of passwords is bounded for all instances together, by the lockout.
type Limits struct {
	Logins, Registrations, Views, Submissions int
}

const msgSlowDown = "Too many requests. Please try again later."

// mostClients bounds the memory of one limit. A client that is forgotten for
// another starts with its full allowance.
const mostClients = 20_000

// limited returns the buckets of each route with its own limit; all other routes
// that write share one, see throttle.
func (a *API) limited() map[string]*buckets {
	post := func(path string) string { return http.MethodPost + " " + Prefix + path }
	login, submit, view := newBuckets(a.Limits.Logins), newBuckets(a.Limits.Submissions), newBuckets(a.Limits.Views)
	return map[string]*buckets{
		post("/users/login"):              login,
		post("/users/refresh"):            login,
		post("/users/password-reset"):     login,
		post("/users/me/moderator"):       login,
		post("/users/register"):           newBuckets(a.Limits.Registrations),
		post("/videos/id/:videoId/view"):  view,
		post("/videos/:videoId/ratings"):  view,
		post("/videos"):                   submit,
		post("/videos/preview"):           submit,
		post("/videos/:videoId/comments"): submit,
		post("/flags"):                    submit,

		post("/videos/id/:videoId/rating"):     view,
		post("/videos/id/:videoId/watch-time"): view,

		http.MethodPut + " " + Prefix + "/users/me/password":  login,
		http.MethodPut + " " + Prefix + "/videos/id/:videoId": submit, // each edit is embedded
	}
}

// throttle refuses requests beyond the limit of their route.
func (a *API) throttle() gin.HandlerFunc {
	limited, writes, embedded := a.limited(), newBuckets(a.Limits.Submissions), newBuckets(a.Limits.Views)
	return func(c *gin.Context) {
		b, own := limited[c.Request.Method+" "+c.FullPath()]
		switch {
		case own:
		case c.FullPath() != "" && c.Request.Method != http.MethodGet:
			b = writes
		case c.FullPath() == Prefix+"/search/videos" && c.Query("mode") == "semantic": // its text is embedded, which costs
			b = embedded
		}
		if b == nil {
			return
		}
		if wait := b.take(clientOf(c), a.Now()); wait > 0 {
			a.fail(c, killrvideo.TooMany(msgSlowDown, wait))
		}
	}
}

// clientOf names the client that a request comes from.
func clientOf(c *gin.Context) string { return clientKey(c.ClientIP()) }

// clientKey is the address, or the network that a client of IPv6 has for
// itself.
func clientKey(address string) string {
	ip, err := netip.ParseAddr(address)
	if err != nil {
		return address
	}
	if ip = ip.Unmap(); ip.Is4() {
		return ip.String()
	}
	network, err := ip.WithZone("").Prefix(64)
	if err != nil {
		return address
	}
	return network.String()
}

// buckets are token buckets, one a client: each holds a minute's allowance and
// fills steadily. Of a bucket only the time when it will be full again is kept,
// so a client that is idle takes no memory for long.
type buckets struct {
	perMinute int

	mu     sync.Mutex
	full   map[string]time.Time
	tidied time.Time
}

func newBuckets(perMinute int) *buckets {
	if perMinute <= 0 {
		return nil
	}
	return &buckets{perMinute: perMinute, full: map[string]time.Time{}}
}

// take removes one token from the client's bucket and returns zero, or how long
// the client has to wait for one.
func (b *buckets) take(client string, now time.Time) time.Duration {
	b.mu.Lock()
	defer b.mu.Unlock()
	each := time.Minute / time.Duration(b.perMinute)
	full, known := b.full[client]
	if full.Before(now) {
		full = now
	}
	full = full.Add(each)
	if wait := full.Sub(now) - each*time.Duration(b.perMinute); wait > 0 {
		return wait
	}
	if !known && (len(b.full) >= mostClients || now.Sub(b.tidied) > time.Minute) {
		b.forget(now)
	}
	b.full[client] = full
	return 0
}

// forget forgets the clients whose buckets are full, and if there are none,
// some other one.
func (b *buckets) forget(now time.Time) {
	b.tidied = now
	for client, full := range b.full {
		if !full.After(now) {
			delete(b.full, client)
		}
	}
	for client := range b.full {
		if len(b.full) < mostClients {
			return
		}
		delete(b.full, client)
	}
}

const forwardedFor = "X-Forwarded-For"

// joinForwarded joins several headers into one: a proxy can append its line below
// a forged one, and only the first would be read.
func joinForwarded(c *gin.Context) {
	if lines := c.Request.Header.Values(forwardedFor); len(lines) > 1 {
		c.Request.Header.Set(forwardedFor, strings.Join(lines, ", "))
	}
}

// trustProxies takes the client's address from X-Forwarded-For if a trusted proxy
// sent it: the last address there that is not such a proxy itself.
func (a *API) trustProxies(r *gin.Engine) {
	r.Use(joinForwarded)
	r.RemoteIPHeaders = []string{forwardedFor}
	if err := r.SetTrustedProxies(a.TrustedProxies); err != nil {
		// Settings are validated where they are read; trusting no proxy is safe.
		a.Log.Error("trusted proxies are not usable; no proxy is trusted", "error", fmt.Sprint(err))
		_ = r.SetTrustedProxies(nil)
	}
}
