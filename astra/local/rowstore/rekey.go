package rowstore

import "github.com/killrvideo/killrvideo-go/astra/local/schema"

// rekey gives the rows of tables that an earlier release made the keys of this
// one, which begin with the partition's token.
func (s *Store) rekey() error {
	for _, ks := range s.Keyspaces() {
		for _, t := range s.Tables(ks) {
			if t.Tokens {
				continue
			}
			if err := s.rekeyTable(t); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *Store) rekeyTable(t *schema.Table) error {
	next := t.Clone()
	next.Tokens = true
	err := s.Write(func(tx *Tx) error {
		all := Span{}
		type kept struct {
			row    Row
			insert bool
		}
		var rows []kept
		err := tx.each(t, "SELECT k, v FROM "+rowsTable(t)+" WHERE k >= ?", []any{notNil(all.Lo)}, func(key []byte, row Row) error {
			_, insert, _, err := tx.get(t, key)
			rows = append(rows, kept{row, insert})
			return err
		})
		if err != nil {
			return err
		}
		if err := tx.DeleteSpan(t, all); err != nil {
			return err
		}
		for _, r := range rows {
			if err := tx.put(next, r.row, r.insert); err != nil {
				return err
			}
		}
		return tx.saveTable(next)
	})
	if err == nil {
		s.tables[t.Keyspace][t.Name] = next
	}
	return err
}

// put writes a row with its index entries.
func (tx *Tx) put(t *schema.Table, row Row, insert bool) error {
	key := Key(t, row)
	if err := tx.exec("INSERT OR REPLACE INTO "+rowsTable(t)+" (k, v) VALUES (?, ?)", key, encodeRow(t, row, insert)); err != nil {
		return err
	}
	return tx.index(t, key, row, addEntry)
}
