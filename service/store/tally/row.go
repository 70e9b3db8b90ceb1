package tally

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
)

// row is a tally row as it is read. Bucket and Numbers are of rows that earlier
// releases wrote: one a list, bucket, process and day, and one base a bucket.
type row struct {
	List     string     `json:"list"`
	ID       uuid.UUID  `json:"id"`
	Counts   counts     `json:"counts"`
	FoldedAt *time.Time `json:"folded_at"`

	Bucket string `json:"bucket"`
	Numbers
}

// place is as much of a row as says where it is.
type place struct {
	ID uuid.UUID `json:"id"`
}

func (r *row) isNew() bool  { return r.ID[0]&newRow != 0 }
func (r *row) isBase() bool { return r.ID[3] == kindBase }

// totals are what a row counts.
func (r *row) totals() Totals {
	if r.isNew() {
		return Totals(r.Counts)
	}
	return Totals{{r.Bucket, r.Numbers}}
}

// bases are the days of the last base of a list, and of the last one of earlier
// releases for each bucket.
type bases struct {
	last int
	old  map[string]int
}

func lastBases(rows []row) (b bases) {
	for i := range rows {
		switch r := &rows[i]; {
		case !r.isBase():
		case r.isNew():
			b.last = max(b.last, dayOf(r.ID))
		default:
			if b.old == nil {
				b.old = map[string]int{}
			}
			b.old[r.Bucket] = max(b.old[r.Bucket], dayOf(r.ID))
		}
	}
	return b
}

// include reports whether a base stands for the row, which then does not count.
func (b bases) include(r *row) bool {
	day := dayOf(r.ID)
	switch {
	case r.isNew() && r.isBase():
		return day != b.last
	case day <= b.last:
		return true
	}
	return !r.isNew() && day <= b.old[r.Bucket] && !(r.isBase() && day == b.old[r.Bucket])
}

// sum adds up the rows of one list.
func sum(rows []row) Totals {
	bases := lastBases(rows)
	var totals Totals
	for i := range rows {
		if !bases.include(&rows[i]) {
			totals.add(rows[i].totals())
		}
	}
	return totals
}

// cell is the part of a map's key that says what the entry counts. The key is
// the kind, the bucket, a colon and the process; that of a base has no process.
type cell struct {
	kind   byte
	bucket string
}

func (c cell) key(writer string) string { return string(c.kind) + c.bucket + ":" + writer }

// kinds are those of cells, in the order of Numbers.
const kinds = "ivrs"

func (n *Numbers) of(kind byte) *int64 {
	switch kind {
	case 'i':
		return &n.Items
	case 'v':
		return &n.Views
	case 'r':
		return &n.Ratings
	case 's':
		return &n.Stars
	}
	return nil
}

// entries are the cells that hold totals, for a row that Fold writes.
func (t Totals) entries() map[string]int64 {
	entries := map[string]int64{}
	for _, b := range t {
		for _, kind := range []byte(kinds) {
			if value := *b.of(kind); value != 0 {
				entries[cell{kind, b.Name}.key("")] = value
			}
		}
	}
	return entries
}

// counts are the sums of a row's entries by bucket. There may be an entry of
// every process that counted that day, and a page reads some twenty such rows:
// so they are added while they are read, without a map of all of them.
type counts Totals

var _ json.Unmarshaler = (*counts)(nil)

// UnmarshalJSON implements json.Unmarshaler.
func (c *counts) UnmarshalJSON(text []byte) error {
	*c = nil
	if c.scan(text) {
		return nil
	}
	*c = nil
	var entries map[string]int64
	if err := json.Unmarshal(text, &entries); err != nil {
		return err
	}
	for key, value := range entries {
		if !c.add([]byte(key), value) {
			return fmt.Errorf("the entry %q of a tally row has no kind or no process", key)
		}
	}
	return nil
}

func (c *counts) add(key []byte, value int64) bool {
	colon := bytes.LastIndexByte(key, ':')
	if colon < 1 || strings.IndexByte(kinds, key[0]) < 0 {
		return false
	}
	*(*Totals)(c).of(string(key[1:colon])).of(key[0]) += value
	return true
}

// scan adds the members of an object of integers without space or escapes, as
// the Data API writes it. It reports false for any other text.
func (c *counts) scan(text []byte) bool {
	text, ok := bytes.CutPrefix(text, []byte{'{'})
	for ok && len(text) > 1 {
		end := bytes.IndexByte(text[1:], '"') + 1
		if text[0] != '"' || end < 1 || bytes.IndexByte(text[:end], '\\') >= 0 || !bytes.HasPrefix(text[end+1:], []byte{':'}) {
			return false
		}
		key, rest := text[1:end], text[end+2:]
		n := bytes.IndexAny(rest, ",}")
		if n < 0 {
			return false
		}
		value, err := strconv.ParseInt(string(rest[:n]), 10, 64)
		if err != nil || !c.add(key, value) {
			return false
		}
		text = rest[n:]
		if text[0] == ',' {
			text = text[1:]
		}
	}
	return ok && string(text) == "}"
}
