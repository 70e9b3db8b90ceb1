package rowstore

import (
	"context"
	"database/sql"
)

// maxBatch bounds how many writes share one sync.
const maxBatch = 128

type job struct {
	run  func(*Tx) error
	done chan error
}

// Tx is a write transaction; it lives as long as the function it is given to.
type Tx struct {
	conn    *sql.Conn
	stmts   map[string]*sql.Stmt
	vectors *vectors
	// changes are what the transaction changes in vector indexes, loading the
	// indexes among them that it loads.
	changes []vectorChange
	loading map[int]bool
}

// Write runs the function in the writer's transaction and returns once its
// changes are on disk. The function may run twice, so it must not change
// anything but the transaction, or must set it again each time.
func (s *Store) Write(run func(*Tx) error) error {
	j := &job{run: run, done: make(chan error, 1)}
	s.queue <- j
	return <-j.done
}

func (s *Store) writer() {
	defer close(s.done)
	conn, err := s.write.Conn(context.Background())
	if err != nil {
		s.refuse(err)
		return
	}
	defer conn.Close()
	tx := &Tx{conn: conn, stmts: map[string]*sql.Stmt{}, vectors: &s.vectors}
	for j := range s.queue {
		batch := []*job{j}
		for len(batch) < maxBatch && len(s.queue) > 0 {
			if next, ok := <-s.queue; ok {
				batch = append(batch, next)
			}
		}
		tx.commitAll(batch)
	}
	tx.forget()
}

func (s *Store) refuse(err error) {
	for j := range s.queue {
		j.done <- err
	}
}

// commitAll commits the batch as one; if any write fails, each is tried alone
// so that one bad write harms no other.
func (tx *Tx) commitAll(batch []*job) {
	err := tx.commit(batch)
	if err != nil && len(batch) > 1 {
		for _, j := range batch {
			j.done <- tx.commit([]*job{j})
		}
		return
	}
	for _, j := range batch {
		j.done <- err
	}
}

func (tx *Tx) commit(batch []*job) error {
	ctx := context.Background()
	tx.changes, tx.loading = nil, map[int]bool{}
	if _, err := tx.conn.ExecContext(ctx, "BEGIN IMMEDIATE"); err != nil {
		return err
	}
	for _, j := range batch {
		if err := j.run(tx); err != nil {
			_, _ = tx.conn.ExecContext(ctx, "ROLLBACK")
			return err
		}
	}
	_, err := tx.conn.ExecContext(ctx, "COMMIT")
	if err != nil {
		_, _ = tx.conn.ExecContext(ctx, "ROLLBACK")
		return err
	}
	tx.vectors.apply(tx.changes)
	return nil
}

func (tx *Tx) forget() {
	for q, s := range tx.stmts {
		_ = s.Close()
		delete(tx.stmts, q)
	}
}

func (tx *Tx) stmt(query string) (*sql.Stmt, error) {
	if s, ok := tx.stmts[query]; ok {
		return s, nil
	}
	s, err := tx.conn.PrepareContext(context.Background(), query)
	if err == nil {
		tx.stmts[query] = s
	}
	return s, err
}

func (tx *Tx) exec(query string, args ...any) error {
	s, err := tx.stmt(query)
	if err != nil {
		return err
	}
	_, err = s.Exec(args...)
	return err
}

// ddl runs a statement that changes tables; no prepared statement may outlive it.
func (tx *Tx) ddl(query string) error {
	tx.forget()
	_, err := tx.conn.ExecContext(context.Background(), query)
	return err
}
