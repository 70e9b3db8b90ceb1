// Package tally counts without counter columns, conditional writes or
// transactions, none of which the Data API has for tables.
//
// A tally row is what one process has counted for one list on one UTC day, a
// running total that only that process writes. Nobody overwrites anybody, and
// to write a row again is harmless, so no count is lost or made twice. The
// total of a list is the sum of its tally rows.
//
// They live in tables with the key (list text | id uuid DESC), beside the
// list's items if it has any. Cassandra orders UUIDs by version first: tally
// rows are version 8, items version 7 (newest first) or 4, so one read from
// the top of a partition gives the total and the newest items together.
//
// The rows of a day are final once it is over. Fold then replaces all rows
// before by one, so that lists do not grow with processes and days.
//
// What is counted, and which lists there are, is unknown here.
package tally

import (
	"context"
	"encoding/binary"
	"hash/fnv"
	"time"

	"github.com/google/uuid"

	"github.com/killrvideo/killrvideo-go/astra/dataapi"
)

// Numbers are the things that a list may count.
type Numbers struct {
	Items   int64 `json:"items"`
	Views   int64 `json:"views"`
	Ratings int64 `json:"ratings"`
	Stars   int64 `json:"stars"`
}

// Plus is the sum of both.
func (n Numbers) Plus(m Numbers) Numbers {
	return Numbers{n.Items + m.Items, n.Views + m.Views, n.Ratings + m.Ratings, n.Stars + m.Stars}
}

// Minus is the difference of both.
func (n Numbers) Minus(m Numbers) Numbers {
	return Numbers{n.Items - m.Items, n.Views - m.Views, n.Ratings - m.Ratings, n.Stars - m.Stars}
}

// Delta changes what a list counts. Bucket divides a list that wants to know
// its parts; it is "" for others.
type Delta struct {
	List, Bucket string
	Numbers
}

// Totals are what a list counts, by bucket.
type Totals map[string]Numbers

// Sum is the total over all buckets.
func (t Totals) Sum() Numbers {
	var sum Numbers
	for _, n := range t {
		sum = sum.Plus(n)
	}
	return sum
}

// row is a tally row as it is stored.
type row struct {
	List   string    `json:"list"`
	ID     uuid.UUID `json:"id"`
	Bucket string    `json:"bucket"`
	Numbers
	FoldedAt *time.Time `json:"folded_at,omitempty"`
}

// Config is what a Table works with.
type Config struct {
	// Table gives the handle of the table for a request.
	Table func(context.Context) *dataapi.Table
	Now   func() time.Time
	// Patience bounds one write.
	Patience time.Duration
	// Crowded, if set, is told of lists with so many tally rows that somebody
	// should fold them. It must not wait.
	Crowded func(list string)
	// Shown, if set, is told of lists of which a page was read without their
	// end, so that nobody knows whether their total is right, and with drifted
	// of those whose end was seen and disagrees. It must not wait.
	Shown func(list string, drifted bool)
}

// crowdedRows is how many tally rows a list may have before it is Crowded.
const crowdedRows = 12

// Table counts in one table. One lives as long as the process.
type Table struct {
	config Config
	writer uuid.UUID
	ledger ledger
	commit committer
}

// New makes a Table whose rows are its own.
func New(config Config) *Table {
	t := &Table{config: config, writer: uuid.New()}
	t.ledger.heads = map[head]*Numbers{}
	t.ledger.dirty = map[head]bool{}
	t.commit.write = t.writeBatch
	return t
}

// An id of a tally row holds its day, whether it is a base (what Fold wrote),
// and of whom and of which bucket it is:
//
//	day 3 bytes | kind 1 | bucket 2 | version 8, bucket | variant, writer
const (
	kindHead = 0x00
	kindBase = 0xff
)

// MinID sorts before every tally row and after every other one.
var MinID = uuid.UUID{6: 0x80, 8: 0x80}

func rowID(day int, kind byte, bucket string, writer uuid.UUID) uuid.UUID {
	var id uuid.UUID
	hash := fnv.New32a()
	_, _ = hash.Write([]byte(bucket))
	id[0], id[1], id[2], id[3] = byte(day>>16), byte(day>>8), byte(day), kind
	binary.BigEndian.PutUint32(id[4:], hash.Sum32())
	if kind == kindHead {
		copy(id[8:], writer[8:])
	}
	id[6] = id[6]&0x0f | 0x80
	id[8] = id[8]&0x3f | 0x80
	return id
}

// IsTally reports whether a row of this id is a tally row, no item.
func IsTally(id uuid.UUID) bool { return id[6]>>4 == 8 }

func dayOf(id uuid.UUID) int    { return int(id[0])<<16 | int(id[1])<<8 | int(id[2]) }
func isBase(id uuid.UUID) bool  { return id[3] == kindBase }
func dayNumber(t time.Time) int { return int(t.Unix() / (24 * 60 * 60)) }

// ItemID is the id under which an item of that time and id of its own stands
// in lists: version 7, so that lists are in the order of time.
func ItemID(at time.Time, of uuid.UUID) uuid.UUID {
	id := of
	ms := uint64(max(at.UnixMilli(), 0))
	for i := range 6 {
		id[i] = byte(ms >> (40 - 8*i))
	}
	id[6] = of[6]&0x0f | 0x70
	id[8] = of[8]&0x3f | 0x80
	return id
}

// PlainID is an id that sorts below all items, for rows that are read by key.
func PlainID(of uuid.UUID) uuid.UUID {
	of[6] = of[6]&0x0f | 0x40
	of[8] = of[8]&0x3f | 0x80
	return of
}
