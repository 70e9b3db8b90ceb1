// Package tables serves the Data API's commands for tables over HTTP: it
// reads requests, checks the token, refuses what Astra refuses and answers in
// Astra's shapes. Storage is in package rowstore, roles are in package access.
package tables

import (
	"errors"
	"log/slog"
	"mime"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/killrvideo/killrvideo-go/astra/local/access"
	"github.com/killrvideo/killrvideo-go/astra/local/databases"
	"github.com/killrvideo/killrvideo-go/astra/local/fault"
	"github.com/killrvideo/killrvideo-go/astra/local/jsonv"
	"github.com/killrvideo/killrvideo-go/astra/local/rowstore"
	"github.com/killrvideo/killrvideo-go/astra/local/value"
)

// Handler answers /v1 and /api/json/v1.
type Handler struct {
	Store     *rowstore.Store
	Book      *access.Book
	Databases *databases.Registry
	PageSize  int
	// BodyTimeout is how long a body of more than 1 MiB may take to arrive; zero is
	// 30 seconds.
	BodyTimeout time.Duration
	Log         *slog.Logger
	// Embed asks the embedding provider of a column for the vector of a text.
	Embed func(service value.Service, text string, dimension int) ([]float32, error)

	large semaphore
	once  sync.Once
	known map[level]map[string]command
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

// hostOfDatabase is how Astra names the host of a database: its id, its region.
var hostOfDatabase = regexp.MustCompile(`^([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})-[a-z0-9-]+\.`)

// database finds the database that a host name addresses; a host that names
// none is for the main one. False is for one that does not serve.
func (h *Handler) database(host string) (string, bool) {
	if err := h.Databases.Settle(); err != nil {
		h.Log.Error("settle databases", "error", err.Error())
	}
	m := hostOfDatabase.FindStringSubmatch(host)
	if m == nil {
		return h.Databases.Main, true
	}
	v, ok := h.Databases.Get(m[1])
	return m[1], ok && (v.Status == databases.Active || v.Status == "MAINTENANCE")
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
	db, ok := h.database(r.Host)
	if !ok {
		w.WriteHeader(http.StatusNotFound)
		return
	}
	c := &call{h: h, ctx: r.Context(), headers: r.Header, database: db, keyspace: ks, tableName: table}
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
	text, err := jsonv.Marshal(body)
	if err != nil {
		status, text = http.StatusInternalServerError, nil
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", strconv.Itoa(len(text)))
	w.WriteHeader(status)
	_, _ = w.Write(text) //nolint:gosec // JSON, and said so
}

// serve reads, authenticates and runs the command.
func (c *call) serve(w http.ResponseWriter, r *http.Request) (*reply, error) {
	if given := r.Header.Get("Content-Type"); given != "" {
		if media, _, err := mime.ParseMediaType(given); err != nil || media != "application/json" {
			return nil, fault.New("UNSUPPORTED_CONTENT_TYPE", "The header Content-Type has a value that is not supported.\n\n"+
				"The API takes application/json only.\n\nResend the request with a supported Content-Type.")
		}
	}
	if err := c.authenticate(r); err != nil {
		return nil, err
	}
	if large(r) {
		release, err := c.h.large.acquire(r.Context())
		if err != nil {
			return nil, err
		}
		defer release()
	}
	raw, err := c.h.readBody(w, r)
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
		return fault.New("MISSING_AUTHENTICATION_TOKEN", "The request has no token in its headers.\n\nThe header of the token is: Token.\n\n"+
			"Resend the command with a token.")
	}
	principal, ok := c.h.Book.Authenticate(token)
	if !ok {
		return fault.New("UNAUTHENTICATED_REQUEST", "The token is not valid.\n\nResend the command with a valid token.")
	}
	c.principal = principal
	db := c.resource("", "")
	for _, action := range []string{"db-rest", "db-cql"} {
		if !principal.CanWithin(action, db) {
			return fault.New("UNAUTHORIZED_ACCESS", "The token may not use the database: its role lacks %s.\n\n"+
				"The command used the keyspace and table or collection: %s.%s.\n\nResend the command with a token that may.", action,
				c.keyspace, c.tableName)
		}
	}
	return nil
}

func (c *call) resource(ks, table string) access.Resource {
	return access.Resource{Org: c.h.Book.Org, DB: c.database, Keyspace: ks, Table: table}
}

// parse finds the one command of the body.
func (c *call) parse(raw []byte) error {
	var in any
	var err error
	if len(raw) > 0 {
		in, err = jsonv.DecodeBody(raw)
	}
	var limit *jsonv.LimitError
	switch {
	case in == nil && err == nil:
		return invalidField("command", nil, "must not be null")
	case errors.As(err, &limit):
		return fault.New("SHRED_DOC_LIMIT_VIOLATION", "The request exceeds a limit of the API: %v.", limit)
	case errors.Is(err, jsonv.ErrEmpty):
		return fault.Mismatch("the body has no content, only whitespace.")
	case err != nil:
		return fault.New("REQUEST_NOT_JSON", "The request is not valid JSON: %v.\n\nResend the request as valid JSON.", err)
	}
	o, ok := in.(*jsonv.Object)
	if !ok || o.Len() != 1 {
		return fault.Mismatch("the body must be an object with one member, the name of the command.")
	}
	c.name = o.Keys[0]
	body, ok := o.Value(c.name).(*jsonv.Object)
	if !ok {
		return fault.Mismatch("the value of the command must be an object, not %s.", value.JSONKind(o.Value(c.name)))
	}
	c.body = body
	return nil
}
