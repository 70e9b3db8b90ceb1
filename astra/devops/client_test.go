package devops

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
)

// canary is the token of these tests, made up for them.
const canary = "AstraCS:canary:ffeeddccbbaa9988"

// control is a control plane in memory, with the answers of the published API.
type control struct {
	mu    sync.Mutex
	roles map[string]Role
	// tokens are client ids; a revoked one is listed `lingers` times more.
	tokens    map[string]bool
	lingers   int
	keyspaces []string
	failures  []int // statuses to answer first
	calls     []string
}

func (c *control) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c.mu.Lock()
	defer c.mu.Unlock()
	path := strings.TrimPrefix(r.URL.Path, "/v2")
	c.calls = append(c.calls, r.Method+" "+path)
	if r.Header.Get("Authorization") != "Bearer "+canary {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	if len(c.failures) > 0 {
		status := c.failures[0]
		c.failures = c.failures[1:]
		w.Header().Set("Retry-After", "0")
		w.WriteHeader(status)
		return
	}
	c.route(w, r, path)
}

func (c *control) route(w http.ResponseWriter, r *http.Request, path string) {
	id := path[strings.LastIndex(path, "/")+1:]
	switch {
	case path == "/currentOrg":
		_, _ = fmt.Fprint(w, `{"id":"org-1"}`)
	case path == rolesPath && r.Method == http.MethodPost:
		c.createRole(w, r)
	case path == rolesPath:
		list := []Role{}
		for _, role := range c.roles {
			list = append(list, role)
		}
		_ = json.NewEncoder(w).Encode(list)
	case strings.HasPrefix(path, rolesPath):
		c.oneRole(w, r, id)
	case path == "/tokens":
		c.tokens["client-1"] = true
		w.WriteHeader(http.StatusCreated)
		_, _ = fmt.Fprint(w, `{"clientId":"client-1","secret":"s","roles":["role-1"],"token":"AstraCS:client-1:minted-for-a-test"}`)
	case path == "/clientIdSecrets":
		c.listTokens(w)
	case strings.HasPrefix(path, "/clientIdSecrets/"):
		c.revoke(w, id)
	case strings.Contains(path, "/keyspaces/"):
		c.keyspaces = append(c.keyspaces, id)
		w.WriteHeader(http.StatusCreated)
	default:
		_ = json.NewEncoder(w).Encode(Database{ID: id, Status: "ACTIVE", Info: DatabaseInfo{Keyspace: "first", AdditionalKeyspaces: c.keyspaces}})
	}
}

func (c *control) createRole(w http.ResponseWriter, r *http.Request) {
	var role Role
	_ = json.NewDecoder(r.Body).Decode(&role)
	for _, other := range c.roles {
		if other.Name == role.Name {
			w.WriteHeader(http.StatusConflict)
			_, _ = fmt.Fprint(w, `{"errors":[{"message":"role name is taken"}]}`)
			return
		}
	}
	role.ID = fmt.Sprintf("role-%d", len(c.roles)+1)
	c.roles[role.ID] = role
	w.WriteHeader(http.StatusCreated)
	_ = json.NewEncoder(w).Encode(role)
}

func (c *control) oneRole(w http.ResponseWriter, r *http.Request, id string) {
	role, there := c.roles[id]
	switch {
	case !there:
		w.WriteHeader(http.StatusNotFound)
	case r.Method == http.MethodDelete:
		delete(c.roles, id)
		w.WriteHeader(http.StatusNoContent)
	case r.Method == http.MethodPut:
		_ = json.NewDecoder(r.Body).Decode(&role)
		role.ID = id
		c.roles[id] = role
	default:
		_ = json.NewEncoder(w).Encode(role)
	}
}

func (c *control) listTokens(w http.ResponseWriter) {
	list := []map[string]any{}
	for id, live := range c.tokens {
		if live || c.lingers > 0 {
			list = append(list, map[string]any{"clientId": id, "roles": []string{"role-1"}})
		}
		if !live {
			c.lingers--
		}
	}
	_ = json.NewEncoder(w).Encode(map[string]any{"clients": list})
}

func (c *control) revoke(w http.ResponseWriter, id string) {
	if !c.tokens[id] {
		w.WriteHeader(http.StatusNotFound)
		return
	}
	c.tokens[id] = false
	w.WriteHeader(http.StatusNoContent)
}

func (c *control) count(call string) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	n := 0
	for _, one := range c.calls {
		if one == call {
			n++
		}
	}
	return n
}

func start(t *testing.T, failures ...int) (*control, *Client) {
	t.Helper()
	plane := &control{roles: map[string]Role{}, tokens: map[string]bool{}, failures: failures}
	server := httptest.NewServer(plane)
	t.Cleanup(server.Close)
	client, err := NewClient(server.URL+"/v2/", canary, server.Client())
	if err != nil {
		t.Fatal(err)
	}
	return plane, client
}

func TestBadEndpointIsNamed(t *testing.T) {
	t.Parallel()
	if _, err := NewClient("astra", canary, nil); err == nil || !strings.Contains(err.Error(), DefaultEndpoint) {
		t.Errorf("got %v", err)
	}
}

func TestErrorsHaveClassesAndHideTheToken(t *testing.T) {
	t.Parallel()
	for status, class := range map[int]error{401: ErrUnauthorized, 403: ErrForbidden, 404: ErrNotFound, 409: ErrConflict} {
		_, client := start(t, status)
		_, err := client.Role(t.Context(), "role-1")
		if !errors.Is(err, class) {
			t.Errorf("%d gave %v", status, err)
		}
		if strings.Contains(err.Error(), "canary") || !strings.Contains(err.Error(), "read role role-1") {
			t.Errorf("the error is %v", err)
		}
	}
}
