package e2e

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"github.com/killrvideo/killrvideo-go/infra/porttest"
)

// TestWeb serves a front end beside the API, whose calls a real browser makes.
func TestWeb(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	port := porttest.Free(t)
	site := fmt.Sprintf("http://127.0.0.1:%d", port)
	m.pulumi("config", "set", "--path", "local.webPort", strconv.Itoa(port), "--stack", "dev")
	printed, code := m.run("web")
	want(t, printed, code, 2, "name the folder", "make web FRONTEND=FOLDER")
	printed, code = m.run("web", "--", "-frontend", t.TempDir())
	want(t, printed, code, 2, "neither an index.html nor a package.json")

	build := filepath.Join(t.TempDir(), "build")
	must(t, os.CopyFS(build, os.DirFS("testdata/frontend")))
	printed, code = m.run("web", "--", "-frontend", build)
	if code != 0 || outputsIn(printed)["web"] != site {
		t.Fatalf("web ended with %d:\n%s", code, printed)
	}
	if printed, code = m.run("open"); code != 0 || printed != site+"\n" {
		t.Errorf("open ended with %d and printed %q", code, printed)
	}
	t.Run("the API answers the same at both addresses", func(t *testing.T) {
		ask(t, "GET", site+"/api/v1/users/me", nil).want(t, 401, "without a token")
		ask(t, "GET", m.api("/api/v1/users/me"), nil).want(t, 401, "without a token")
		if page := ask(t, "GET", site+"/health", nil).want(t, 200, "no path of the API"); !strings.Contains(page.text, "page.js") {
			t.Errorf("got %s", page.text)
		}
	})
	t.Run("in a browser", func(t *testing.T) { inBrowser(t, site) })
	t.Run("the next build needs no deployment", func(t *testing.T) {
		must(t, os.WriteFile(filepath.Join(build, "index.html"), []byte("another build"), 0o600))
		if page := ask(t, "GET", site+"/trending", nil).want(t, 200, "a page"); page.text != "another build" {
			t.Errorf("got %s", page.text)
		}
	})
	t.Run("another revision", func(t *testing.T) {
		m.pulumi("config", "set", "logLevel", "WARN", "--stack", "dev")
		m.up()
		ask(t, "GET", site+"/api/v1/videos/latest", nil).want(t, 200, "latest")
	})
	t.Run("without it", func(t *testing.T) {
		m.pulumi("config", "rm", "--path", "local.web", "--stack", "dev")
		m.pulumi("config", "rm", "--path", "local.webPort", "--stack", "dev")
		if outputs, _ := m.up(); outputs["web"] != "" {
			t.Errorf("the outputs are %v", outputs)
		}
		if a := ask(t, "GET", site, nil); a.status != 0 {
			t.Errorf("something still answers: %d", a.status)
		}
	})
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// tab is what a tab of a browser asked for and complained of.
type tab struct {
	mu       sync.Mutex
	asked    []string
	problems []string
}

// inBrowser opens the page and, once it is done, the address that it has moved
// to, as a reload does.
func inBrowser(t *testing.T, site string) {
	limit, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(chromium(t)), chromedp.UserDataDir(t.TempDir()),
		chromedp.Flag("host-resolver-rules", "MAP * ~NOTFOUND , EXCLUDE 127.0.0.1"))
	if os.Geteuid() == 0 {
		options = append(options, chromedp.NoSandbox) // Chromium's sandbox refuses root
	}
	allocator, cancel := chromedp.NewExecAllocator(limit, options...)
	defer cancel()
	ctx, cancel := chromedp.NewContext(allocator)
	defer cancel()
	seen := &tab{}
	must(t, chromedp.Listen(ctx, seen.listen))
	for _, visit := range []struct {
		do    chromedp.Action[chromedp.Void]
		title string
		calls int
	}{
		{chromedp.Navigate(site + "/"), "A page of ours, 1 comments, by Ada", 12},
		{chromedp.Reload(), "A page of ours, 2 comments, by Ada", 8},
	} {
		must(t, chromedp.Do(ctx, visit.do, chromedp.WaitVisible("#end")))
		title, err := chromedp.Run(ctx, chromedp.Title())
		must(t, err)
		failed, err := chromedp.Run(ctx, chromedp.TextContent("#failed"))
		must(t, err)
		done, err := chromedp.Run(ctx, chromedp.TextContent("#done"))
		must(t, err)
		if title != visit.title || failed != "" || strings.Count(done, "/") < visit.calls {
			t.Errorf("the page is %q, failed %q, did %s", title, failed, done)
		}
	}
	seen.mu.Lock()
	defer seen.mu.Unlock()
	for _, url := range seen.asked {
		if !strings.HasPrefix(url, site+"/") && !strings.HasPrefix(url, "data:") {
			t.Errorf("a request leaves the origin: %s", url)
		}
	}
	if len(seen.problems) > 0 || len(seen.asked) < 20 {
		t.Errorf("the console shows %q after %v", seen.problems, seen.asked)
	}
}

func (s *tab) listen(event any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch e := event.(type) {
	case *network.EventRequestWillBeSent:
		s.asked = append(s.asked, e.Request.URL)
	case *log.EventEntryAdded:
		if e.Entry.Level == log.EntryLevelError {
			s.problems = append(s.problems, e.Entry.Text+" "+e.Entry.URL)
		}
	}
}

// chromium is a real browser. Without one the test is skipped, or fails where
// BROWSER_TESTS=1 says that there must be one.
func chromium(t *testing.T) string {
	t.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil && os.Getenv("BROWSER_TESTS") == "1" {
		t.Fatal("BROWSER_TESTS=1, but there is no Chromium on PATH")
	}
	if err != nil {
		t.Skip("no Chromium on PATH: the front end is not tried in a browser")
	}
	return path
}
