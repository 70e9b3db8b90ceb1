package rowstore

import (
	"context"
	"database/sql"
	"sync"

	"github.com/killrvideo/killrvideo-go/astra/local/schema"
	"github.com/killrvideo/killrvideo-go/astra/local/vectorindex"
)

// exactBelow is up to how many vectors a search compares all of them.
const exactBelow = 2000

// vectors are the vector indexes that have been searched, by the id of the
// schema's index. They live in memory: the writer reads all rows when an index
// is searched for the first time, and from then on applies what it commits
// before it acknowledges it.
type vectors struct {
	mu      sync.RWMutex
	indexes map[int]*vectorindex.Index
}

func (v *vectors) get(id int) *vectorindex.Index {
	v.mu.RLock()
	defer v.mu.RUnlock()
	return v.indexes[id]
}

func (v *vectors) drop(indexes ...schema.Index) {
	v.mu.Lock()
	defer v.mu.Unlock()
	for _, i := range indexes {
		delete(v.indexes, i.ID)
	}
}

// vectorChange is what a transaction changes in an index once it is committed:
// the whole index if loaded is set, else the vector of a key, none if it is nil.
type vectorChange struct {
	id     int
	loaded *vectorindex.Index
	key    string
	vector []float32
}

func (v *vectors) apply(changes []vectorChange) {
	for _, c := range changes {
		switch x := v.get(c.id); {
		case c.loaded != nil:
			v.mu.Lock()
			v.indexes[c.id] = c.loaded
			v.mu.Unlock()
		case x == nil: // not searched yet
		case c.vector == nil:
			x.Delete(c.key)
		default:
			x.Set(c.key, c.vector)
		}
	}
}

// vectorChanged notes the vector that a row has from now on, nil for none.
func (tx *Tx) vectorChanged(i schema.Index, key []byte, vector any) {
	if tx.vectors.get(i.ID) == nil && !tx.loading[i.ID] {
		return
	}
	v, _ := vector.([]float32)
	tx.changes = append(tx.changes, vectorChange{id: i.ID, key: string(key), vector: v})
}

// NearestKeys returns the keys of rows that may be the limit most similar ones to
// the query, more of them than are wanted; the caller compares them. It is
// not ok for so few vectors that all can be compared.
func (s *Store) NearestKeys(t *schema.Table, i schema.Index, metric string, query []float32,
	limit int) (keys [][]byte, ok bool, err error) {
	x := s.vectors.get(i.ID)
	if x == nil {
		if x, err = s.loadVectors(t, i, metric); err != nil {
			return nil, false, err
		}
	}
	if x.Len() <= exactBelow {
		return nil, false, nil
	}
	for _, key := range x.Search(query, limit) {
		keys = append(keys, []byte(key))
	}
	return keys, true, nil
}

// loadVectors reads all vectors of a column in the writer, so that it
// misses no concurrent write.
func (s *Store) loadVectors(t *schema.Table, i schema.Index, metric string) (x *vectorindex.Index, err error) {
	column, _ := t.Column(i.Column)
	err = s.Write(func(tx *Tx) error {
		if x = s.vectors.get(i.ID); x != nil { // another search was first
			return nil
		}
		x = vectorindex.New(column.Type.Dimension, vectorindex.Metric(metric))
		tx.loading[i.ID] = true
		tx.changes = append(tx.changes, vectorChange{id: i.ID, loaded: x})
		return tx.eachVector(t, i.Column, func(key string, vector []float32) { x.Set(key, vector) })
	})
	return x, err
}

func (tx *Tx) eachVector(t *schema.Table, column string, visit func(key string, vector []float32)) error {
	query := "SELECT k, v FROM " + rowsTable(t) //nolint:gosec // a number of our own
	rows, err := tx.conn.QueryContext(context.Background(), query)
	if err != nil {
		return err
	}
	defer rows.Close()
	var vector []float32
	for rows.Next() {
		var k, v sql.RawBytes
		if err := rows.Scan(&k, &v); err != nil {
			return err
		}
		if vector, err = (Stored{t, v}).Vector(column, vector); err != nil {
			return err
		}
		if len(vector) > 0 {
			visit(string(k), vector)
		}
	}
	return rows.Err()
}
