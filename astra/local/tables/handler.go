// Package tables serves the Data API's commands for tables over HTTP: it
// reads the wire, checks the token, refuses what Astra refuses and answers in
// Astra's shapes. Storage and roles are rooms of their own.
package tables

import (
	"encoding/json"
	"errors"
	"log/slog"
	"mime"
	"net/http"
	"strings"
	"time"

	"github.com/killrvideo/killrvideo-go/astra/local/access"
	"github.com/killrvideo/killrvideo-go/astra/local/fault"
	"github.com/killrvideo/killrvideo-go/astra/local/jsonv"
	"github.com/killrvideo/killrvideo-go/astra/local/rowstore"
	"github.com/killrvideo/killrvideo-go/astra/local/value"
)

// Handler answers /v1 and /api/json/v1.
type Handler struct {
	Store    *rowstore.Store
	Book     *access.Book
	Database string
	PageSize int
	Log      *slog.Logger
	// Embed asks the embedding provider of a column for the vector of a text.
	Embed func(value.Service, string) ([]float32, error)

	large semaphore
}

type reply struct {
	Data   any            `json:"data,omitempty"`
	Status map[string]any `json:"status,omitempty"`
	Errors []*fault.Error `json:"errors,omitempty"`
}

// target splits a path into keyspace and table.
func target(path string) (ks, table string, ok bool) {
	path = strings.TrimPrefix(path, "/api/json")
	rest, ok := strings.CutPrefix(path, "/v1")
	if !ok || rest != "" && rest[0] != '/' {
		return "", "", false
	}
	parts := strings.Split(strings.Trim(rest, "/"), "/")
	switch {
	case strings.Contains(strings.Trim(rest, "/"), "//") || len(parts) > 2:
		return "", "", false
	case len(parts) == 2:
		return parts[0], parts[1], true
	}
	return parts[0], "", true
}

// ServeHTTP answers one command.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	start := time.Now()
	ks, table, ok := target(r.URL.Path)
	if !ok {
		w.WriteHeader(http.StatusNotFound)
		return
	}
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		w.WriteHeader(http.StatusMethodNotAllowed)
		return
	}
	c := &call{h: h, ctx: r.Context(), keyspace: ks, tableName: table}
	out, err := c.serve(w, r)
	status := http.StatusOK
	if errors.Is(err, errTooLarge) {
		w.Header().Set("Connection", "close")
		w.WriteHeader(http.StatusRequestEntityTooLarge)
		return
	}
	if err != nil {
		f := fault.From(err)
		status, out = f.Status, &reply{Errors: []*fault.Error{f}}
		if f.Code == "UNEXPECTED_SERVER_ERROR" {
			h.Log.Error("command failed", "command", c.name, "error", err.Error())
		}
	}
	write(w, status, out)
	h.Log.Info("command", "command", c.name, "keyspace", ks, "table", table, "status", status,
		"errors", codes(out.Errors), "warnings", codes(c.warnings), "ms", time.Since(start).Milliseconds())
}

func codes(list []*fault.Error) []string {
	var out []string
	for _, f := range list {
		out = append(out, f.Code)
	}
	return out
}

func write(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(body)
}

// serve reads, authenticates and runs the command.
func (c *call) serve(w http.ResponseWriter, r *http.Request) (*reply, error) {
	if media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || media != "application/json" {
		return nil, fault.New("UNSUPPORTED_CONTENT_TYPE", "The Content-Type must be application/json.")
	}
	if err := c.authenticate(r); err != nil {
		return nil, err
	}
	if r.ContentLength < 0 || r.ContentLength > largeBody {
		release, err := c.h.large.acquire(r.Context())
		if err != nil {
			return nil, err
		}
		defer release()
	}
	raw, err := readBody(w, r)
	if err != nil {
		return nil, err
	}
	if err := c.parse(raw); err != nil {
		return nil, err
	}
	out, err := c.run()
	if err != nil {
		return nil, err
	}
	if len(c.warnings) > 0 {
		if out.Status == nil {
			out.Status = map[string]any{}
		}
		out.Status["warnings"] = c.warnings
	}
	return out, nil
}

func (c *call) authenticate(r *http.Request) error {
	token := r.Header.Get("Token")
	if token == "" {
		token = r.Header.Get("X-Cassandra-Token")
	}
	if token == "" {
		return fault.New("MISSING_AUTHENTICATION_TOKEN", "The request needs a token in the header 'Token'.")
	}
	who, ok := c.h.Book.Authenticate(token)
	if !ok {
		return fault.New("UNAUTHENTICATED_REQUEST", "The token is not valid.")
	}
	c.who = who
	db := c.resource("", "")
	for _, action := range []string{"db-rest", "db-cql"} {
		if !who.CanWithin(action, db) {
			return fault.New("UNAUTHORIZED_ACCESS", "The token's role lacks %s on this database.", action)
		}
	}
	return nil
}

func (c *call) resource(ks, table string) access.Resource {
	return access.Resource{Org: c.h.Book.Org, DB: c.h.Database, Keyspace: ks, Table: table}
}

// parse finds the one command of the body.
func (c *call) parse(raw []byte) error {
	in, err := jsonv.Decode(raw)
	var limit *jsonv.LimitError
	if errors.As(err, &limit) {
		return fault.New("SHRED_DOC_LIMIT_VIOLATION", "The request exceeds a limit of the API: %v.", limit)
	}
	if err != nil {
		return fault.New("REQUEST_NOT_JSON", "The body is not valid JSON: %v.", err)
	}
	o, ok := in.(*jsonv.Object)
	if !ok || o.Len() != 1 {
		return fault.New("REQUEST_STRUCTURE_MISMATCH", "The body must be an object with one member, the command's name.")
	}
	c.name = o.Keys[0]
	body, ok := o.Value(c.name).(*jsonv.Object)
	if !ok {
		return fault.New("REQUEST_STRUCTURE_MISMATCH", "The value of the command must be an object.")
	}
	c.body = body
	return nil
}
