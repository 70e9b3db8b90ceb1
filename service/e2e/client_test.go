package e2e_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"
)

// answer is a response; list is set if the body is a JSON array.
type answer struct {
	status int
	header http.Header
	raw    string
	body   map[string]any
	list   []any
}

// call sends a request. body is sent as it is if it is a string, as JSON if it
// is anything else, and not at all if it is nil.
func call(t *testing.T, method, path, token string, body any) answer {
	t.Helper()
	return callAt(t, system.url, method, path, token, body)
}

// call sends a request to this instance.
func (p *process) call(t *testing.T, method, path, token string, body any) answer {
	t.Helper()
	return callAt(t, p.url, method, path, token, body)
}

func callAt(t *testing.T, base, method, path, token string, body any) answer {
	t.Helper()
	_ = os.Getenv("SOURCES") // see test.sh
	var sent io.Reader
	switch b := body.(type) {
	case nil:
	case string:
		sent = strings.NewReader(b)
	default:
		text, err := json.Marshal(b)
		if err != nil {
			t.Fatal(err)
		}
		sent = bytes.NewReader(text)
	}
	req, err := http.NewRequestWithContext(t.Context(), method, base+path, sent)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	return send(t, req)
}

func send(t *testing.T, req *http.Request) answer {
	t.Helper()
	a, err := exchange(req)
	if err != nil {
		t.Fatalf("%s %s: %v", req.Method, req.URL.Path, err)
	}
	if a.status >= 400 {
		checkProblem(t, req, a)
	}
	return a
}

// exchange sends a request and reads what comes back, all of it.
func exchange(req *http.Request) (answer, error) {
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return answer{}, err
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		return answer{}, err
	}
	a := answer{status: resp.StatusCode, header: resp.Header, raw: string(raw)}
	if strings.HasPrefix(a.raw, "[") {
		err = json.Unmarshal(raw, &a.list)
	} else if len(raw) > 0 {
		err = json.Unmarshal(raw, &a.body)
	}
	return a, err
}

// checkProblem holds every error of every test to the one shape of errors.
func checkProblem(t *testing.T, req *http.Request, a answer) {
	t.Helper()
	if got := a.header.Get("Content-Type"); got != "application/problem+json" {
		t.Errorf("%s %s: an error of type %q", req.Method, req.URL.Path, got)
	}
	if detail, ok := a.body["detail"].(string); !ok || detail == "" || a.body["status"] != float64(a.status) {
		t.Errorf("%s %s: not a problem: %s", req.Method, req.URL.Path, a.raw)
	}
	if a.status == http.StatusUnauthorized && a.header.Get("WWW-Authenticate") != "Bearer" {
		t.Errorf("%s %s: 401 without WWW-Authenticate", req.Method, req.URL.Path)
	}
}

// want fails the test unless the answer has the status and, if detail is not
// empty, that detail.
func (a answer) want(t *testing.T, status int, detail string) answer {
	t.Helper()
	if a.status != status {
		t.Fatalf("status %d, want %d: %s", a.status, status, a.raw)
	}
	if detail != "" && a.body["detail"] != detail {
		t.Fatalf("detail %q, want %q", a.body["detail"], detail)
	}
	return a
}

// text is a member of the body that must be a string.
func (a answer) text(t *testing.T, name string) string {
	t.Helper()
	s, ok := a.body[name].(string)
	if !ok {
		t.Fatalf("%s is %v in %s", name, a.body[name], a.raw)
	}
	return s
}

// keys fails the test unless the object has every member, null or not.
func keys(t *testing.T, object map[string]any, names string) {
	t.Helper()
	for _, name := range strings.Fields(names) {
		if _, ok := object[name]; !ok {
			t.Errorf("%s is missing in %v", name, object)
		}
	}
}

// onlyOneSucceeds makes n requests in parallel, and returns the answer of the one
// that has the status. All others must be refused with 400.
func onlyOneSucceeds(t *testing.T, n, status int, request func(i int) answer) (succeeded answer) {
	t.Helper()
	answers := make([]answer, n)
	var group sync.WaitGroup
	for i := range n {
		group.Go(func() { answers[i] = request(i) })
	}
	group.Wait()
	successes := 0
	for _, a := range answers {
		switch a.status {
		case status:
			succeeded = a
			successes++
		case http.StatusBadRequest:
		default:
			t.Errorf("status %d: %s", a.status, a.raw)
		}
	}
	if successes != 1 {
		t.Fatalf("%d of %d requests succeeded", successes, n)
	}
	return succeeded
}
