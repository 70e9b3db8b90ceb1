package operate

import (
	"fmt"
	"regexp"
	"slices"

	"github.com/killrvideo/killrvideo-go/astra/devops"
	"github.com/killrvideo/killrvideo-go/infra/provider/resource"
)

// Orphans are credentials on Astra that a deployment of a stack made and that no
// state knows, as one leaves that was killed.
type Orphans struct {
	// Tokens have roles of the stack and no others.
	Tokens []devops.Token
	// Roles have a name that the stack gives, and no token has them.
	Roles []devops.Role
}

// Orphans finds them among the tokens and the roles of an organization. What a
// resource of the state has, or had while it was rolled out, is never one.
func (s Stack) Orphans(tokens []devops.Token, roles []devops.Role) (found Orphans) {
	var ours, known []string
	for _, r := range s.Resources { // one that is to be deleted may still be in use
		switch r.Type {
		case resource.RoleType:
			ours = append(ours, r.ID)
		case resource.TokenType:
			known = append(known, r.Text("clientId"))
			predecessors, _ := r.Outputs["predecessors"].([]any)
			for _, id := range predecessors {
				known = append(known, fmt.Sprint(id))
			}
		}
	}
	held := map[string]bool{}
	for _, token := range tokens {
		of := len(token.Roles) > 0 && !slices.ContainsFunc(token.Roles, func(id string) bool { return !slices.Contains(ours, id) })
		if of && !slices.Contains(known, token.ClientID) {
			found.Tokens = append(found.Tokens, token)
		}
		for _, id := range token.Roles {
			held[id] = true
		}
	}
	named := s.roleNames()
	for _, role := range roles {
		// One with a token may be in use by a stack of the same name in another state.
		if !held[role.ID] && !slices.Contains(ours, role.ID) && named(role.Name) {
			found.Roles = append(found.Roles, role)
		}
	}
	return found
}

// suffix is what the provider adds to the name of a role.
var suffix = regexp.MustCompile(`^-[0-9a-f]{7}$`)

// roleNames tells whether a name is one that the stack gives to its roles.
func (s Stack) roleNames() func(string) bool {
	var names []string
	for _, r := range slices.Concat(s.Resources, s.Pending) {
		if name, _ := r.Inputs["name"].(string); r.Type == resource.RoleType && name != "" {
			names = append(names, name)
		}
	}
	return func(name string) bool {
		return slices.ContainsFunc(names, func(prefix string) bool {
			return len(name) > len(prefix) && name[:len(prefix)] == prefix && suffix.MatchString(name[len(prefix):])
		})
	}
}
