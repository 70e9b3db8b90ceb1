// Package load puts a sample data set into a keyspace, through the same
// repositories that the service uses, so that every list and total is right.
// It is for laptops; nothing of the service may import it.
package load

import (
	"context"
	"fmt"
	"sync"

	"github.com/killrvideo/killrvideo-go/service/embed"
	"github.com/killrvideo/killrvideo-go/service/killrvideo"
	"github.com/killrvideo/killrvideo-go/service/seed"
	"github.com/killrvideo/killrvideo-go/service/store"
)

// Data is what is loaded: a made-up [seed.Set], or what the official files
// hold. Numbers run from 0 to those of Size.
type Data interface {
	Size() seed.Size
	Person(i int) killrvideo.User
	// Locked reports whether account i may not log in.
	Locked(i int) bool
	Clip(i int) seed.Clip
}

// workers is how many requests are under way at a time.
const workers = 8

// Loaded is what was put in; what was there already is not counted.
type Loaded struct{ Users, Videos int }

// All loads the set and calls progress after each person and each video. It
// leaves alone what is there, so that it can be run again after a failure. The
// hash is that of [seed.Password].
func All(ctx context.Context, to *store.Store, set Data, hash string, progress func()) (Loaded, error) {
	users, err := each(ctx, set.Size().Users, func(ctx context.Context, i int) (bool, error) {
		defer progress()
		return person(ctx, to, set.Person(i), hash, set.Locked(i))
	})
	if err != nil {
		return Loaded{Users: users}, fmt.Errorf("load the people: %w", err)
	}
	videos, err := each(ctx, set.Size().Videos, func(ctx context.Context, i int) (bool, error) {
		defer progress()
		return clip(ctx, to, set.Clip(i))
	})
	if err != nil {
		err = fmt.Errorf("load the videos: %w", err)
	}
	return Loaded{users, videos}, err
}

func person(ctx context.Context, to *store.Store, user killrvideo.User, hash string, locked bool) (bool, error) {
	err := to.Accounts.LoadAccount(ctx, user, hash, locked)
	if killrvideo.ErrorCode(err) != killrvideo.ECONFLICT {
		return err == nil, err
	}
	if _, err = to.Accounts.User(ctx, user.ID); killrvideo.ErrorCode(err) == killrvideo.ENOTFOUND {
		return false, fmt.Errorf("%s is the e-mail of another account; load into an empty database: %w", user.Email, err)
	}
	return false, err
}

func clip(ctx context.Context, to *store.Store, c seed.Clip) (bool, error) {
	_, err := to.Videos.Video(ctx, c.ID)
	if killrvideo.ErrorCode(err) != killrvideo.ENOTFOUND {
		return false, err
	}
	if err = to.Videos.CreateVideo(ctx, c.Video); err != nil {
		return false, err
	}
	vector := embed.ByAstra(c.EmbeddedText())
	if err := to.Search.Index(ctx, c.Video, nil, &vector); err != nil {
		return false, err
	}
	if c.Flag != nil {
		if err := to.Flags.AddFlag(ctx, flagOf(c)); err != nil {
			return false, err
		}
	}
	return true, to.LoadHistory(ctx, history(c))
}

func flagOf(c seed.Clip) killrvideo.Flag {
	f := c.Flag
	return killrvideo.Flag{
		ID: f.ID, ContentType: killrvideo.ContentVideo, ContentID: c.ID, ReasonCode: f.Reason, ReasonText: f.Text,
		UserID: f.User.ID, CreatedAt: f.At, UpdatedAt: f.At, Status: killrvideo.FlagOpen,
	}
}

func history(c seed.Clip) store.History {
	h := store.History{Video: c.ID, Daily: c.Views, Earlier: c.Earlier}
	for _, r := range c.Ratings {
		h.Ratings = append(h.Ratings, killrvideo.Rating{
			VideoID: c.ID, UserID: r.User.ID, Stars: r.Value, CreatedAt: r.At, UpdatedAt: r.At,
		})
	}
	for _, m := range c.Comments {
		h.Comments = append(h.Comments, killrvideo.Comment{
			ID: m.ID, VideoID: c.ID, UserID: m.User.ID, Text: m.Text, Sentiment: m.Sentiment, CreatedAt: m.At,
		})
	}
	return h
}

// each calls do for 0 to n-1, several at a time, until one fails or ctx ends.
// Those under way then are finished: half a video would never be completed. It
// gives the number of calls that changed something.
func each(ctx context.Context, n int, do func(context.Context, int) (bool, error)) (int, error) {
	whole := context.WithoutCancel(ctx)
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	var (
		all     sync.WaitGroup
		mu      sync.Mutex
		changed int
		next    = make(chan int)
	)
	for range workers {
		all.Go(func() {
			for i := range next {
				did, err := do(whole, i)
				if err != nil {
					stop(err)
				}
				if did {
					mu.Lock()
					changed++
					mu.Unlock()
				}
			}
		})
	}
	for i := range n {
		select {
		case next <- i:
			continue
		case <-ctx.Done():
		}
		break
	}
	close(next)
	all.Wait()
	return changed, context.Cause(ctx)
}
