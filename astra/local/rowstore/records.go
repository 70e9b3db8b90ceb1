package rowstore

import (
	"database/sql"
	"encoding/json"
)

// PutRecord stores one of the server's own records as JSON.
func (s *Store) PutRecord(kind, id string, body any) error {
	raw, err := json.Marshal(body)
	if err != nil {
		return err
	}
	return s.Write(func(tx *Tx) error {
		return tx.exec("INSERT OR REPLACE INTO records VALUES (?, ?, ?)", kind, id, string(raw))
	})
}

// DeleteRecord removes a record.
func (s *Store) DeleteRecord(kind, id string) error {
	return s.Write(func(tx *Tx) error { return tx.exec("DELETE FROM records WHERE kind = ? AND id = ?", kind, id) })
}

// Records visits all records of a kind by id.
func (s *Store) Records(kind string, visit func(id string, body []byte) error) error {
	return s.each("SELECT id, body FROM records WHERE kind = ? ORDER BY id", func(rows *sql.Rows) error {
		var id string
		var body []byte
		if err := rows.Scan(&id, &body); err != nil {
			return err
		}
		return visit(id, body)
	}, kind)
}
