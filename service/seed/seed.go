// Package seed makes up the sample data that a laptop shows: people of every
// role, videos, comments, ratings, views of the last 30 days and a few flags.
// The same size and day give the same data to the last letter. It may know the
// domain, but not how anything is stored; package seed/load puts it in.
package seed

import (
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"iter"
	"math/rand/v2"
	"time"

	"github.com/google/uuid"

	"github.com/killrvideo/killrvideo-go/service/killrvideo"
)

// Size is how much data there is.
type Size struct {
	Name          string
	Users, Videos int
}

// Sizes lists the sizes, smallest first.
func Sizes() []Size {
	return []Size{{"small", 60, 500}, {"medium", 1_000, 10_000}, {"large", 5_000, 100_000}}
}

// SizeNamed finds a size by its name.
func SizeNamed(name string) (Size, error) {
	for _, size := range Sizes() {
		if size.Name == name {
			return size, nil
		}
	}
	return Size{}, fmt.Errorf("%q is no size of the sample data; choose small, medium or large", name)
}

// History is how far back videos were submitted, Window how far back views
// are counted a day at a time.
const (
	History = 365 * 24 * time.Hour
	Window  = 30
)

// Set is one data set. It holds nothing but what it is made from: people and
// videos are made as they are read.
type Set struct {
	size Size
	now  time.Time
}

// New is the data set of that size as seen on the day of now.
func New(size Size, now time.Time) *Set {
	return &Set{size: size, now: now.UTC().Truncate(24 * time.Hour)}
}

// Size is how many there are of each.
func (s *Set) Size() Size { return s.size }

// Clip is a video with what people did with it.
type Clip struct {
	killrvideo.Video
	Comments []Comment
	Ratings  []Rating
	// Views are those of each day of the Window, today first; Earlier is the
	// number before them.
	Views   []int
	Earlier int
	// Flag is nil for most.
	Flag *Flag
}

// Comment is by one of the People, as Rating and Flag are.
type Comment struct {
	ID   uuid.UUID // version 7, of the time it was written
	User killrvideo.User
	At   time.Time
	Text string
	// Sentiment is -1 to 1, nil where it is unknown.
	Sentiment *float64
}

// Rating is 1 to 5.
type Rating struct {
	User  killrvideo.User
	At    time.Time
	Value int
}

// Flag reports the video to the moderators.
type Flag struct {
	ID     uuid.UUID // version 7
	User   killrvideo.User
	At     time.Time
	Reason string
	Text   string
}

// Clips makes all videos, oldest first.
func (s *Set) Clips() iter.Seq[Clip] {
	return func(yield func(Clip) bool) {
		for i := range s.size.Videos {
			if !yield(s.Clip(i)) {
				return
			}
		}
	}
}

// People makes all accounts; the first ones are the Known.
func (s *Set) People() iter.Seq[killrvideo.User] {
	return func(yield func(killrvideo.User) bool) {
		for i := range s.size.Users {
			if !yield(s.Person(i)) {
				return
			}
		}
	}
}

// source is the dice of one thing, the same in every run.
func source(kind string, i int) *rand.Rand {
	h := fnv.New64a()
	h.Write([]byte(kind))
	return rand.New(rand.NewPCG(h.Sum64(), uint64(i)*0x9E3779B97F4A7C15+1)) //nolint:gosec // the same dice every time
}

// id is a random (version 4) UUID from the dice.
func id(r *rand.Rand) uuid.UUID { return marked(bits(r), 4) }

// idAt is a UUID of version 7: it sorts by its time.
func idAt(r *rand.Rand, at time.Time) uuid.UUID {
	raw := bits(r)
	var ms [8]byte
	binary.BigEndian.PutUint64(ms[:], uint64(at.UnixMilli()))
	copy(raw[:6], ms[2:])
	return marked(raw, 7)
}

func bits(r *rand.Rand) (raw uuid.UUID) {
	binary.BigEndian.PutUint64(raw[:8], r.Uint64())
	binary.BigEndian.PutUint64(raw[8:], r.Uint64())
	return raw
}

func marked(raw uuid.UUID, version byte) uuid.UUID {
	raw[6] = raw[6]&0x0f | version<<4
	raw[8] = raw[8]&0x3f | 0x80
	return raw
}

func pick[T any](r *rand.Rand, from []T) T { return from[r.IntN(len(from))] }
