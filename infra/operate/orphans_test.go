package operate_test

import (
	"testing"

	"github.com/killrvideo/killrvideo-go/astra/devops"
	"github.com/killrvideo/killrvideo-go/infra/operate"
	"github.com/killrvideo/killrvideo-go/infra/provider/resource"
)

// TestOrphans: a token is one only if all its roles are the stack's and no
// resource of the state knows it, not one that is still to be deleted either. A
// role is one only if no token has it and its name is one that the stack gives.
func TestOrphans(t *testing.T) {
	t.Parallel()
	named := func(name string) map[string]any { return map[string]any{"name": name} }
	stack := operate.Stack{
		Resources: []operate.Resource{
			{Type: resource.RoleType, ID: "writes", Inputs: named("shop-dev")}, {Type: resource.RoleType, ID: "reads"},
			{Type: resource.RoleType, ID: "replaced", Delete: true},
			{Type: resource.TokenType, Outputs: map[string]any{"clientId": "in use", "predecessors": []any{"before it"}}},
			{Type: resource.TokenType, Delete: true, Outputs: map[string]any{"clientId": "to be deleted"}},
		},
		Pending: []operate.Resource{{Type: resource.RoleType, Inputs: named("shop-dev-reads")}},
	}
	tokens := []devops.Token{
		{ClientID: "in use", Roles: []string{"writes"}}, {ClientID: "to be deleted", Roles: []string{"writes"}},
		{ClientID: "before it", Roles: []string{"reads"}}, {ClientID: "of others", Roles: []string{"admin"}},
		{ClientID: "of both", Roles: []string{"writes", "admin"}}, {ClientID: "without a role"},
		{ClientID: "lost", Roles: []string{"reads"}}, {ClientID: "lost before", Roles: []string{"replaced"}},
		{ClientID: "of a namesake", Roles: []string{"elsewhere"}},
	}
	roles := []devops.Role{
		{ID: "writes", Name: "shop-dev-0123abc"}, {ID: "lost", Name: "shop-dev-0123abd"}, {ID: "pending", Name: "shop-dev-reads-0123abd"},
		{ID: "elsewhere", Name: "shop-dev-0123abe"}, {ID: "other", Name: "shop-develop-0123abd"}, {ID: "by hand", Name: "shop-dev"},
		{ID: "longer", Name: "shop-dev-0123abdd"},
	}
	found := stack.Orphans(tokens, roles)
	if len(found.Tokens) != 2 || found.Tokens[0].ClientID != "lost" || found.Tokens[1].ClientID != "lost before" {
		t.Errorf("tokens found are %v", found.Tokens)
	}
	if len(found.Roles) != 2 || found.Roles[0].ID != "lost" || found.Roles[1].ID != "pending" {
		t.Errorf("roles found are %v", found.Roles)
	}
	if found := (operate.Stack{}).Orphans(tokens, roles); len(found.Tokens)+len(found.Roles) > 0 {
		t.Errorf("without a state, found are %v", found)
	}
}
