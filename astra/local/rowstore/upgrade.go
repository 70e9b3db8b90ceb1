package rowstore

import (
	"fmt"
	"strings"

	"github.com/killrvideo/killrvideo-go/astra/local/schema"
	"github.com/killrvideo/killrvideo-go/astra/local/value"
)

// layout is the version of the keys of rows and of the indexes in the file. A
// file of an earlier one is rewritten when it is opened.
const layout = 2

// upgrade rewrites the tables of an earlier layout. An interrupted one begins
// again at the next start.
func (s *Store) upgrade() error {
	var found int
	if err := s.read.QueryRow("PRAGMA user_version").Scan(&found); err != nil || found == layout {
		return err
	}
	if found > layout {
		return fmt.Errorf("it has layout %d, this release reads up to %d: use the later release that wrote it", found, layout)
	}
	for _, ks := range s.Keyspaces() {
		for _, t := range s.Tables(ks) {
			if err := s.rewrite(t); err != nil {
				return err
			}
		}
	}
	return s.Write(func(tx *Tx) error { return tx.ddl(fmt.Sprintf("PRAGMA user_version = %d", layout)) })
}

// rewrite stores the rows of a table again, with all of its indexes. Documents
// whose '_id' is a UUID or an ObjectId had keys of their own; now they have those
// of the texts.
func (s *Store) rewrite(t *schema.Table) error {
	next := t.Clone()
	for n, i := range next.Indexes {
		next.Indexes[n] = completed(next, i)
	}
	next.Indexes = append(next.Indexes, next.MissingIndexes()...)
	return s.define(next, func(tx *Tx) error {
		type storedRow struct {
			row    Row
			insert bool
		}
		var rows []storedRow
		err := tx.each(t, "SELECT k, v FROM "+rowsTable(t), nil, func(_ []byte, row Row, insert bool) error {
			if key, _ := row[schema.DocumentKey].(string); t.Collection != nil && strings.ContainsAny(key[:min(1, len(key))], "uo") {
				row[schema.DocumentKey] = "s" + strings.Trim(key[1:], `"`)
			}
			rows = append(rows, storedRow{row, insert})
			return nil
		})
		if err != nil {
			return err
		}
		if err := tx.dropIndexes(t.Indexes...); err != nil {
			return err
		}
		if err := tx.makeIndexes(next.Indexes); err != nil {
			return err
		}
		if err := tx.exec("DELETE FROM " + rowsTable(t)); err != nil {
			return err
		}
		for _, r := range rows {
			if err := tx.put(next, Key(next, r.row), r.row, r.insert); err != nil {
				return err
			}
		}
		return nil
	})
}

// completed names what an index of a collection column is on; an earlier layout
// left that out.
func completed(t *schema.Table, i schema.Index) schema.Index {
	c, _ := t.Column(i.Column)
	if i.Kind != schema.Regular || i.Function != "" || !c.Type.Kind.Collection() {
		return i
	}
	i.Function = schema.Values
	if c.Type.Kind == value.Map {
		i.Function = schema.Entries
	}
	i.Options = map[string]any{}
	return i
}
