package access

import (
	"cmp"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/killrvideo/killrvideo-go/astra/local/rowstore"
)

// Errors of the book; the DevOps API gives each its status.
var (
	ErrNotFound = errors.New("not found")
	ErrConflict = errors.New("a role of that name exists")
	ErrSystem   = errors.New("a system role cannot be changed")
)

// Client is a token's record: who it is, without its secret.
type Client struct {
	ID    string   `json:"clientId"`
	Roles []string `json:"roles"`
	Salt  []byte   `json:"salt"`
	Hash  []byte   `json:"hash"`
	// Admin marks the administrator's token of the token file.
	Admin bool `json:"admin,omitempty"`
	// Expires is when the token ends; the zero time is never.
	Expires time.Time `json:"expires,omitzero"`
}

// Book is the organisation's roles and tokens, kept in the store.
type Book struct {
	Org     string
	store   *rowstore.Store
	mu      sync.RWMutex
	roles   map[string]Role
	clients map[string]Client
}

// Open reads the book and makes the organisation and its system roles when
// the store is new.
func Open(store *rowstore.Store) (*Book, error) {
	b := &Book{store: store, roles: map[string]Role{}, clients: map[string]Client{}}
	err := errors.Join(
		store.Records("org", func(id string, _ []byte) error { b.Org = id; return nil }),
		store.Records("role", func(id string, body []byte) error { return record(b.roles, id, body) }),
		store.Records("client", func(id string, body []byte) error { return record(b.clients, id, body) }))
	if err != nil {
		return nil, fmt.Errorf("read roles and tokens: %w", err)
	}
	if b.Org == "" {
		b.Org = uuid.NewString()
		err = store.PutRecord("org", b.Org, nil)
	}
	for _, r := range systemRoles(b.Org) {
		b.roles[r.ID] = r
	}
	return b, err
}

func record[T any](into map[string]T, id string, body []byte) error {
	var v T
	err := json.Unmarshal(body, &v)
	into[id] = v
	return err
}

// Token is a new token, shown once.
type Token struct {
	ClientID, Secret, Value string
	Roles                   []string
}

// Mint makes a token with the roles, which ends at a time; the zero time is
// never.
func (b *Book) Mint(roles []string, expires time.Time) (Token, error) {
	t := newToken(roles)
	return t, b.adopt(t.Value, Client{Roles: roles, Expires: expires})
}

func newToken(roles []string) Token {
	t := Token{ClientID: random(12), Secret: random(48), Roles: roles}
	sum := sha256.Sum256([]byte(t.Secret))
	t.Value = "AstraCS:" + t.ClientID + ":" + hex.EncodeToString(sum[:])
	return t
}

func random(n int) string {
	raw := make([]byte, n)
	_, _ = rand.Read(raw)
	return hex.EncodeToString(raw)
}

// Adopt records a token that was made elsewhere, by its whole value.
func (b *Book) Adopt(token string, roles []string) error {
	return b.adopt(token, Client{Roles: roles})
}

// adopt stores a client; its id, salt and hash are of the token.
func (b *Book) adopt(token string, c Client) error {
	id, ok := clientOf(token)
	if !ok {
		return errors.New("the token does not have the form AstraCS:clientId:hash")
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, r := range c.Roles {
		if _, ok := b.roles[r]; !ok {
			return fmt.Errorf("role %s: %w", r, ErrNotFound)
		}
	}
	c.ID, c.Salt = id, []byte(random(16))
	c.Hash = digest(c.Salt, token)
	if err := b.store.PutRecord("client", id, c); err != nil {
		return err
	}
	b.clients[id] = c
	return nil
}

func clientOf(token string) (string, bool) {
	p := strings.Split(token, ":")
	return p[min(1, len(p)-1)], len(p) == 3 && p[0] == "AstraCS" && p[1] != "" && len(p[2]) == 64
}

func digest(salt []byte, token string) []byte {
	sum := sha256.Sum256(append(append([]byte{}, salt...), token...))
	return sum[:]
}

// Principal is an authenticated token with its roles as they are now.
type Principal struct {
	ClientID string
	roles    []Role
}

// Authenticate finds the token's principal; false for a token that is unknown,
// revoked or expired.
func (b *Book) Authenticate(token string) (Principal, bool) {
	id, ok := clientOf(token)
	b.mu.RLock()
	defer b.mu.RUnlock()
	c, found := b.clients[id]
	if !ok || !found || subtle.ConstantTimeCompare(c.Hash, digest(c.Salt, token)) != 1 {
		return Principal{}, false
	}
	if !c.Expires.IsZero() && !time.Now().Before(c.Expires) {
		return Principal{}, false
	}
	p := Principal{ClientID: id}
	for _, r := range c.Roles {
		if role, ok := b.roles[r]; ok {
			p.roles = append(p.roles, role)
		}
	}
	return p, true
}

// Can reports whether one of the roles permits the action at the resource's level.
func (p Principal) Can(action string, on Resource) bool {
	return slices.ContainsFunc(p.roles, func(r Role) bool { return r.Allows(action, on, false) })
}

// CanWithin is Can for gate actions such as db-rest, which a deeper resource
// name opens too.
func (p Principal) CanWithin(action string, on Resource) bool {
	return slices.ContainsFunc(p.roles, func(r Role) bool { return r.Allows(action, on, true) })
}

// Clients lists the tokens by client id.
func (b *Book) Clients() []Client {
	b.mu.RLock()
	defer b.mu.RUnlock()
	return slices.SortedFunc(maps.Values(b.clients), func(x, y Client) int { return cmp.Compare(x.ID, y.ID) })
}

// Revoke ends a token at once.
func (b *Book) Revoke(clientID string) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if _, ok := b.clients[clientID]; !ok {
		return ErrNotFound
	}
	delete(b.clients, clientID)
	return b.store.DeleteRecord("client", clientID)
}
