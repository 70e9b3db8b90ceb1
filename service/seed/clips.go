package seed

import (
	"math"
	"math/rand/v2"
	"strconv"
	"strings"
	"time"

	"github.com/killrvideo/killrvideo-go/service/killrvideo"
)

// Clip is the video with number i; a higher number is a later one.
func (s *Set) Clip(i int) Clip {
	r := source("clip", i)
	about := topics[i%len(topics)]
	clip := Clip{Video: s.video(r, i, about)}
	hits := popularity(r)
	hits = max(hits, s.publish(i, &clip.Video))
	clip.Location = "https://www.youtube.com/embed/" + clip.YouTubeID
	clip.ThumbnailURL = "https://i.ytimg.com/vi/" + clip.YouTubeID + "/hqdefault.jpg"
	s.watch(r, &clip, hits)
	s.discuss(r, &clip, hits)
	if r.IntN(40) == 0 {
		by, at := s.someone(r), s.after(r, clip.SubmittedAt)
		clip.Flag = &Flag{ID: idAt(r, at), User: by, At: at, Reason: pick(r, reasons), Text: "Please have a look at this one."}
	}
	return clip
}

func (s *Set) video(r *rand.Rand, i int, about topic) killrvideo.Video {
	video := killrvideo.Video{LocationType: killrvideo.LocationYouTube, YouTubeID: pick(r, published).id, Language: "en"}
	video.ID, video.UserID = id(r), s.uploader(r).ID
	step := float64(History) / float64(s.size.Videos)
	video.SubmittedAt = s.now.Add(-History + time.Duration(step*(float64(i)+r.Float64()))).Truncate(time.Millisecond)
	video.Title = title(r, about)
	video.Description = pick(r, about.sentences) + " " + pick(r, about.sentences)
	video.Tags = killrvideo.NormalizeTags([]string{about.tags[0], pick(r, about.tags), pick(r, about.tags)})
	video.Category, video.ContentRating, video.Status = about.category, "G", killrvideo.StatusReady
	return video
}

func title(r *rand.Rand, about topic) string {
	form := strings.NewReplacer("%D", pick(r, about.deeds), "%T", pick(r, about.things), "%N", strconv.Itoa(2+r.IntN(18)))
	text := form.Replace(pick(r, titleForms))
	return strings.ToUpper(text[:1]) + text[1:]
}

// popularity is how much goes on around a video: a few have thousands of
// times as much as most.
func popularity(r *rand.Rand) float64 { return math.Min(math.Pow(1-r.Float64(), -0.8), 400) }

func (s *Set) watch(r *rand.Rand, clip *Clip, hits float64) {
	clip.Views = make([]int, Window)
	age := int(s.now.Sub(clip.SubmittedAt).Hours() / 24)
	for day := range clip.Views {
		if day <= age {
			clip.Views[day] = int(hits * r.Float64() * 2)
		}
	}
	if age >= Window {
		clip.Earlier = int(hits * float64(age-Window) * r.Float64())
	}
}

// discuss adds ratings and comments, at most one rating a person.
func (s *Set) discuss(r *rand.Rand, clip *Clip, hits float64) {
	rated := map[string]bool{}
	for range min(int(hits*r.Float64()*3), s.size.Users/2, 60) {
		if by := s.someone(r); !rated[by.Email] {
			rated[by.Email] = true
			clip.Ratings = append(clip.Ratings, Rating{User: by, At: s.after(r, clip.SubmittedAt), Value: 5 - int(r.ExpFloat64())%5})
		}
	}
	for range min(int(hits*r.Float64()*2), 80) {
		at := s.after(r, clip.SubmittedAt)
		text := pick(r, praise)
		if r.IntN(4) == 0 {
			text = pick(r, doubts)
		}
		clip.Comments = append(clip.Comments, Comment{ID: idAt(r, at), User: s.someone(r), At: at, Text: text,
			Sentiment: killrvideo.Sentiment(text)})
	}
}

// someone is an account that may act: not the suspended one.
func (s *Set) someone(r *rand.Rand) killrvideo.User {
	for {
		if user := s.Person(r.IntN(s.size.Users)); user.AccountStatus == killrvideo.AccountActive {
			return user
		}
	}
}

func (s *Set) uploader(r *rand.Rand) killrvideo.User {
	for {
		if i := r.IntN(s.size.Users); s.creator(i) {
			return s.Person(i)
		}
	}
}

// after is a time between the submission and the set's day.
func (s *Set) after(r *rand.Rand, submitted time.Time) time.Time {
	since := s.now.Sub(submitted)
	return submitted.Add(time.Duration(r.Float64() * float64(since))).Truncate(time.Millisecond)
}
