package e2e_test

import (
	"context"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// browser finds a real one. Without one its tests are skipped, or fail where
// BROWSER_TESTS=1 says that there must be one.
func browser(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	if os.Getenv("BROWSER_TESTS") == "1" {
		t.Fatal("BROWSER_TESTS=1, but there is no Chromium on PATH")
	}
	t.Skip("no Chromium on PATH: the pages of the documentation are not tried in a browser")
	return ""
}

// page is a tab of a browser and what it asked for.
type page struct {
	ctx context.Context

	mu       sync.Mutex
	asked    []string
	answered map[string]int64 // status by URL
	me       string           // Authorization header sent to /users/me
	problems []string         // what the console shows as errors
}

func openPage(t *testing.T) *page {
	t.Helper()
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(browser(t)),
		chromedp.UserDataDir(t.TempDir()),
		// Names of other hosts do not even resolve.
		chromedp.Flag("host-resolver-rules", "MAP * ~NOTFOUND , EXCLUDE 127.0.0.1"), chromedp.WindowSize(1200, 1000))
	if os.Geteuid() == 0 {
		options = append(options, chromedp.NoSandbox) // Chromium's sandbox refuses root
	}
	limit, cancel := context.WithTimeout(t.Context(), 8*time.Minute)
	t.Cleanup(cancel)
	allocator, cancel := chromedp.NewExecAllocator(limit, options...)
	t.Cleanup(cancel)
	ctx, cancel := chromedp.NewContext(allocator)
	t.Cleanup(cancel)
	p := &page{ctx: ctx, answered: map[string]int64{}}
	if err := chromedp.Listen(ctx, p.listen); err != nil {
		t.Fatalf("start the browser: %v", err)
	}
	return p
}

func (p *page) listen(event any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch e := event.(type) {
	case *network.EventRequestWillBeSent:
		p.asked = append(p.asked, e.Request.URL)
		if header, ok := e.Request.Headers["Authorization"].(string); ok && strings.HasSuffix(e.Request.URL, "/users/me") {
			p.me = header
		}
	case *network.EventResponseReceived:
		p.answered[e.Response.URL] = e.Response.Status
	case *log.EventEntryAdded:
		if e.Entry.Level == log.EntryLevelError {
			p.problems = append(p.problems, e.Entry.Text)
		}
	}
}

// do runs the actions, and shows the page if they get stuck.
func (p *page) do(t *testing.T, actions ...chromedp.Action[chromedp.Void]) {
	t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, 5*time.Minute)
	defer cancel()
	if err := chromedp.Do(ctx, actions...); err != nil {
		p.mu.Lock()
		defer p.mu.Unlock()
		t.Fatalf("%v; asked %v; console %v", err, p.asked, p.problems)
	}
}

// wantOwnOrigin holds every request to the service itself, and the page to a
// clean console: a policy that is too strict would show there.
func (p *page) wantOwnOrigin(t *testing.T) {
	t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.asked) < 4 {
		t.Errorf("only %v were asked for; the listening must be wrong", p.asked)
	}
	for _, url := range p.asked {
		if !strings.HasPrefix(url, system.url+"/") && !strings.HasPrefix(url, "data:") && !strings.HasPrefix(url, "blob:"+system.url) {
			t.Errorf("a request leaves: %s", url)
		}
	}
	if len(p.problems) > 0 {
		t.Errorf("the console shows %q", p.problems)
	}
}

func TestReDocRenders(t *testing.T) {
	t.Parallel()
	p := openPage(t)
	p.do(t, chromedp.Navigate(system.url+"/redoc"),
		chromedp.WaitVisible(`[data-section-id="operation/getMe"], #operation\/getMe`))
	text, err := chromedp.Run(p.ctx, chromedp.TextContent("body"))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"KillrVideo", "The caller's account", "Log out"} {
		if !strings.Contains(text, want) {
			t.Errorf("the page does not show %q", want)
		}
	}
	p.wantOwnOrigin(t)
}

func TestSwaggerUIRendersAndAuthorizes(t *testing.T) {
	t.Parallel()
	p := openPage(t)
	token := creator(t).token
	const me = "#operations-Users-getMe"
	p.do(t, chromedp.Navigate(system.url+"/docs"),
		chromedp.WaitVisible(me), chromedp.Click("button.authorize"),
		chromedp.WaitVisible(".modal-ux input"), chromedp.SendKeys(".modal-ux input", token),
		chromedp.Click(".modal-ux button.authorize"), chromedp.Click(".modal-ux button.btn-done"),
		chromedp.Click(me+" .opblock-summary-control"), chromedp.Click(me+" .try-out__btn"),
		chromedp.WaitVisible(me+" button.execute"), chromedp.Click(me+" button.execute"),
		chromedp.WaitVisible(me+" .live-responses-table .response-col_status"))
	p.mu.Lock()
	header, status := p.me, p.answered[system.url+"/api/v1/users/me"]
	p.mu.Unlock()
	if header != "Bearer "+token || status != 200 {
		t.Errorf("the token was sent: %v; status %d", header == "Bearer "+token, status)
	}
	p.wantOwnOrigin(t)
}
