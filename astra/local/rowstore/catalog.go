package rowstore

import (
	"encoding/json"
	"fmt"
	"sort"

	"github.com/killrvideo/killrvideo-go/astra/local/schema"
)

func (s *Store) load() error {
	rows, err := s.read.Query("SELECT name FROM keyspaces")
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return err
		}
		s.tables[name] = map[string]*schema.Table{}
	}
	if err := rows.Err(); err != nil {
		return err
	}
	if err := s.loadTypes(); err != nil {
		return err
	}
	return s.loadTables()
}

func (s *Store) loadTables() error {
	rows, err := s.read.Query("SELECT def FROM tables")
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var def []byte
		if err := rows.Scan(&def); err != nil {
			return err
		}
		t := new(schema.Table)
		if err := json.Unmarshal(def, t); err != nil {
			return err
		}
		s.tables[t.Keyspace][t.Name] = s.resolved(t)
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
func (s *Store) Keyspaces() []string {
	var out []string
	for k := range s.tables {
		out = append(out, k)
	}
	sort.Strings(out)
	return out
}

// HasKeyspace reports whether the keyspace exists.
func (s *Store) HasKeyspace(ks string) bool { return s.tables[ks] != nil }

// Tables lists a keyspace's tables by name.
func (s *Store) Tables(ks string) []*schema.Table {
	var out []*schema.Table
	for _, t := range s.tables[ks] {
		out = append(out, t)
	}
	sort.Slice(out, func(i, j int) bool { return out[i].Name < out[j].Name })
	return out
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
	err := s.Write(func(tx *Tx) error {
		id, err := tx.nextID()
		if err != nil {
			return err
		}
		t.ID = id
		if err := tx.ddl(fmt.Sprintf("CREATE TABLE r%d (k BLOB PRIMARY KEY, v BLOB NOT NULL) WITHOUT ROWID", id)); err != nil {
			return err
		}
		for n := range t.Indexes {
			if err := tx.makeIndex(&t.Indexes[n]); err != nil {
				return err
			}
		}
		return tx.saveTable(t)
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

func (tx *Tx) saveTable(t *schema.Table) error {
	def, err := json.Marshal(t)
	if err != nil {
		return err
	}
	return tx.exec("INSERT OR REPLACE INTO tables (id, def) VALUES (?, ?)", t.ID, string(def))
}

// ReplaceTable stores a changed definition.
func (s *Store) ReplaceTable(t *schema.Table) error {
	err := s.Write(func(tx *Tx) error { return tx.saveTable(t) })
	if err == nil {
		s.tables[t.Keyspace][t.Name] = t
	}
	return err
}

// DropTable removes the table, its rows and its indexes.
func (s *Store) DropTable(t *schema.Table) error {
	s.forget()
	err := s.Write(func(tx *Tx) error {
		for _, i := range t.Indexes {
			if err := tx.dropIndex(i); err != nil {
				return err
			}
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
	var next *schema.Table
	err := s.Write(func(tx *Tx) error {
		if err := tx.makeIndex(&i); err != nil {
			return err
		}
		if err := tx.fill(t, i); err != nil {
			return err
		}
		next = t.Clone()
		next.Indexes = append(next.Indexes, i)
		return tx.saveTable(next)
	})
	if err == nil {
		s.tables[t.Keyspace][t.Name] = next
	}
	return err
}

// makeIndex sets the id of the index and creates its empty table.
func (tx *Tx) makeIndex(i *schema.Index) (err error) {
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
	return tx.ddl("CREATE TABLE " + indexTable(*i) + " (" + columns + ") WITHOUT ROWID")
}

// fill writes the entries of all rows.
func (tx *Tx) fill(t *schema.Table, i schema.Index) error {
	only := t.Clone()
	only.Indexes = []schema.Index{i}
	return tx.each(t, "SELECT k, v FROM "+rowsTable(t), nil, func(key []byte, row Row, _ bool) error {
		return tx.index(only, key, row, true)
	})
}

func (tx *Tx) dropIndex(i schema.Index) error {
	if err := tx.ddl("DROP TABLE IF EXISTS " + indexTable(i)); err != nil {
		return err
	}
	return tx.exec("DELETE FROM texts WHERE id = ?", i.ID)
}

// DropIndex removes the index at a position of the table's list.
func (s *Store) DropIndex(t *schema.Table, at int) error {
	s.forget()
	next := t.Clone()
	next.Indexes = append(next.Indexes[:at:at], t.Indexes[at+1:]...)
	err := s.Write(func(tx *Tx) error {
		if err := tx.dropIndex(t.Indexes[at]); err != nil {
			return err
		}
		return tx.saveTable(next)
	})
	if err == nil {
		s.tables[t.Keyspace][t.Name] = next
		s.vectors.drop(t.Indexes[at])
	}
	return err
}
