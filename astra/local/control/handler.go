// Package control serves the DevOps API over HTTP: organization, databases,
// keyspaces, roles and tokens. It knows nothing of rows.
package control

import (
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"strings"

	"github.com/killrvideo/killrvideo-go/astra/local/access"
	"github.com/killrvideo/killrvideo-go/astra/local/rowstore"
	"github.com/killrvideo/killrvideo-go/astra/local/schema"
)

// Handler answers /v2.
type Handler struct {
	Store    *rowstore.Store
	Book     *access.Book
	Database string
	Region   string
	Keyspace string
	Log      *slog.Logger
}

// problem is an answer other than success.
type problem struct {
	status  int
	message string
}

func (p *problem) Error() string { return p.message }

type answer func(who access.Principal, r *http.Request) (status int, body any, err error)

// Routes gives the API's routes.
func (h *Handler) Routes() http.Handler {
	mux := http.NewServeMux()
	for pattern, a := range map[string]answer{
		"GET /v2/currentOrg":                       h.currentOrg,
		"GET /v2/databases":                        h.databases,
		"GET /v2/databases/{id}":                   h.database,
		"POST /v2/databases/{id}/keyspaces/{ks}":   h.createKeyspace,
		"DELETE /v2/databases/{id}/keyspaces/{ks}": h.dropKeyspace,
		"GET /v2/organizations/roles":              h.roles,
		"POST /v2/organizations/roles":             h.createRole,
		"GET /v2/organizations/roles/{id}":         h.role,
		"PUT /v2/organizations/roles/{id}":         h.updateRole,
		"DELETE /v2/organizations/roles/{id}":      h.deleteRole,
		"POST /v2/tokens":                          h.mint,
		"POST /v2/clientIdSecrets":                 h.mint,
		"GET /v2/clientIdSecrets":                  h.clients,
		"DELETE /v2/clientIdSecrets/{clientId}":    h.revoke,
	} {
		mux.HandleFunc(pattern, h.serve(a))
	}
	return mux
}

func (h *Handler) serve(a answer) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		token, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
		who, ok := h.Book.Authenticate(token)
		status, body, err := http.StatusUnauthorized, any(nil), error(&problem{401, "the bearer token is not valid"})
		if ok {
			status, body, err = a(who, r)
		}
		if err != nil {
			status, body = failure(err)
		}
		h.Log.Info("devops", "method", r.Method, "route", r.Pattern, "status", status)
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
	case errors.Is(err, access.ErrNotFound):
		status, message = http.StatusNotFound, err.Error()
	case errors.Is(err, access.ErrConflict):
		status, message = http.StatusConflict, err.Error()
	case errors.Is(err, access.ErrSystem):
		status, message = http.StatusForbidden, err.Error()
	}
	return status, map[string]any{"errors": []map[string]any{{"ID": status, "message": message}}}
}

func need(who access.Principal, on access.Resource, actions ...string) error {
	for _, a := range actions {
		if who.Can(a, on) {
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

func (h *Handler) db() access.Resource {
	return access.Resource{Org: h.Book.Org, DB: h.Database}
}

func (h *Handler) currentOrg(who access.Principal, _ *http.Request) (int, any, error) {
	return 200, map[string]string{"id": h.Book.Org}, need(who, h.org(), "org-read")
}

func (h *Handler) describe() map[string]any {
	h.Store.Schema.RLock()
	defer h.Store.Schema.RUnlock()
	first, more := "", []string{}
	for _, ks := range h.Store.Keyspaces() {
		if ks == h.Keyspace || first == "" && !h.Store.HasKeyspace(h.Keyspace) {
			first = ks
			continue
		}
		more = append(more, ks)
	}
	info := map[string]any{"name": "local", "keyspace": first, "additionalKeyspaces": more, "keyspaces": h.Store.Keyspaces(),
		"cloudProvider": "LOCAL", "tier": "serverless", "capacityUnits": 1, "region": h.Region, "dbType": "vector"}
	return map[string]any{"id": h.Database, "orgId": h.Book.Org, "status": "ACTIVE", "info": info,
		"availableActions": []string{"addKeyspace"}}
}

func (h *Handler) sees(who access.Principal) error {
	if need(who, h.db(), "org-db-view") == nil {
		return nil
	}
	return need(who, h.org(), "org-db-view")
}

func (h *Handler) databases(who access.Principal, _ *http.Request) (int, any, error) {
	return 200, []any{h.describe()}, h.sees(who)
}

func (h *Handler) known(r *http.Request) error {
	if r.PathValue("id") != h.Database {
		return &problem{http.StatusNotFound, "no such database"}
	}
	return nil
}

func (h *Handler) database(who access.Principal, r *http.Request) (int, any, error) {
	if err := h.sees(who); err != nil {
		return 0, nil, err
	}
	return 200, h.describe(), h.known(r)
}

func (h *Handler) mayKeyspace(who access.Principal, ks string, all string, one string) error {
	if all != "" && need(who, h.db(), all) == nil {
		return nil
	}
	return need(who, access.Resource{Org: h.Book.Org, DB: h.Database, Keyspace: ks}, one)
}

func (h *Handler) createKeyspace(who access.Principal, r *http.Request) (int, any, error) {
	ks := r.PathValue("ks")
	if err := h.known(r); err != nil {
		return 0, nil, err
	}
	if err := h.mayKeyspace(who, ks, "db-all-keyspace-create", "db-keyspace-create"); err != nil {
		return 0, nil, err
	}
	if schema.CheckName("keyspace", ks, schema.MaxName) != nil {
		return 0, nil, &problem{http.StatusBadRequest, "the keyspace name is not supported"}
	}
	h.Store.Schema.Lock()
	defer h.Store.Schema.Unlock()
	return http.StatusCreated, nil, h.Store.CreateKeyspace(ks)
}

func (h *Handler) dropKeyspace(who access.Principal, r *http.Request) (int, any, error) {
	ks := r.PathValue("ks")
	if err := h.known(r); err != nil {
		return 0, nil, err
	}
	if err := h.mayKeyspace(who, ks, "", "db-keyspace-drop"); err != nil {
		return 0, nil, err
	}
	h.Store.Schema.Lock()
	defer h.Store.Schema.Unlock()
	if !h.Store.HasKeyspace(ks) {
		return 0, nil, &problem{http.StatusNotFound, "no such keyspace"}
	}
	return http.StatusAccepted, nil, h.Store.DropKeyspace(ks)
}
