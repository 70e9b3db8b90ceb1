package enginetest

import (
	"bufio"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/killrvideo/killrvideo-go/astra"
)

// astraServer is an embedded Astra that keeps its data in memory and can begin
// again without any.
type astraServer struct {
	program, tokenFile, url string
	process                 *exec.Cmd
}

// StartAstra runs an embedded Astra until the test ends and returns its base URL and
// the administrator's token.
func StartAstra(t *testing.T, root string) (url string, admin astra.Token) {
	t.Helper()
	a := startAstra(t, root)
	return a.url, a.token(t)
}

// startAstra runs one until the test ends, which fails unless it stops cleanly.
func startAstra(t *testing.T, root string) *astraServer {
	t.Helper()
	a := &astraServer{
		program: Program(t, root, "embedded-astra", "astra", "./local/cmd/astra-local"), tokenFile: filepath.Join(t.TempDir(), "admin-token"),
	}
	a.start(t, "127.0.0.1:0")
	t.Cleanup(func() { a.stop(t) })
	return a
}

func (a *astraServer) start(t *testing.T, address string) {
	t.Helper()
	a.process = exec.Command(a.program, "-memory", "-addr", address, "-admin-token-file", a.tokenFile)
	printed, err := a.process.StdoutPipe()
	must(t, err)
	must(t, a.process.Start())
	for lines := bufio.NewScanner(printed); lines.Scan(); {
		if found, is := strings.CutPrefix(lines.Text(), "url: "); is {
			a.url = found
			return
		}
	}
	t.Fatal("the embedded Astra ended before it listened")
}

func (a *astraServer) stop(t *testing.T) {
	t.Helper()
	_ = a.process.Process.Signal(syscall.SIGTERM)
	if err := a.process.Wait(); err != nil {
		t.Errorf("the embedded Astra did not stop cleanly: %v", err)
	}
}

// beginAgain forgets everything but the administrator's token.
func (a *astraServer) beginAgain(t *testing.T) {
	t.Helper()
	a.stop(t)
	at, err := url.Parse(a.url)
	must(t, err)
	http.DefaultClient.CloseIdleConnections()
	a.start(t, at.Host)
}

// token is the administrator's.
func (a *astraServer) token(t *testing.T) astra.Token {
	t.Helper()
	text, err := os.ReadFile(a.tokenFile)
	must(t, err)
	return astra.Token(strings.TrimSpace(string(text)))
}
