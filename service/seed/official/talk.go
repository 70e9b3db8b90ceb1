package official

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/google/uuid"

	"github.com/killrvideo/killrvideo-go/service/killrvideo"
	"github.com/killrvideo/killrvideo-go/service/seed"
)

// pair is a video and a user that both were read.
func (r *reader) pair(at *row, what string) (clip *seed.Clip, user killrvideo.User, ok bool) {
	video, known := r.clips[at.id("videoid")]
	person, there := r.users[at.id("userid")]
	switch {
	case at.err != nil:
		return nil, user, false
	case !known:
		r.leave(*at, what+" on no video that was read")
		return nil, user, false
	case !there:
		r.leave(*at, what+" by users who are not in "+usersFile)
		return nil, user, false
	}
	return &r.data.clips[video], r.data.people[person], true
}

func (r *reader) readRatings() error {
	type key struct{ video, user uuid.UUID }
	seen := map[key]bool{}
	return r.each(ratingsFile, []string{"videoid", "userid", "rating", "rating_date"}, func(at row) error {
		stars, on := at.number("rating", killrvideo.MinStars, killrvideo.MaxStars), at.date("rating_date")
		clip, user, ok := r.pair(&at, "ratings")
		if !ok {
			return at.err
		}
		rated := key{clip.ID, user.ID}
		if seen[rated] {
			return fmt.Errorf("%s: user %s rates video %s a second time; remove one of the lines", at.place(), user.ID, clip.ID)
		}
		seen[rated] = true
		clip.Ratings = append(clip.Ratings, seed.Rating{User: user, At: on, Value: stars})
		return nil
	})
}

func (r *reader) readComments() error {
	seen := map[uuid.UUID]bool{}
	return r.each(commentsFile, []string{"videoid", "commentid", "comment", "userid", "sentiment_score"}, func(at row) error {
		comment := commentOf(&at)
		clip, user, ok := r.pair(&at, "comments")
		if !ok {
			return at.err
		}
		if seen[comment.ID] {
			return fmt.Errorf("%s: comment %s is there a second time; remove one of the lines", at.place(), at.text("commentid"))
		}
		seen[comment.ID] = true
		comment.User = user
		clip.Comments = append(clip.Comments, comment)
		return nil
	})
}

func commentOf(at *row) seed.Comment {
	id := at.id("commentid")
	if at.err == nil && id.Version() != 1 {
		at.wrong("commentid", "a UUID of version 1")
	}
	comment := seed.Comment{ID: inOrder(id), At: time.Unix(id.Time().UnixTime()).UTC().Truncate(time.Millisecond), Text: at.text("comment")}
	if comment.Text == "" {
		at.wrong("comment", "a text")
	}
	if text := at.text("sentiment_score"); text != "" {
		mood, err := strconv.ParseFloat(text, 64)
		if err != nil || !(mood >= -1 && mood <= 1) {
			at.wrong("sentiment_score", "a number from -1 to 1")
		}
		comment.Sentiment = &mood
	}
	return comment
}

// inOrder makes of an id of version 1 one of version 7, the kind that lists of
// this service are in the order of. Of the time it keeps all, to the 100
// nanoseconds: the comments of the official files are written within a few
// milliseconds. The rest is a digest, so that the same id comes out every time.
func inOrder(v1 uuid.UUID) uuid.UUID {
	seconds, nanos := v1.Time().UnixTime()
	ticks := seconds*1e7 + nanos/100
	ms, below := uint64(ticks/1e4), uint64(ticks%1e4) // below 10000: 14 bits
	digest := sha256.Sum256(v1[:])
	var id uuid.UUID
	binary.BigEndian.PutUint64(id[:], ms<<16|7<<12|below>>2)
	copy(id[8:], digest[:])
	id[8] = 0x80 | byte(below&3)<<4 | digest[0]&0x0f
	return id
}

// checkTotals holds the ratings to the totals of their videos, if the file is
// there. Those that were read count.
func (r *reader) checkTotals() error {
	if !exists(r.folder, totalsFile) {
		return nil
	}
	var differ []string
	err := r.each(totalsFile, []string{"videoid", "rating_counter", "rating_total"}, func(at row) error {
		id, count, total := at.id("videoid"), at.number("rating_counter", 0, 1<<31-1), at.number("rating_total", 0, 1<<31-1)
		if at.err != nil {
			return at.err
		}
		i, known := r.clips[id]
		if known && !slices.Equal([]int{count, total}, totalOf(r.data.clips[i].Ratings)) {
			differ = append(differ, at.place())
		}
		return nil
	})
	if len(differ) > 0 {
		r.data.notes = append(r.data.notes, fmt.Sprintf("the ratings of %d videos add up to other totals than %s has, first in %s; the "+
			"ratings count",
			len(differ), totalsFile, differ[0]))
	}
	return err
}

func totalOf(ratings []seed.Rating) []int {
	total := 0
	for _, rating := range ratings {
		total += rating.Value
	}
	return []int{len(ratings), total}
}
