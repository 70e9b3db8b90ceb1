// Package control serves the DevOps API over HTTP: organization, databases,
// keyspaces, regions, access lists, roles and tokens. It knows nothing of rows.
package control

import (
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"strings"

	"github.com/killrvideo/killrvideo-go/astra/local/access"
	"github.com/killrvideo/killrvideo-go/astra/local/databases"
)

// Handler answers /v2.
type Handler struct {
	Book      *access.Book
	Databases *databases.Registry
	Log       *slog.Logger
}

// problem is an answer other than success.
type problem struct {
	status  int
	message string
}

func (p *problem) Error() string { return p.message }

type answer func(principal access.Principal, r *http.Request) (status int, body any, err error)

// Routes returns the API's routes.
func (h *Handler) Routes() http.Handler {
	mux := http.NewServeMux()
	for pattern, a := range map[string]answer{
		"GET /v2/currentOrg":                       h.organization(h.currentOrg, "org-read"),
		"GET /v2/databases":                        h.databases,
		"POST /v2/databases":                       h.createDatabase,
		"GET /v2/databases/{id}":                   h.database(h.describeOne, "org-db-view"),
		"POST /v2/databases/{id}/terminate":        h.database(act(h.Databases.Terminate), "org-db-terminate"),
		"POST /v2/databases/{id}/park":             h.database(act(h.Databases.Park), "org-db-suspend"),
		"POST /v2/databases/{id}/unpark":           h.database(act(h.Databases.Unpark), "org-db-suspend"),
		"POST /v2/databases/{id}/keyspaces/{ks}":   h.createKeyspace,
		"DELETE /v2/databases/{id}/keyspaces/{ks}": h.dropKeyspace,
		"GET /v2/databases/{id}/access-list":       h.database(h.accessList, "accesslist-read"),
		"POST /v2/databases/{id}/access-list":      h.database(h.addAccess, "accesslist-write"),
		"PUT /v2/databases/{id}/access-list":       h.database(h.replaceAccess, "accesslist-write"),
		"PATCH /v2/databases/{id}/access-list":     h.database(h.configureAccess, "accesslist-write"),
		"DELETE /v2/databases/{id}/access-list":    h.database(h.deleteAccess, "accesslist-write"),
		"GET /v2/access-lists":                     h.organization(h.accessLists, "accesslist-read"),
		"GET /v2/regions/serverless":               h.organization(h.regions, "org-read", "org-db-view", "org-db-create"),
		"POST /v2/pcus/actions/get":                h.organization(h.capacityUnits, "org-read"),
		"GET /v2/organizations/roles":              h.organization(h.roles, "org-role-read"),
		"POST /v2/organizations/roles":             h.organization(h.createRole, "org-role-write"),
		"GET /v2/organizations/roles/{id}":         h.organization(h.role, "org-role-read"),
		"PUT /v2/organizations/roles/{id}":         h.organization(h.updateRole, "org-role-write"),
		"DELETE /v2/organizations/roles/{id}":      h.organization(h.deleteRole, "org-role-delete"),
		"POST /v2/tokens":                          h.organization(h.mint, "org-token-write"),
		"POST /v2/clientIdSecrets":                 h.organization(h.mint, "org-token-write"),
		"GET /v2/clientIdSecrets":                  h.organization(h.clients, "org-token-read"),
		"DELETE /v2/clientIdSecrets/{clientId}":    h.organization(h.revoke, "org-token-write"),
	} {
		mux.HandleFunc(pattern, h.serve(a))
	}
	return mux
}

// organization answers tokens with one of the actions on the organization.
func (h *Handler) organization(do func(*http.Request) (int, any, error), actions ...string) answer {
	return func(principal access.Principal, r *http.Request) (int, any, error) {
		if err := need(principal, h.org(), actions...); err != nil {
			return 0, nil, err
		}
		return do(r)
	}
}

// database answers tokens with the action on the database of the path, or on the
// organization.
func (h *Handler) database(do func(databases.View, *http.Request) (int, any, error), action string) answer {
	return func(principal access.Principal, r *http.Request) (int, any, error) {
		id := r.PathValue("id")
		if err := h.may(principal, id, action); err != nil {
			return 0, nil, err
		}
		v, ok := h.Databases.Get(id)
		if !ok {
			return 0, nil, databases.ErrNotFound
		}
		return do(v, r)
	}
}

func (h *Handler) serve(a answer) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		token, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
		principal, ok := h.Book.Authenticate(token)
		status, body, err := http.StatusUnauthorized, any(nil), error(&problem{401, "the bearer token is not valid"})
		if ok {
			if err = h.Databases.Settle(); err == nil {
				status, body, err = a(principal, r)
			}
		}
		if err != nil {
			status, body = failure(err)
		}
		h.Log.Info("devops", "method", r.Method, "route", r.Pattern, "status", status)
		if at, ok := body.(location); ok {
			w.Header().Set("Location", string(at))
			body = nil
		}
		if body == nil {
			w.WriteHeader(status)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_ = json.NewEncoder(w).Encode(body)
	}
}

func failure(err error) (int, any) {
	status, message := http.StatusInternalServerError, "the server could not complete the request"
	var p *problem
	switch {
	case errors.As(err, &p):
		status, message = p.status, p.message
	case errors.Is(err, access.ErrNotFound), errors.Is(err, databases.ErrNotFound), errors.Is(err, databases.ErrKeyspace):
		status, message = http.StatusNotFound, err.Error()
	case errors.Is(err, access.ErrConflict), errors.Is(err, databases.ErrState):
		status, message = http.StatusConflict, err.Error()
	case errors.Is(err, access.ErrSystem):
		status, message = http.StatusForbidden, err.Error()
	}
	return status, map[string]any{"errors": []map[string]any{{"ID": status, "message": message}}}
}

func need(principal access.Principal, on access.Resource, actions ...string) error {
	for _, a := range actions {
		if principal.Can(a, on) {
			return nil
		}
	}
	return &problem{http.StatusForbidden, "the token's role lacks " + strings.Join(actions, " or ")}
}

func read(r *http.Request, into any) error {
	raw, err := io.ReadAll(io.LimitReader(r.Body, 1<<20))
	if err == nil {
		err = json.Unmarshal(raw, into)
	}
	if err != nil {
		return &problem{http.StatusBadRequest, "the body is not valid JSON of the expected shape"}
	}
	return nil
}

func (h *Handler) org() access.Resource { return access.Resource{Org: h.Book.Org} }

func (h *Handler) db(id string) access.Resource {
	return access.Resource{Org: h.Book.Org, DB: id}
}

func (h *Handler) currentOrg(*http.Request) (int, any, error) {
	return http.StatusOK, map[string]string{"id": h.Book.Org}, nil
}
