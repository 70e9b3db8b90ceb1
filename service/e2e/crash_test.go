package e2e_test

import (
	"fmt"
	"math"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/killrvideo/killrvideo-go/service/store/astratest"
)

// stage is where the load plays: a service with a database of its own, an
// uploader and a video that all comment on, rate and view.
type stage struct {
	p     *process
	more  []string // settings of its instances
	owner person
	video string
}

func newStage(t *testing.T, astra *astratest.Astra) *stage {
	t.Helper()
	s := &stage{more: ownKeyspace(t, astra)}
	s.p = instance(t, s.more...)
	a := s.p.call(t, http.MethodPost, "/api/v1/users/register", "", registration(newEmail())).want(t, 201, "")
	s.owner = person{id: a.text(t, "userId"), token: a.text(t, "token")}
	s.video = s.p.call(t, http.MethodPost, "/api/v1/videos", s.owner.token, address(goodAddress)).want(t, 202, "").text(t, "videoId")
	return s
}

// ledger is what clients were told has been done, and how often they never
// heard how it ended.
type ledger struct {
	mu       sync.Mutex
	accounts []person
	ratings  map[string]int // stars by user, acknowledged ones
	videos   map[string]bool
	comments map[string]bool
	views    int
	done     int
	doubtful map[string]int // by kind
}

func newLedger() *ledger {
	return &ledger{ratings: map[string]int{}, videos: map[string]bool{}, comments: map[string]bool{}, doubtful: map[string]int{}}
}

// deed is one request of the load. It reports whether the service still
// answers.
type deed func(t *testing.T, s *stage, l *ledger) bool

// do sends a request and notes how it ended.
func (l *ledger) do(t *testing.T, s *stage, kind, path, token, body string, status int, note func(answer)) bool {
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.p.url+"/api/v1"+path, strings.NewReader(body))
	if err != nil {
		t.Error(err)
		return false
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	a, err := exchange(req)
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case err != nil || a.status == http.StatusServiceUnavailable:
		l.doubtful[kind]++
		return err == nil
	case a.status != status:
		t.Errorf("%s: %d %s", kind, a.status, a.raw)
		return false
	}
	l.done++
	note(a)
	return true
}

func register(t *testing.T, s *stage, l *ledger) bool {
	email, stars := newEmail(), 1+int(people.Load())%5
	p := person{email: email}
	body := fmt.Sprintf(`{"firstName":"A","lastName":"B","email":%q,"password":%q}`, email, password)
	answers := l.do(t, s, "registration", "/users/register", "", body, 201, func(a answer) {
		p.id, p.token = a.text(t, "userId"), a.text(t, "token")
		l.accounts = append(l.accounts, p)
	})
	if p.token == "" {
		return answers
	}
	return l.do(t, s, "rating", "/videos/"+s.video+"/ratings", p.token, fmt.Sprintf(`{"rating":%d}`, stars), 200,
		func(answer) { l.ratings[p.id] = stars })
}

// deeds are the kinds of load, each by a worker of its own.
var deeds = []deed{
	register,
	func(t *testing.T, s *stage, l *ledger) bool {
		body := `{"youtubeUrl":"` + goodAddress + `","title":"Under load","tags":["load"]}`
		return l.do(t, s, "video", "/videos", s.owner.token, body, 202, func(a answer) { l.videos[a.text(t, "videoId")] = true })
	},
	func(t *testing.T, s *stage, l *ledger) bool {
		return l.do(t, s, "comment", "/videos/"+s.video+"/comments", s.owner.token, `{"text":"under load"}`, 201,
			func(a answer) { l.comments[a.text(t, "commentid")] = true })
	},
	func(t *testing.T, s *stage, l *ledger) bool {
		return l.do(t, s, "view", "/videos/id/"+s.video+"/view", "", "", 204, func(answer) { l.views++ })
	},
}

// load keeps two workers of every kind busy until the service is gone or stop
// is closed.
func (s *stage) load(t *testing.T, l *ledger, stop <-chan struct{}) *sync.WaitGroup {
	workers := &sync.WaitGroup{}
	for _, work := range deeds {
		for range 2 {
			workers.Go(func() {
				for work(t, s, l) {
					select {
					case <-stop:
						return
					default:
					}
				}
			})
		}
	}
	return workers
}

// until waits for so many more things to be done, or doubtful.
func (l *ledger) until(t *testing.T, count func() int, more int) {
	t.Helper()
	read := func() int { l.mu.Lock(); defer l.mu.Unlock(); return count() }
	start := read()
	astratest.Eventually(t, func() (bool, any) {
		happened := read() - start
		return happened >= more, fmt.Sprintf("%d of %d happened", happened, more)
	})
}

// holds compares what is there with the ledger, once the chores are done. What
// is acknowledged is there, once, and is counted. What is in doubt may be there
// or not; totals are those of what is there, but for as much as slack of what a
// process took with it.
func (l *ledger) holds(t *testing.T, s *stage, slack map[string]int) {
	t.Helper()
	if l.done < 100 || len(l.videos) == 0 || len(l.comments) == 0 || len(l.ratings) == 0 || l.views == 0 {
		t.Fatalf("there was hardly any load: %d things done", l.done)
	}
	l.videos[s.video] = true
	var wrong []string
	for start := time.Now(); time.Since(start) < 20*time.Second; {
		if wrong = l.compare(t, s, slack); len(wrong) == 0 {
			t.Logf("%d done, in doubt %v", l.done, l.doubtful)
			return
		}
	}
	t.Errorf("%d done, in doubt %v: %s", l.done, l.doubtful, strings.Join(wrong, "\n"))
}

func (l *ledger) compare(t *testing.T, s *stage, slack map[string]int) (wrong []string) {
	t.Helper()
	wrong = l.rated(t, s, slack["rating"])
	last := l.accounts[len(l.accounts)-1]
	s.p.call(t, http.MethodPost, "/api/v1/users/login", "", map[string]any{"email": last.email, "password": password}).want(t, 200, "")
	for _, list := range []string{"/videos/by-uploader/" + s.owner.id, "/videos/latest"} {
		wrong = append(wrong, l.listed(t, s, list, "videoId", l.videos, l.doubtful["video"], slack["video"])...)
	}
	for _, list := range []string{"/videos/" + s.video + "/comments", "/users/" + s.owner.id + "/comments"} {
		wrong = append(wrong, l.listed(t, s, list, "commentid", l.comments, l.doubtful["comment"], slack["comment"])...)
	}
	views := s.p.call(t, http.MethodGet, "/api/v1/videos/id/"+s.video, "", nil).want(t, 200, "").body["views"].(float64)
	if views < float64(l.views) || views > float64(l.views+l.doubtful["view"]) {
		wrong = append(wrong, fmt.Sprintf("%v views; %d acknowledged", views, l.views))
	}
	return wrong
}

// rated reads the rating of each account, and compares the totals.
func (l *ledger) rated(t *testing.T, s *stage, slack int) (wrong []string) {
	t.Helper()
	path, count, sum := "/api/v1/videos/"+s.video+"/ratings", 0, 0.0
	for _, p := range l.accounts {
		own := s.p.call(t, http.MethodGet, path, p.token, nil).want(t, 200, "").body["currentUserRating"]
		if stars, acknowledged := l.ratings[p.id]; acknowledged && own != float64(stars) {
			wrong = append(wrong, fmt.Sprintf("a rating of %d is now %v", stars, own))
		}
		if stars, rated := own.(float64); rated {
			count, sum = count+1, sum+stars
		}
	}
	totals := s.p.call(t, http.MethodGet, path, "", nil).want(t, 200, "")
	counted, average := int(totals.body["totalRatingsCount"].(float64)), totals.body["averageRating"].(float64)
	exact := counted == count && math.Abs(average-sum/float64(count)) < 0.01
	if !exact && (slack == 0 || count-counted > slack || counted < len(l.ratings)) {
		wrong = append(wrong, fmt.Sprintf("%d ratings with a sum of %v, of which %d are acknowledged: %s", count, sum, len(l.ratings),
			totals.raw))
	}
	return wrong
}

// listed walks through a list.
func (l *ledger) listed(t *testing.T, s *stage, list, id string, want map[string]bool, doubtful, slack int) (wrong []string) {
	t.Helper()
	seen, total, cursor := map[string]bool{}, 0.0, ""
	for more := true; more; {
		a := s.p.call(t, http.MethodGet, "/api/v1"+list+"?pageSize=100&cursor="+cursor, "", nil).want(t, 200, "")
		total, _ = a.totals(t)
		for _, item := range a.data(t) {
			if seen[item[id].(string)] {
				wrong = append(wrong, fmt.Sprintf("%s shows %v twice", list, item[id]))
			}
			seen[item[id].(string)] = true
		}
		cursor, more = a.body["pagination"].(map[string]any)["nextCursor"].(string)
	}
	for one := range want {
		if !seen[one] {
			wrong = append(wrong, fmt.Sprintf("%s lost %s", list, one))
		}
	}
	if off := len(seen) - int(total); off < 0 || off > slack || int(total) < len(want) || len(seen) > len(want)+doubtful {
		wrong = append(wrong, fmt.Sprintf("%s says %v and shows %d; %d acknowledged", list, total, len(seen), len(want)))
	}
	return wrong
}

// The service is killed in the middle of its work, three times.
func TestNothingAcknowledgedIsLostWhenTheServiceIsKilled(t *testing.T) {
	t.Parallel()
	s, l := newStage(t, system.astra), newLedger()
	for range 3 {
		victim, err := startAPI(t.Context(), t.TempDir(), s.more...)
		if err != nil {
			t.Fatal(err)
		}
		survivor := s.p
		s.p = victim
		workers := s.load(t, l, nil)
		l.until(t, func() int { return l.done }, 60)
		victim.kill(t)
		workers.Wait()
		s.p = survivor
	}
	l.holds(t, s, l.doubtful)
	s.p = instance(t, s.more...)
	l.holds(t, s, l.doubtful)
}

// kill ends the service without a word of warning.
func (p *process) kill(t *testing.T) {
	t.Helper()
	if err := p.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	<-p.read
	_ = p.cmd.Wait() // it says that it was killed
	if n := p.warned.Load(); n > 0 {
		t.Errorf("the Data API warned %d times", n)
	}
}

// Astra is killed in the middle of its work, and comes back, three times.
func TestNothingAcknowledgedIsLostWhenAstraIsKilled(t *testing.T) {
	t.Parallel()
	astra := astratest.New(t)
	s, l := newStage(t, astra), newLedger()
	stop := make(chan struct{})
	workers := s.load(t, l, stop)
	for range 3 {
		l.until(t, func() int { return l.done }, 60)
		if err := astra.Kill(); err != nil {
			t.Fatal(err)
		}
		l.until(t, func() int { return l.doubtful["view"] }, 20)
		if err := astra.Restart(); err != nil {
			t.Fatal(err)
		}
	}
	l.until(t, func() int { return l.done }, 60)
	close(stop)
	workers.Wait()
	l.holds(t, s, nil)
	s.p = instance(t, s.more...)
	l.holds(t, s, nil)
}
