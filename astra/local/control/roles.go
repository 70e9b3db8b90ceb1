package control

import (
	"net/http"
	"time"

	"github.com/killrvideo/killrvideo-go/astra/local/access"
)

func (h *Handler) roles(*http.Request) (int, any, error) {
	return http.StatusOK, h.Book.Roles(), nil
}

func (h *Handler) role(r *http.Request) (int, any, error) {
	role, ok := h.Book.Role(r.PathValue("id"))
	if !ok {
		return 0, nil, access.ErrNotFound
	}
	return http.StatusOK, role, nil
}

func readRole(r *http.Request) (access.Role, error) {
	var role access.Role
	if err := read(r, &role); err != nil {
		return role, err
	}
	role.ID, role.System = r.PathValue("id"), false
	p := role.Policy
	bad := role.Name == "" || len(p.Actions) == 0 || len(p.Resources) == 0 || p.Effect != "allow"
	for _, name := range p.Resources {
		bad = bad || !access.ValidDRN(name)
	}
	if bad {
		return role, &problem{http.StatusBadRequest, "a role needs a name and a policy with actions, resource names " +
			"(drn:astra:org:...) and the effect allow"}
	}
	return role, nil
}

func (h *Handler) putRole(r *http.Request, status int) (int, any, error) {
	role, err := readRole(r)
	if err != nil {
		return 0, nil, err
	}
	role, err = h.Book.PutRole(role)
	return status, role, err
}

func (h *Handler) createRole(r *http.Request) (int, any, error) {
	return h.putRole(r, http.StatusCreated)
}

func (h *Handler) updateRole(r *http.Request) (int, any, error) {
	return h.putRole(r, http.StatusOK)
}

func (h *Handler) deleteRole(r *http.Request) (int, any, error) {
	return http.StatusNoContent, nil, h.Book.DeleteRole(r.PathValue("id"))
}

func (h *Handler) mint(r *http.Request) (int, any, error) {
	var in struct {
		Roles []string `json:"roles"`
		OrgID string   `json:"orgId"`
		// Expires is when the token ends; never, if it is not given.
		Expires time.Time `json:"tokenExpiry"`
	}
	if err := read(r, &in); err != nil {
		return 0, nil, err
	}
	if len(in.Roles) == 0 || in.OrgID != "" && in.OrgID != h.Book.Org {
		return 0, nil, &problem{http.StatusBadRequest, "a token needs at least one role of this organization"}
	}
	now := time.Now()
	if !in.Expires.IsZero() && !in.Expires.After(now) {
		return 0, nil, &problem{http.StatusBadRequest, "tokenExpiry must be in the future"}
	}
	t, err := h.Book.Mint(in.Roles, in.Expires)
	return http.StatusOK, withExpiry(map[string]any{"clientId": t.ClientID, "secret": t.Secret, "token": t.Value, "orgId": h.Book.Org,
		"roles": t.Roles, "generatedOn": now.UTC().Format(time.RFC3339)}, in.Expires), err
}

func (h *Handler) clients(*http.Request) (int, any, error) {
	out := []any{}
	for _, c := range h.Book.Clients() {
		out = append(out, withExpiry(map[string]any{"clientId": c.ID, "roles": c.Roles}, c.Expires))
	}
	return http.StatusOK, map[string]any{"clients": out}, nil
}

func withExpiry(token map[string]any, expires time.Time) map[string]any {
	if !expires.IsZero() {
		token["tokenExpiry"] = expires.UTC().Format(time.RFC3339Nano)
	}
	return token
}

func (h *Handler) revoke(r *http.Request) (int, any, error) {
	return http.StatusNoContent, nil, h.Book.Revoke(r.PathValue("clientId"))
}
