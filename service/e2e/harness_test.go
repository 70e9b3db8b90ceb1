package e2e_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/killrvideo/killrvideo-go/astra/dataapi"
	"github.com/killrvideo/killrvideo-go/service/store/astratest"
)

const (
	moderatorEmail = "Grace@example.com"
	expiryMinutes  = 30
	keyspace       = "killrvideo"
)

// The keys that sign tokens, made for each run.
var jwtKey, previousKey = astratest.SigningKey(), astratest.SigningKey()

// moderatorCode makes a moderator of the account with moderatorEmail.
var moderatorCode = astratest.SigningKey()

// rotated is when the previous key stopped signing.
var rotated = time.Now().Add(-10 * time.Minute)

func rfc3339(at time.Time) string { return at.UTC().Format(time.RFC3339) }

// system is the service under test and a way around it, to the rows.
var system struct {
	url string
	db  *dataapi.Db
	// astra, binary and environment are for tests that need an instance of
	// their own.
	astra       *astratest.Astra
	binary      string
	environment []string
}

func TestMain(m *testing.M) {
	code, err := run(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, "end-to-end tests:", err)
		code = 1
	}
	os.Exit(code)
}

// run brings everything up, runs the tests, and takes everything down.
func run(m *testing.M) (int, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Minute)
	defer cancel()
	dir, err := os.MkdirTemp("", "e2e")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(dir)
	astra, err := astratest.Start(ctx, dir)
	if err != nil {
		return 0, err
	}
	defer astra.Stop() // once more, for when the start fails
	if err := astra.CreateKeyspace(ctx, keyspace); err != nil {
		return 0, err
	}
	system.db = astra.Database(astra.Admin, keyspace)
	environment, err := settings(ctx, astra)
	if err != nil {
		return 0, err
	}
	youtube, err := startYouTube(dir)
	if err != nil {
		return 0, err
	}
	defer youtube.Close()
	if system.binary, err = astratest.Build(ctx, dir, "killrvideo", "service", "."); err != nil {
		return 0, err
	}
	system.astra, system.environment = astra, append(environment, youtube.environment()...)
	api, err := startAPI(ctx, dir, "SWEEP_TOKEN="+astratest.SigningKey()) // for the tests of its authorization
	if err != nil {
		return 0, err
	}
	system.url = api.url
	if err := registerModerator(ctx); err != nil {
		return 0, errors.Join(err, api.stop())
	}
	code := m.Run()
	return code, errors.Join(api.stop(), astra.Stop())
}

// settings are the service's, with tokens of their own for reading and for
// all else.
func settings(ctx context.Context, astra *astratest.Astra) ([]string, error) {
	token, err := astra.Mint(ctx, "service", keyspace, astratest.WriteActions())
	if err != nil {
		return nil, err
	}
	readOnly, err := astra.Mint(ctx, "service-reads", keyspace, astratest.ReadActions())
	if err != nil {
		return nil, err
	}
	return []string{
		"ASTRA_DB_API_ENDPOINT=" + astra.URL, "ASTRA_DB_KEYSPACE=" + keyspace,
		"ASTRA_DB_APPLICATION_TOKEN=" + token.Reveal(), "ASTRA_DB_READ_ONLY_TOKEN=" + readOnly.Reveal(),
		"JWT_SECRET_KEY=" + jwtKey, "JWT_SECRET_KEY_PREVIOUS=" + previousKey,
		"JWT_SECRET_KEY_PREVIOUS_ISSUED_UNTIL=" + rfc3339(rotated),
		"JWT_SECRET_KEY_PREVIOUS_VERIFIES_UNTIL=" + rfc3339(rotated.Add(12*time.Hour)),
		fmt.Sprint("JWT_EXPIRY_MINUTES=", expiryMinutes),
		"HOST=127.0.0.1",
		"PORT=0",
		"SHUTDOWN_GRACE_SECONDS=0",
		"MODERATOR_EMAILS=" + moderatorEmail,
		"MODERATOR_CODES=" + moderatorEmail + "=" + moderatorCode,
		// All tests come from one address.
		"RATE_LIMIT_LOGINS=0", "RATE_LIMIT_REGISTRATIONS=0", "RATE_LIMIT_VIEWS=0", "RATE_LIMIT_SUBMISSIONS=0",
	}, nil
}

// process is the running service.
type process struct {
	cmd *exec.Cmd
	url string
	// warned counts the warnings of the Data API, none of which we earn.
	warned atomic.Int32
	read   chan struct{} // closed at the end of its log

	mu  sync.Mutex
	log strings.Builder
}

// logged is all that the service has logged so far.
func (p *process) logged() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.log.String()
}

func (p *process) note(line string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.log.WriteString(line + "\n")
}

// startAPI runs an instance; more settings win over those of all.
func startAPI(ctx context.Context, dir string, more ...string) (*process, error) {
	p := &process{cmd: exec.Command(system.binary), read: make(chan struct{})}
	environment := append(slices.Clone(system.environment), more...)
	p.cmd.Dir, p.cmd.Env, p.cmd.Stderr = dir, environment, os.Stderr
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := p.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start the service: %w", err)
	}
	address := make(chan string, 1)
	go p.follow(out, address) // ends with the process
	select {
	case p.url = <-address:
		return p, nil
	case <-p.read:
		return nil, errors.Join(errors.New("the service ended before it listened"), p.cmd.Wait())
	case <-ctx.Done():
		return nil, errors.Join(ctx.Err(), p.stop())
	}
}

// follow reads the log: the address once, and warnings all along. It shows
// what is worse than a notice.
func (p *process) follow(log io.Reader, address chan<- string) {
	defer close(p.read)
	for lines := bufio.NewScanner(log); lines.Scan(); {
		p.note(lines.Text())
		var line struct{ Msg, Level, Address string }
		_ = json.Unmarshal(lines.Bytes(), &line) // what is no JSON is no notice
		switch line.Msg {
		case "listening":
			address <- "http://" + line.Address
		case "the Data API warns":
			p.warned.Add(1)
		}
		if line.Level != "INFO" && line.Level != "DEBUG" {
			fmt.Fprintln(os.Stderr, lines.Text())
		}
	}
}

// stop ends the service as a platform does, and holds it to a clean end.
func (p *process) stop() error {
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return fmt.Errorf("stop the service: %w", err)
	}
	<-p.read
	if err := p.cmd.Wait(); err != nil {
		return fmt.Errorf("the service did not end cleanly: %w", err)
	}
	if n := p.warned.Load(); n > 0 {
		return fmt.Errorf("the Data API warned %d times", n)
	}
	return nil
}

func registerModerator(ctx context.Context) error {
	text, err := json.Marshal(moderatorRegistration())
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, system.url+"/api/v1/users/register", strings.NewReader(string(text)))
	if err != nil {
		return err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return fmt.Errorf("register the moderator: %w", err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusCreated {
		return fmt.Errorf("register the moderator: %s", resp.Status)
	}
	return nil
}
