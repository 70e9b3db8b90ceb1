package rowstore

import (
	"database/sql"
	"errors"
	"maps"

	"github.com/killrvideo/killrvideo-go/astra/local/schema"
	"github.com/killrvideo/killrvideo-go/astra/local/value"
)

func (tx *Tx) get(t *schema.Table, key []byte) (Row, bool, bool, error) {
	stmt, err := tx.stmt("SELECT v FROM " + rowsTable(t) + " WHERE k = ?")
	if err != nil {
		return nil, false, false, err
	}
	var v []byte
	err = stmt.QueryRow(key).Scan(&v)
	if errors.Is(err, sql.ErrNoRows) {
		return Row{}, false, false, nil
	}
	if err != nil {
		return nil, false, false, err
	}
	row, insert, err := decodeRow(t, v, nil)
	return row, insert, err == nil, err
}

// Insert overwrites the named columns, as CQL INSERT does: a
// nil value deletes the column's value, and the row stays even without values.
func (tx *Tx) Insert(t *schema.Table, row Row) error {
	return tx.merge(t, Key(t, row), func(old Row) error {
		maps.Copy(old, row)
		return nil
	}, true)
}

// Update changes the row of a key as CQL UPDATE does: a missing
// row is created, and a row that only updates created is removed with its last
// value.
func (tx *Tx) Update(t *schema.Table, key Row, change func(Row) error) error {
	return tx.merge(t, Key(t, key), func(old Row) error {
		maps.Copy(old, key)
		return change(old)
	}, false)
}

func (tx *Tx) merge(t *schema.Table, key []byte, change func(Row) error, insert bool) error {
	old, wasInsert, found, err := tx.get(t, key)
	if err != nil {
		return err
	}
	next := maps.Clone(old)
	if err := change(next); err != nil {
		return err
	}
	if found {
		if err := tx.index(t, key, old, false); err != nil {
			return err
		}
	}
	if !insert && !wasInsert && !hasValues(t, next) {
		return tx.exec("DELETE FROM "+rowsTable(t)+" WHERE k = ?", key)
	}
	return tx.put(t, key, next, insert || wasInsert)
}

func hasValues(t *schema.Table, row Row) bool {
	for name, v := range row {
		if !t.IsKey(name) && !value.Empty(v) {
			return true
		}
	}
	return false
}

// DeleteSpan removes the rows of a span.
func (tx *Tx) DeleteSpan(t *schema.Table, span Span) error {
	where, args := span.where()
	if len(t.Indexes) > 0 {
		err := tx.each(t, "SELECT k, v FROM "+rowsTable(t)+where, args, func(key []byte, row Row, _ bool) error {
			return tx.index(t, key, row, false)
		})
		if err != nil {
			return err
		}
	}
	return tx.exec("DELETE FROM "+rowsTable(t)+where, args...)
}

// each reads all rows before it visits them, because the visit may write.
func (tx *Tx) each(t *schema.Table, q string, args []any, visit func(key []byte, row Row, insert bool) error) error {
	type pair struct{ k, v []byte }
	stmt, err := tx.stmt(q)
	if err != nil {
		return err
	}
	rows, err := stmt.Query(args...)
	if err != nil {
		return err
	}
	var pairs []pair
	for rows.Next() {
		var p pair
		if err := rows.Scan(&p.k, &p.v); err != nil {
			return errors.Join(err, rows.Close())
		}
		pairs = append(pairs, p)
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil {
		return err
	}
	for _, p := range pairs {
		row, insert, err := decodeRow(t, p.v, nil)
		if err != nil {
			return err
		}
		if err := visit(p.k, row, insert); err != nil {
			return err
		}
	}
	return nil
}

// Row reads a row within the transaction.
func (tx *Tx) Row(t *schema.Table, key []byte) (Row, bool, error) {
	row, _, found, err := tx.get(t, key)
	return row, found, err
}

// Put replaces a whole row.
func (tx *Tx) Put(t *schema.Table, row Row) error {
	key := Key(t, row)
	if len(t.Indexes) > 0 {
		old, _, found, err := tx.get(t, key)
		if err == nil && found {
			err = tx.index(t, key, old, false)
		}
		if err != nil {
			return err
		}
	}
	return tx.put(t, key, row, true)
}

// put writes a row, which has no index entries, and then those.
func (tx *Tx) put(t *schema.Table, key []byte, row Row, insert bool) error {
	if err := tx.exec("INSERT OR REPLACE INTO "+rowsTable(t)+" (k, v) VALUES (?, ?)", key, encodeRow(t, row, insert)); err != nil {
		return err
	}
	return tx.index(t, key, row, true)
}
