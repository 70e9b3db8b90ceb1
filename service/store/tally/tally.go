// Package tally counts without counter columns, conditional writes or
// transactions, none of which the Data API has for tables.
//
// A tally row holds what was counted for one list on one UTC day. Its column
// counts is a map with an entry for each process that counted, a running total
// that only this process writes. Entries of a map are independent cells, so no
// process overwrites another's, and a write may be repeated. The total of a list
// is the sum of the entries of its tally rows: one row a day, however many
// processes count.
//
// Tally rows are in tables with the key (list text | id uuid DESC), beside the
// items of the list if it has any. Cassandra orders UUIDs by version first: tally
// rows are version 8, items version 7 (newest first) or 4, so that one read from
// the top of a partition gives the total and the newest items together.
//
// The row of a day is final half a day after its end. Fold then replaces the rows
// of past days by one base row, so that lists do not grow with days either.
//
// What is counted, and which lists there are, is unknown here.
package tally

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"slices"
	"strings"
	"sync"
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

// Delta changes what a list counts. Bucket divides a list whose parts are
// counted separately; it is "" for others.
type Delta struct {
	List, Bucket string
	Numbers
}

// Totals are what a list counts: its buckets by name, each once. Most lists have
// one bucket, and a page reads a dozen of them.
type Totals []Bucket

// Bucket is what one bucket of a list counts.
type Bucket struct {
	Name string
	Numbers
}

// Of is the total of one bucket.
func (t Totals) Of(name string) Numbers {
	if i, found := t.find(name); found {
		return t[i].Numbers
	}
	return Numbers{}
}

// Sum is the total over all buckets.
func (t Totals) Sum() Numbers {
	var sum Numbers
	for _, b := range t {
		sum = sum.Plus(b.Numbers)
	}
	return sum
}

func (t Totals) find(name string) (int, bool) {
	return slices.BinarySearchFunc(t, name, func(b Bucket, name string) int { return strings.Compare(b.Name, name) })
}

// of gives the numbers of a bucket to change, which it adds if there is none.
func (t *Totals) of(name string) *Numbers {
	i, found := t.find(name)
	if !found {
		*t = slices.Insert(*t, i, Bucket{Name: name})
	}
	return &(*t)[i].Numbers
}

func (t *Totals) add(more Totals) {
	if *t == nil {
		*t = slices.Clone(more)
		return
	}
	for _, b := range more {
		n := t.of(b.Name)
		*n = n.Plus(b.Numbers)
	}
}

// Config configures a Table.
type Config struct {
	// Table gives the handle of the table for a request.
	Table func(context.Context) *dataapi.Table
	Now   func() time.Time
	// Patience bounds one write.
	Patience time.Duration
	// Crowded, if set, is told of lists that Fold would shorten. It must not
	// block.
	Crowded func(list string)
	// Drifted, if set, is told of lists whose end was read and disagrees with their
	// total. It must not block.
	Drifted func(list string)
}

// Table counts in one table. One lives as long as the process.
type Table struct {
	config Config
	writer string

	mu       sync.Mutex
	day      int
	accounts map[accountKey]*account
}

// New makes a Table that writes entries of its own.
func New(config Config) *Table {
	var name [8]byte
	_, _ = rand.Read(name[:]) // never fails
	return &Table{
		config: config, writer: base64.RawURLEncoding.EncodeToString(name[:]), accounts: map[accountKey]*account{},
	}
}

// An id of a tally row holds its day, and whether it is a base, which Fold
// wrote:
//
//	1 bit | day 23 bits | kind 1 byte | ... | version 8 | ... | variant
//
// In rows of earlier releases the first bit is 0, and there is a row for each
// bucket and process, see [row].
const (
	kindDay  = 0x00
	kindBase = 0xff
	newRow   = 0x80
)

// MinID sorts before every tally row and after every other one.
var MinID = uuid.UUID{6: 0x80, 8: 0x80}

func rowID(day int, kind byte) uuid.UUID {
	return uuid.UUID{0: byte(day>>16) | newRow, 1: byte(day >> 8), 2: byte(day), 3: kind, 6: 0x80, 8: 0x80}
}

// IsTally reports whether a row of this id is a tally row and no item.
func IsTally(id uuid.UUID) bool { return id[6]>>4 == 8 }

func dayOf(id uuid.UUID) int    { return int(id[0]&^newRow)<<16 | int(id[1])<<8 | int(id[2]) }
func dayNumber(t time.Time) int { return int(t.Unix() / (24 * 60 * 60)) }

// ItemID is the id of an item in lists, of its time and its own id: version 7,
// so that lists are in the order of time.
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

// TimeOf is the time in the id of an item.
func TimeOf(item uuid.UUID) time.Time {
	var ms int64
	for _, b := range item[:6] {
		ms = ms<<8 | int64(b)
	}
	return time.UnixMilli(ms).UTC()
}

// PlainID is an id that sorts below all items, for rows that are read by key.
func PlainID(of uuid.UUID) uuid.UUID {
	of[6] = of[6]&0x0f | 0x40
	of[8] = of[8]&0x3f | 0x80
	return of
}
