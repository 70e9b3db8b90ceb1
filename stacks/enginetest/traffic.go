package enginetest

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/killrvideo/killrvideo-go/infra/provider/sleep"
)

// traffic are users who read and write at a steady rate, as far as the machine
// keeps up.
type traffic struct {
	video  string
	users  []*sessions
	client *http.Client

	mu       sync.Mutex
	took     []time.Duration
	failed   []string
	out      int // answers that say that a user is not logged in
	comments map[string]bool
	stopped  context.CancelFunc
	ended    sync.WaitGroup
	began    time.Time
}

// The load, and who makes it.
const (
	perSecond = 200
	// atOnce bounds the requests under way: a machine that cannot answer as many as
	// come would otherwise only show that.
	atOnce      = 100
	userCount   = 8
	slowClients = 4
	// slowBody is how long a slow client takes to send its request.
	slowBody = 700 * time.Millisecond
)

// startTraffic logs users in and begins.
func startTraffic(t *testing.T, url, video string) *traffic {
	t.Helper()
	tr := &traffic{video: video, comments: map[string]bool{}, client: &http.Client{
		Timeout: 30 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: 256, IdleConnTimeout: time.Minute},
	}}
	for i := range userCount {
		user := &sessions{url: url, email: fmt.Sprintf("user-%d@example.org", i)}
		user.renew(t)
		tr.users = append(tr.users, user)
	}
	ctx, stop := context.WithCancel(context.Background())
	tr.stopped, tr.began = stop, time.Now()
	tr.ended.Go(func() { tr.steady(ctx) })
	for i := range slowClients {
		tr.ended.Go(func() { tr.slowly(ctx, tr.users[i]) })
	}
	t.Cleanup(tr.stop)
	return tr
}

func (tr *traffic) stop() {
	tr.stopped()
	tr.ended.Wait()
}

// renew lets every user log in again.
func (tr *traffic) renew(t *testing.T) {
	t.Helper()
	for _, user := range tr.users {
		user.renew(t)
	}
}

// steady begins a request at each tick: of four, one writes.
func (tr *traffic) steady(ctx context.Context) {
	tick := time.NewTicker(time.Second / perSecond)
	defer tick.Stop()
	var under sync.WaitGroup
	defer under.Wait()
	slots := make(chan struct{}, atOnce)
	for n := 0; ; n++ {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		user := tr.users[n%len(tr.users)]
		slots <- struct{}{}
		under.Go(func() {
			defer func() { <-slots }()
			switch n % 4 {
			case 0:
				tr.comment(user, fmt.Sprintf("comment %d of the load", n), 0)
			case 1:
				tr.request(user, http.MethodGet, "/api/v1/users/me", nil)
			case 2:
				tr.request(user, http.MethodGet, "/api/v1/videos/id/"+tr.video, nil)
			default:
				tr.request(user, http.MethodGet, "/api/v1/videos/"+tr.video+"/comments?pageSize=10", nil)
			}
		})
	}
}

// slowly writes comments whose bodies take their time.
func (tr *traffic) slowly(ctx context.Context, user *sessions) {
	for n := 0; ctx.Err() == nil; n++ {
		tr.comment(user, fmt.Sprintf("slow comment %d of %s", n, user.email), pause(slowBody))
	}
}

// pause is a part of a body that takes its time and holds nothing.
type pause time.Duration

func (p pause) Read([]byte) (int, error) {
	_ = sleep.For(context.Background(), time.Duration(p))
	return 0, io.EOF
}

// comment writes one, whose body may have a pause in the middle.
func (tr *traffic) comment(user *sessions, words string, middle pause) {
	text, _ := json.Marshal(map[string]string{"text": words})
	var body io.Reader = bytes.NewReader(text)
	if half := len(text) / 2; middle > 0 {
		body = io.MultiReader(bytes.NewReader(text[:half]), middle, bytes.NewReader(text[half:]))
	}
	answer := tr.request(user, http.MethodPost, "/api/v1/videos/"+tr.video+"/comments", body)
	var made struct {
		ID string `json:"commentId"`
	}
	if json.Unmarshal(answer, &made) == nil && made.ID != "" {
		tr.mu.Lock()
		tr.comments[made.ID] = true
		tr.mu.Unlock()
	}
}

// request notes how long it took, and what was wrong with the answer.
func (tr *traffic) request(user *sessions, method, path string, body io.Reader) []byte {
	began := time.Now()
	status, answer, err := user.send(tr.client, method, path, body)
	tr.note(time.Since(began), method, path, status, err)
	return answer
}

func (tr *traffic) note(took time.Duration, method, path string, status int, err error) {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	tr.took = append(tr.took, took)
	if status == http.StatusUnauthorized {
		tr.out++
	}
	if err != nil || status < 200 || status > 299 {
		tr.failed = append(tr.failed, fmt.Sprintf("%s %s: %d %v after %v", method, path, status, err, took.Round(time.Millisecond)))
	}
}

// lost are the ids of comments that were answered for and are in no list.
func (tr *traffic) lost(t *testing.T) (ids []string) {
	t.Helper()
	listed := map[string]bool{}
	for page := 1; ; page++ {
		var list struct {
			Data []struct {
				ID string `json:"commentId"`
			}
		}
		path := fmt.Sprintf("/api/v1/videos/%s/comments?page=%d&pageSize=100", tr.video, page)
		must(t, json.Unmarshal(tr.request(tr.users[0], http.MethodGet, path, nil), &list))
		for _, one := range list.Data {
			listed[one.ID] = true
		}
		if len(list.Data) == 0 {
			break
		}
	}
	for id := range tr.comments {
		if !listed[id] {
			ids = append(ids, id)
		}
	}
	return ids
}

// figures are what was measured, for the document.
func (tr *traffic) figures(lost int) string {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	slices.Sort(tr.took)
	at := func(share float64) time.Duration {
		return tr.took[min(len(tr.took)-1, int(share*float64(len(tr.took))))].Round(100 * time.Microsecond)
	}
	var b strings.Builder
	b.WriteString("\n| | |\n|---|---|\n")
	for _, line := range []struct {
		what string
		is   any
	}{
		{"requests", len(tr.took)}, {"comments written", len(tr.comments)},
		{"a second, on average", fmt.Sprintf("%.0f", float64(len(tr.took))/time.Since(tr.began).Seconds())},
		{"failed requests", len(tr.failed)}, {"users logged out", tr.out}, {"writes lost", lost},
		{"half of the answers within", at(0.5)}, {"99 of 100 within", at(0.99)}, {"slowest", at(1)},
	} {
		fmt.Fprintf(&b, "| %s | %v |\n", line.what, line.is)
	}
	b.WriteString("\nSlow clients, whose requests take 0.7 s to arrive, are among them.\n\n")
	return b.String()
}
