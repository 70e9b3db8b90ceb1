package rowstore

import (
	"cmp"
	"database/sql"
	"encoding/json"
	"maps"
	"slices"

	"github.com/killrvideo/killrvideo-go/astra/local/schema"
)

func (s *Store) load() error {
	err := s.each("SELECT name FROM keyspaces", func(rows *sql.Rows) error {
		var name string
		err := rows.Scan(&name)
		s.tables[name] = map[string]*schema.Table{}
		return err
	})
	if err == nil {
		err = s.loadTypes()
	}
	if err != nil {
		return err
	}
	return s.each("SELECT def FROM tables", func(rows *sql.Rows) error {
		var def []byte
		if err := rows.Scan(&def); err != nil {
			return err
		}
		t := new(schema.Table)
		if err := json.Unmarshal(def, t); err != nil {
			return err
		}
		s.tables[t.Keyspace][t.Name] = s.resolved(t)
		return nil
	})
}

// each visits the rows of a query.
func (s *Store) each(query string, visit func(*sql.Rows) error, args ...any) error {
	rows, err := s.read.Query(query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := visit(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// resolved sets the fields of the user-defined types that a table uses.
func (s *Store) resolved(t *schema.Table) *schema.Table {
	c := t.Clone()
	for i, col := range c.Columns {
		if col.Type.User == nil {
			continue
		}
		if u, ok := s.types[t.Keyspace][col.Type.User.Name]; ok {
			c.Columns[i].Type.User = u
		}
	}
	return c
}

// Keyspaces lists the keyspaces. Callers of this and the next ones hold Schema.
func (s *Store) Keyspaces() []string { return slices.Sorted(maps.Keys(s.tables)) }

// HasKeyspace reports whether the keyspace exists.
func (s *Store) HasKeyspace(ks string) bool { return s.tables[ks] != nil }

// Tables lists a keyspace's tables by name.
func (s *Store) Tables(ks string) []*schema.Table {
	return slices.SortedFunc(maps.Values(s.tables[ks]), func(a, b *schema.Table) int { return cmp.Compare(a.Name, b.Name) })
}

// Table finds a table.
func (s *Store) Table(ks, name string) (*schema.Table, bool) {
	t, ok := s.tables[ks][name]
	return t, ok
}

// CreateKeyspace creates the keyspace unless it exists.
func (s *Store) CreateKeyspace(ks string) error {
	if s.HasKeyspace(ks) {
		return nil
	}
	err := s.Write(func(tx *Tx) error { return tx.exec("INSERT OR IGNORE INTO keyspaces VALUES (?)", ks) })
	if err == nil {
		s.tables[ks] = map[string]*schema.Table{}
	}
	return err
}

// DropKeyspace removes the keyspace with its tables.
func (s *Store) DropKeyspace(ks string) error {
	for _, t := range s.Tables(ks) {
		if err := s.DropTable(t); err != nil {
			return err
		}
	}
	for _, u := range s.UserTypes(ks) {
		if err := s.DropType(ks, u.Name); err != nil {
			return err
		}
	}
	err := s.Write(func(tx *Tx) error { return tx.exec("DELETE FROM keyspaces WHERE name = ?", ks) })
	if err == nil {
		delete(s.tables, ks)
	}
	return err
}

// CreateTable creates the table and sets its id.
func (s *Store) CreateTable(t *schema.Table) error {
	return s.define(t, func(tx *Tx) (err error) {
		if t.ID, err = tx.nextID(); err != nil {
			return err
		}
		if err := tx.ddl("CREATE TABLE " + rowsTable(t) + " (k BLOB PRIMARY KEY, v BLOB NOT NULL) WITHOUT ROWID"); err != nil {
			return err
		}
		return tx.makeIndexes(t.Indexes)
	})
}

// define stores a new or changed definition together with what else the function
// writes.
func (s *Store) define(t *schema.Table, write func(*Tx) error) error {
	err := s.Write(func(tx *Tx) error {
		if err := write(tx); err != nil {
			return err
		}
		def, err := json.Marshal(t)
		if err != nil {
			return err
		}
		return tx.exec("INSERT OR REPLACE INTO tables (id, def) VALUES (?, ?)", t.ID, string(def))
	})
	if err == nil {
		s.tables[t.Keyspace][t.Name] = t
	}
	return err
}

func (tx *Tx) nextID() (int, error) {
	stmt, err := tx.stmt("INSERT INTO ids DEFAULT VALUES RETURNING id")
	if err != nil {
		return 0, err
	}
	var id int
	return id, stmt.QueryRow().Scan(&id)
}

// ReplaceTable stores a changed definition.
func (s *Store) ReplaceTable(t *schema.Table) error {
	return s.define(t, func(*Tx) error { return nil })
}

// DropTable removes the table, its rows and its indexes.
func (s *Store) DropTable(t *schema.Table) error {
	s.forget()
	err := s.Write(func(tx *Tx) error {
		if err := tx.dropIndexes(t.Indexes...); err != nil {
			return err
		}
		if err := tx.ddl("DROP TABLE " + rowsTable(t)); err != nil {
			return err
		}
		return tx.exec("DELETE FROM tables WHERE id = ?", t.ID)
	})
	if err == nil {
		delete(s.tables[t.Keyspace], t.Name)
		s.vectors.drop(t.Indexes...)
	}
	return err
}

// CreateIndex makes the index and fills it from the rows.
func (s *Store) CreateIndex(t *schema.Table, i schema.Index) error {
	next, only := t.Clone(), t.Clone()
	next.Indexes = append(next.Indexes, i)
	only.Indexes = next.Indexes[len(t.Indexes):]
	return s.define(next, func(tx *Tx) error {
		if err := tx.makeIndexes(only.Indexes); err != nil {
			return err
		}
		return tx.each(t, "SELECT k, v FROM "+rowsTable(t), nil, func(key []byte, row Row, _ bool) error {
			return tx.index(only, key, row, true)
		})
	})
}

// makeIndexes sets the ids of indexes and creates their empty tables.
func (tx *Tx) makeIndexes(list []schema.Index) (err error) {
	for n := range list {
		i := &list[n]
		if i.ID, err = tx.nextID(); err != nil {
			return err
		}
		columns := "k BLOB PRIMARY KEY"
		if i.Kind == schema.Text {
			columns += ", times INTEGER NOT NULL, words INTEGER NOT NULL"
			if err := tx.exec("INSERT INTO texts (id, texts, words) VALUES (?, 0, 0)", i.ID); err != nil {
				return err
			}
		}
		if err := tx.ddl("CREATE TABLE " + indexTable(*i) + " (" + columns + ") WITHOUT ROWID"); err != nil {
			return err
		}
	}
	return nil
}

func (tx *Tx) dropIndexes(list ...schema.Index) error {
	for _, i := range list {
		if err := tx.ddl("DROP TABLE IF EXISTS " + indexTable(i)); err != nil {
			return err
		}
		if err := tx.exec("DELETE FROM texts WHERE id = ?", i.ID); err != nil {
			return err
		}
	}
	return nil
}

// DropIndex removes the index at a position of the table's list.
func (s *Store) DropIndex(t *schema.Table, at int) error {
	s.forget()
	next := t.Clone()
	next.Indexes = slices.Delete(next.Indexes, at, at+1)
	err := s.define(next, func(tx *Tx) error { return tx.dropIndexes(t.Indexes[at]) })
	if err == nil {
		s.vectors.drop(t.Indexes[at])
	}
	return err
}
