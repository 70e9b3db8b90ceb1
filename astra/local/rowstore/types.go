package rowstore

import (
	"cmp"
	"encoding/json"
	"maps"
	"slices"

	"github.com/killrvideo/killrvideo-go/astra/local/schema"
	"github.com/killrvideo/killrvideo-go/astra/local/value"
)

// userType is a user-defined type as it is stored.
type userType struct {
	Keyspace, Name string
	Fields         []value.Field
}

const typeRecord = "type"

func (s *Store) loadTypes() error {
	return s.Records(typeRecord, func(_ string, body []byte) error {
		var u userType
		err := json.Unmarshal(body, &u)
		s.keepType(u.Keyspace, &value.User{Name: u.Name, Fields: u.Fields})
		return err
	})
}

func (s *Store) keepType(ks string, u *value.User) {
	if s.types[ks] == nil {
		s.types[ks] = map[string]*value.User{}
	}
	s.types[ks][u.Name] = u
}

// UserTypes lists a keyspace's user-defined types by name. Callers of this and
// the next ones hold Schema.
func (s *Store) UserTypes(ks string) []*value.User {
	return slices.SortedFunc(maps.Values(s.types[ks]), func(a, b *value.User) int { return cmp.Compare(a.Name, b.Name) })
}

// UserType finds a user-defined type.
func (s *Store) UserType(ks, name string) (*value.User, bool) {
	u, ok := s.types[ks][name]
	return u, ok
}

// PutType stores a new or changed user-defined type. Tables that use it change
// with it.
func (s *Store) PutType(ks string, u *value.User) error {
	if err := s.PutRecord(typeRecord, ks+"/"+u.Name, userType{ks, u.Name, u.Fields}); err != nil {
		return err
	}
	s.keepType(ks, u)
	for _, t := range s.UsersOf(ks, u.Name) {
		s.tables[ks][t.Name] = s.resolved(t)
	}
	return nil
}

// DropType removes a user-defined type.
func (s *Store) DropType(ks, name string) error {
	err := s.DeleteRecord(typeRecord, ks+"/"+name)
	if err == nil {
		delete(s.types[ks], name)
	}
	return err
}

// UsersOf lists the tables that use a user-defined type.
func (s *Store) UsersOf(ks, name string) []*schema.Table {
	uses := func(c schema.Column) bool { return c.Type.User != nil && c.Type.User.Name == name }
	return slices.DeleteFunc(s.Tables(ks), func(t *schema.Table) bool { return !slices.ContainsFunc(t.Columns, uses) })
}
