package access

import "errors"

// UseAdmin makes the token the administrator's and revokes the one before it.
// An empty token stands for a new one. It returns the token that holds.
func (b *Book) UseAdmin(token string) (string, error) {
	role := b.administrator()
	if token == "" {
		token = newToken([]string{role}).Value
	}
	_, known := b.Authenticate(token)
	unmarked := !known && b.Owner() == ""
	if !known || !b.isAdmin(token) {
		if err := b.adopt(token, Client{Roles: []string{role}, Admin: true}); err != nil {
			return "", err
		}
	}
	id, _ := clientOf(token)
	var errs []error
	for _, c := range b.replacedAdmins(id, role, unmarked) {
		errs = append(errs, b.Revoke(c))
	}
	return token, errors.Join(errs...)
}

func (b *Book) administrator() string {
	for _, r := range b.Roles() {
		if r.System && r.Name == AdministratorRole {
			return r.ID
		}
	}
	return ""
}

func (b *Book) isAdmin(token string) bool {
	id, _ := clientOf(token)
	b.mu.RLock()
	defer b.mu.RUnlock()
	return b.clients[id].Admin
}

// replacedAdmins lists the administrator's tokens but the one that holds.
// Unmarked adds those that a release without marks left: tokens whose only role
// is the administrator's.
func (b *Book) replacedAdmins(but, role string, unmarked bool) (ids []string) {
	b.mu.RLock()
	defer b.mu.RUnlock()
	for id, c := range b.clients {
		only := len(c.Roles) == 1 && c.Roles[0] == role
		if id != but && (c.Admin || unmarked && only) {
			ids = append(ids, id)
		}
	}
	return ids
}

// Owner is the client id of the administrator's token; "" without one.
func (b *Book) Owner() string {
	b.mu.RLock()
	defer b.mu.RUnlock()
	for id, c := range b.clients {
		if c.Admin {
			return id
		}
	}
	return ""
}
