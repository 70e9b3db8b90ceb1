package enginetest

import (
	"encoding/json"
	"net/http"
	"slices"
	"time"

	"github.com/killrvideo/killrvideo-go/astra/devops"
	"github.com/killrvideo/killrvideo-go/infra/operate"
	"github.com/killrvideo/killrvideo-go/infra/provider/resource"
)

// served is what a proved revision runs with.
type served struct {
	revision string
	tokens   map[string]string // values by client id
	key      string
}

// look is what can be seen from outside after an update.
type look struct {
	// revision answers, "" if none does.
	revision string
	state    operate.Stack
	// known are the client ids of tokens on Astra that the state knows or the test
	// gave, and current those that the state would deploy, with their values.
	known   []string
	current map[string]string
	// refused are the client ids of current tokens that Astra refuses.
	refused []string
	orphans operate.Orphans
	// store is where the cloud keeps credentials, nil if there is none or the state
	// has nothing of it, and lost what it keeps that no state knows.
	store operate.Store
	lost  []operate.Stored
	key   signingKey
}

// signingKey is what the state has of it.
type signingKey struct {
	Current, Previous, PreviousExpiresAt, Fallback string
}

// has tells whether what was signed with a key still verifies once the current
// key serves, or goes on to be signed because it does not serve yet.
func (k signingKey) has(key string) bool {
	var kept struct{ Current string }
	_ = json.Unmarshal([]byte(k.Fallback), &kept)
	return slices.Contains([]string{k.Current, k.Previous, kept.Current}, key)
}

// verifies tells whether the current revision accepts what was signed with a key
// at a time.
func (k signingKey) verifies(key string, at time.Time) bool {
	expires, _ := time.Parse(time.RFC3339, k.PreviousExpiresAt)
	return k.Current == key || k.Previous == key && at.Before(expires)
}

// look asks the service, Astra and the state.
func (f *failures) look() (now look) {
	f.t.Helper()
	now.revision, now.current = f.answering(), map[string]string{}
	now.state = f.read()
	for _, r := range now.state.Of(resource.SigningKeyType) {
		now.key = signingKey{r.Text("current"), r.Text("previous"), r.Text("previousExpiresAt"), r.Text("fallback")}
	}
	for _, r := range now.state.Of(resource.TokenType) {
		if id := r.Text("clientId"); id != "" {
			now.current[id] = r.Text("token")
		}
	}
	tokens, err := f.astra.Tokens(f.t.Context())
	must(f.t, err)
	roles, err := f.astra.Roles(f.t.Context())
	must(f.t, err)
	now.orphans = now.state.Orphans(tokens, roles)
	now.store, now.lost = f.search(now.state)
	var inState []string
	for _, r := range now.state.Resources {
		inState = append(inState, r.ID, r.Text("clientId"))
	}
	for _, token := range tokens {
		lost := slices.ContainsFunc(now.orphans.Tokens, func(t devops.Token) bool { return t.ClientID == token.ClientID })
		switch {
		case token.ClientID == f.admin || lost:
		case slices.Contains(inState, token.ClientID) || f.given[token.ClientID]:
			now.known = append(now.known, token.ClientID)
		default:
			f.t.Errorf("token %s with the roles %v is on Astra, and neither the state nor doctor knows it", token.ClientID, token.Roles)
		}
	}
	for _, role := range roles {
		lost := slices.ContainsFunc(now.orphans.Roles, func(r devops.Role) bool { return r.ID == role.ID })
		if isOurs(role.Name) && !lost && !slices.Contains(inState, role.ID) {
			f.t.Errorf("role %s is on Astra, and neither the state nor doctor knows it", role.Name)
		}
	}
	for id, value := range now.current {
		if !f.accepted(value) {
			now.refused = append(now.refused, id)
		}
	}
	return now
}

// answering is the revision that answers.
func (s *stack) answering() string {
	status, text, err := ask(&http.Client{Timeout: 5 * time.Second}, http.MethodGet, s.url+"/health/ready", nil)
	var answer struct{ Revision string }
	if err != nil || status != http.StatusOK || json.Unmarshal(text, &answer) != nil {
		return ""
	}
	return answer.Revision
}
