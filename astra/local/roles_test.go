package local_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
)

// organization is the embedded Astra's one.
func (e *embedded) organization(t *testing.T) string {
	t.Helper()
	var org struct {
		ID string `json:"id"`
	}
	if err := json.Unmarshal([]byte(e.send(t, http.MethodGet, "/v2/currentOrg", e.admin, "").text), &org); err != nil || org.ID == "" {
		t.Fatalf("the organisation is %q: %v", org.ID, err)
	}
	return org.ID
}

// mint makes a role and a token that has it and no other.
func (e *embedded) mint(t *testing.T, name string, resources, actions []string) (token, clientID string) {
	t.Helper()
	policy, err := json.Marshal(map[string]any{"name": name, "policy": map[string]any{
		"description": "for a test", "resources": resources, "actions": actions, "effect": "allow"}})
	if err != nil {
		t.Fatal(err)
	}
	made := e.send(t, http.MethodPost, "/v2/organizations/roles", e.admin, string(policy))
	var role struct {
		ID string `json:"id"`
	}
	if err := json.Unmarshal([]byte(made.text), &role); err != nil || made.status != http.StatusCreated {
		t.Fatalf("role: %d %s", made.status, made.text)
	}
	minted := e.send(t, http.MethodPost, "/v2/tokens", e.admin, fmt.Sprintf(`{"roles":[%q]}`, role.ID))
	var answer struct{ Token, ClientID string }
	if err := json.Unmarshal([]byte(minted.text), &answer); err != nil || answer.Token == "" {
		t.Fatalf("token: %d", minted.status)
	}
	return answer.Token, answer.ClientID
}

// scope is a keyspace and all in it.
func scope(org, keyspace string) []string {
	db := "drn:astra:org:" + org + ":db:" + database
	return []string{db, db + ":keyspace:" + keyspace, db + ":keyspace:" + keyspace + ":table:*"}
}

// commandActions says for each command what a role needs besides db-rest,
// db-cql and db-keyspace-describe, which all do.
var commandActions = []struct {
	name, target, send string
	needs              []string
}{
	{"listTables", keyspace, `{"listTables":{}}`, []string{"db-table-describe"}},
	{"find", keyspace + "/things", find(`"filter":{"id":` + idA + `}`), []string{"db-table-describe", "db-table-select"}},
	{"findOne", keyspace + "/things", `{"findOne":{"filter":{"id":` + idA + `}}}`, []string{"db-table-describe", "db-table-select"}},
	{"insertOne", keyspace + "/things", insert(`"id":` + idA), []string{"db-table-describe", "db-table-modify"}},
	{"insertMany", keyspace + "/things", `{"insertMany":{"documents":[{"id":` + idA + `}]}}`,
		[]string{"db-table-describe", "db-table-modify"}},
	{"updateOne", keyspace + "/things", `{"updateOne":{"filter":{"id":` + idA + `},"update":{"$set":{"n":1}}}}`,
		[]string{"db-table-describe", "db-table-modify"}},
	{"deleteOne", keyspace + "/things", `{"deleteOne":{"filter":{"id":` + idA + `}}}`, []string{"db-table-describe", "db-table-modify"}},
	{"deleteMany", keyspace + "/things", `{"deleteMany":{"filter":{"id":` + idA + `}}}`, []string{"db-table-describe", "db-table-modify"}},
	{"listIndexes", keyspace + "/things", `{"listIndexes":{}}`, []string{"db-table-describe"}},
	{"createTable", keyspace, oneKey, []string{"db-table-create"}},
	{"alterTable", keyspace + "/events", `{"alterTable":{"operation":{"add":{"columns":{"extra":"text"}}}}}`,
		[]string{"db-table-describe", "db-table-alter"}},
	{"createIndex", keyspace + "/events", `{"createIndex":{"name":"what_idx","definition":{"column":"what"}}}`,
		[]string{"db-table-describe", "db-table-alter"}},
	{"createVectorIndex", keyspace + "/vectors", `{"createVectorIndex":{"name":"v_idx","definition":{"column":"v"}}}`,
		[]string{"db-table-describe", "db-table-alter"}},
	{"dropIndex", keyspace, `{"dropIndex":{"name":"what_idx"}}`, []string{"db-table-alter"}},
	{"dropTable", keyspace, `{"dropTable":{"name":"vectors"}}`, []string{"db-table-drop"}},
}

// TestEveryCommandNeedsItsActions returns each command a role with all that it
// needs, which must do, and roles that lack one action each, which must not.
func TestEveryCommandNeedsItsActions(t *testing.T) {
	t.Parallel()
	e := withTables(t)
	e.done(t, keyspace, `{"dropTable":{"name":"things"}}`)
	org := e.organization(t)
	e.done(t, keyspace, oneKey)
	e.done(t, keyspace, `{"createTable":{"name":"vectors","definition":{"columns":{"id":"uuid","v":{"type":"vector",
		"dimension":3}},"primaryKey":"id"}}}`)
	for i, c := range commandActions {
		t.Run(c.name, func(t *testing.T) {
			if c.name == "createTable" {
				c.send = strings.Replace(c.send, "things", "fresh", 1)
			}
			all := append([]string{"db-rest", "db-cql", "db-keyspace-describe"}, c.needs...)
			for j, lacking := range all {
				some := slices.Delete(slices.Clone(all), j, j+1)
				token, _ := e.mint(t, fmt.Sprintf("lacks-%d-%s", i, lacking), scope(org, keyspace), some)
				if r := e.send(t, http.MethodPost, "/v1/"+c.target, token, c.send); !strings.Contains(r.text, `"errors"`) &&
					!strings.Contains(r.text, `"tables":[]`) {
					t.Errorf("works without %s: %s", lacking, r.text)
				}
			}
			token, _ := e.mint(t, fmt.Sprintf("has-%d", i), scope(org, keyspace), all)
			if r := e.send(t, http.MethodPost, "/v1/"+c.target, token, c.send); r.status != http.StatusOK || strings.Contains(r.text, `"errors"`) {
				t.Errorf("refused with %v: %d %s", all, r.status, r.text)
			}
		})
	}
}

func TestTokenIsLimitedToItsKeyspace(t *testing.T) {
	t.Parallel()
	e := withTables(t)
	org := e.organization(t)
	actions := []string{"db-rest", "db-cql", "db-keyspace-describe", "db-table-describe", "db-table-select", "db-table-modify"}
	if r := e.send(t, http.MethodPost, "/v2/databases/"+database+"/keyspaces/other", e.admin, ""); r.status >= 300 {
		t.Fatalf("make a keyspace: %d %s", r.status, r.text)
	}
	db := "drn:astra:org:" + org + ":db:"
	for name, resources := range map[string][]string{
		"of another keyspace": scope(org, "other"),
		"of another database": {db + "11111111-1111-4111-8111-111111111111", db + "11111111-1111-4111-8111-111111111111:keyspace:" + keyspace},
		"of one table only":   {db + database + ":keyspace:" + keyspace + ":table:things"},
	} {
		t.Run(name, func(t *testing.T) {
			token, _ := e.mint(t, name, resources, actions)
			r := e.send(t, http.MethodPost, "/v1/"+keyspace+"/things", token, find(`"filter":{"id":`+idA+`}`))
			if !strings.Contains(r.text, "UNKNOWN_KEYSPACE") && r.status != http.StatusUnauthorized {
				t.Errorf("answered %d %s", r.status, r.text)
			}
		})
	}
}

// devopsCalls are those that change or show something, with the action each
// needs.
var devopsCalls = []struct{ name, method, path, send, needs string }{
	{"list roles", http.MethodGet, "/v2/organizations/roles", "", "org-role-read"},
	{"make a role", http.MethodPost, "/v2/organizations/roles",
		`{"name":"x","policy":{"description":"d","resources":["drn:astra:org:*"],"actions":["db-rest"],"effect":"allow"}}`, "org-role-write"},
	{"list tokens", http.MethodGet, "/v2/clientIdSecrets", "", "org-token-read"},
	{"mint", http.MethodPost, "/v2/tokens", `{"roles":["%s"]}`, "org-token-write"},
	{"list databases", http.MethodGet, "/v2/databases", "", "org-db-view"},
}

func TestDevOpsCallsNeedTheirActions(t *testing.T) {
	t.Parallel()
	e := withTables(t)
	org := e.organization(t)
	resources := []string{"drn:astra:org:" + org}
	weak, _ := e.mint(t, "weak", resources, []string{"db-rest"})
	for _, c := range devopsCalls {
		t.Run(c.name, func(t *testing.T) {
			r := e.send(t, c.method, c.path, weak, c.send)
			listed := r.status == http.StatusOK && strings.TrimSpace(r.text) == "[]"
			if r.status != http.StatusForbidden && r.status != http.StatusUnauthorized && !listed {
				t.Errorf("works without %s: %d %s", c.needs, r.status, r.text)
			}
			if c.name == "mint" {
				return
			}
			token, _ := e.mint(t, "may "+c.name, resources, []string{c.needs})
			if r := e.send(t, c.method, c.path, token, c.send); r.status >= 300 {
				t.Errorf("refused with %s: %d %s", c.needs, r.status, r.text)
			}
		})
	}
}

func TestRevokedTokenIsRefusedAtOnce(t *testing.T) {
	t.Parallel()
	e := withTables(t)
	token, id := e.mint(t, "short", scope(e.organization(t), keyspace),
		[]string{"db-rest", "db-cql", "db-keyspace-describe", "db-table-describe"})
	if r := e.send(t, http.MethodPost, "/v1/"+keyspace, token, `{"listTables":{}}`); r.status != http.StatusOK {
		t.Fatalf("before: %d %s", r.status, r.text)
	}
	if r := e.send(t, http.MethodDelete, "/v2/clientIdSecrets/"+id, e.admin, ""); r.status >= 300 {
		t.Fatalf("revoke: %d %s", r.status, r.text)
	}
	r := e.send(t, http.MethodPost, "/v1/"+keyspace, token, `{"listTables":{}}`)
	if r.status != http.StatusUnauthorized || !strings.Contains(r.text, "UNAUTHENTICATED_REQUEST") {
		t.Errorf("after: %d %s", r.status, r.text)
	}
}

func TestTokenExpires(t *testing.T) {
	t.Parallel()
	e := withTables(t)
	_, id := e.mint(t, "short", scope(e.organization(t), keyspace), []string{"db-rest", "db-cql", "db-keyspace-describe", "db-table-describe"})
	var listed struct {
		Clients []struct {
			ClientID, TokenExpiry string
			Roles                 []string
		}
	}
	roles := func(of string) (ids []string, expiry string) {
		r := e.send(t, http.MethodGet, "/v2/clientIdSecrets", e.admin, "")
		if err := json.Unmarshal([]byte(r.text), &listed); err != nil {
			t.Fatal(err)
		}
		for _, c := range listed.Clients {
			if c.ClientID == of {
				return c.Roles, c.TokenExpiry
			}
		}
		t.Fatalf("token %s is not listed", of)
		return nil, ""
	}
	role, _ := roles(id)
	mint := func(at time.Time) reply {
		return e.send(t, http.MethodPost, "/v2/clientIdSecrets", e.admin,
			fmt.Sprintf(`{"roles":[%q],"tokenExpiry":%q}`, role[0], at.Format(time.RFC3339Nano)))
	}
	if r := mint(time.Now().Add(-time.Minute)); r.status != http.StatusBadRequest {
		t.Errorf("a token that has expired is minted: %d %s", r.status, r.text)
	}
	var minted struct{ Token, ClientID, TokenExpiry string }
	if err := json.Unmarshal([]byte(mint(time.Now().Add(time.Second)).text), &minted); err != nil {
		t.Fatal(err)
	}
	if _, expiry := roles(minted.ClientID); expiry == "" || expiry != minted.TokenExpiry {
		t.Errorf("expiry %q, listed %q", minted.TokenExpiry, expiry)
	}
	tick, deadline := time.NewTicker(20*time.Millisecond), time.Now().Add(time.Minute)
	defer tick.Stop()
	for {
		r := e.send(t, http.MethodPost, "/v1/"+keyspace, minted.Token, `{"listTables":{}}`)
		if r.status == http.StatusUnauthorized && strings.Contains(r.text, "UNAUTHENTICATED_REQUEST") {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("still accepted: %d %s", r.status, r.text)
		}
		<-tick.C
	}
}
