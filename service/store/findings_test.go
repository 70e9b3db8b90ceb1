package store_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"github.com/killrvideo/killrvideo-go/service/killrvideo"
	"github.com/killrvideo/killrvideo-go/service/store"
)

// towards is a vector between two directions, 0 to 1.
func towards(x float32) killrvideo.Embedding {
	vector := make([]float32, 1024)
	vector[0], vector[1] = x, 1-x
	return killrvideo.Embedding{Vector: vector, Model: "made/up"}
}

func TestTheNearestVideosComeFirst(t *testing.T) {
	t.Parallel()
	s, _ := newStore(open(t))
	var made []killrvideo.Video
	for i, x := range []float32{0.2, 0.9, 0.5, 0.7} {
		v := film(uuid.New(), march(10), fmt.Sprint(i))
		create(t, s, v)
		vector := towards(x)
		if err := s.Search.Index(t.Context(), v, nil, &vector); err != nil {
			t.Fatal(err)
		}
		made = append(made, v)
	}
	create(t, s, film(uuid.New(), march(10), "without a vector"))
	gone := made[3]
	gone.DeletedAt = march(11)
	if err := s.Videos.RemoveVideo(t.Context(), gone); err != nil {
		t.Fatal(err)
	}
	if err := s.Search.SetVector(t.Context(), uuid.New(), towards(1)); err != nil { // of a video that never was
		t.Fatal(err)
	}
	hits, err := s.Search.Nearest(t.Context(), towards(1), 10)
	var got []string
	for i, h := range hits {
		got = append(got, h.Title)
		if h.Similarity < 0 || h.Similarity > 1 || i > 0 && h.Similarity > hits[i-1].Similarity {
			t.Errorf("%s is similar by %v", h.Title, h.Similarity)
		}
	}
	if diff := cmp.Diff([]string{"1", "2", "0"}, got); diff != "" || err != nil {
		t.Error(err, diff)
	}
	vectors, err := s.Search.Vectors(t.Context(), []uuid.UUID{made[0].ID, uuid.New()})
	first := vectors[made[0].ID]
	if err != nil || len(vectors) != 1 || len(first.Vector) != 1024 || first.Vector[0] != 0.2 || first.Model != "made/up" {
		t.Errorf("%d vectors, %v", len(vectors), err)
	}
	pending := film(uuid.New(), march(10), "Pending")
	pending.Status = killrvideo.StatusPending
	create(t, s, pending)
	for _, hidden := range []uuid.UUID{pending.ID, gone.ID} {
		if err := s.Search.SetVector(t.Context(), hidden, towards(1)); err != nil {
			t.Fatal(err)
		}
	}
	if vectors, err := s.Search.Vectors(t.Context(), []uuid.UUID{pending.ID, gone.ID}); err != nil || len(vectors) != 0 {
		t.Errorf("hidden videos: %d vectors, %v", len(vectors), err)
	}
	if err := s.Search.Unindex(t.Context(), made[0], nil); err != nil {
		t.Fatal(err)
	}
	if vectors, err := s.Search.Vectors(t.Context(), []uuid.UUID{made[0].ID}); err != nil || len(vectors) != 0 {
		t.Errorf("unindexed: %d vectors, %v", len(vectors), err)
	}
}

func TestTagsAreSuggestedBySubstrings(t *testing.T) {
	t.Parallel()
	s, _ := newStore(open(t))
	v := film(uuid.New(), march(10), "Cats")
	v.Tags = []string{"big cats", "concatenation", "dogs"}
	gone := film(uuid.New(), march(10), "Gone")
	gone.Tags = []string{"cattle"}
	for _, one := range []killrvideo.Video{v, gone} {
		create(t, s, one)
		index(t, s.Search, one, nil)
	}
	gone.DeletedAt = march(11)
	if err := s.Videos.RemoveVideo(t.Context(), gone); err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string][]string{
		"cat": {"big cats", "concatenation"}, "big": {"big cats"}, "g c": {"big cats"}, "dogs": {"dogs"},
		"dogsled": nil, "zebra": nil, "cattle": nil,
	} {
		got, err := s.Search.SuggestTags(t.Context(), text, 10)
		if diff := cmp.Diff(want, slices.Clip(got)); err != nil || len(want)+len(got) > 0 && diff != "" {
			t.Errorf("%q: %v %s", text, err, diff)
		}
	}
	if got, err := s.Search.SuggestTags(t.Context(), "cat", 1); err != nil || len(got) != 1 {
		t.Errorf("one only: %v %v", got, err)
	}
}

func TestUsersAreFoundByPrefixes(t *testing.T) {
	t.Parallel()
	s, _ := newStore(open(t))
	people := map[string]uuid.UUID{}
	for i, name := range []string{"Ada Lovelace", "Adam Smith", "Grace Hopper"} {
		user := account(fmt.Sprintf("%c%d@example.com", 'x'+rune(i), i))
		user.FirstName, user.LastName, _ = strings.Cut(name, " ")
		user.CreatedDate = march(i + 1)
		if err := s.Accounts.CreateUser(t.Context(), user, "hash"); err != nil {
			t.Fatal(err)
		}
		people[user.FirstName] = user.ID
	}
	find := func(beginning string, page, size int, want ...string) {
		t.Helper()
		var ids []uuid.UUID
		for _, name := range want {
			ids = append(ids, people[name])
		}
		got, err := s.Accounts.FindUsers(t.Context(), beginning, killrvideo.Page{Number: page, Size: size})
		if err != nil || !slices.Equal(got, ids) {
			t.Errorf("%q: %d found, %v", beginning, len(got), err)
		}
	}
	find("ada", 1, 10, "Ada", "Adam")
	find("ada", 1, 1, "Ada")
	find("ada l", 1, 10, "Ada")
	find("hop", 1, 10, "Grace")
	find("y1@", 1, 10, "Adam")
	find("smithers", 1, 10)
	find("ada", 2, 1, "Adam")
	find("ada", 2, 10)
	find("", 2, 2, "Ada")
	find("", 1_000_000, 100)
	find("", 1, 2, "Grace", "Adam") // the newest
	ada, err := s.Accounts.User(t.Context(), people["Ada"])
	if err != nil {
		t.Fatal(err)
	}
	after := ada
	after.LastName = "King"
	if err := s.Accounts.UpdateNames(t.Context(), ada, after); err != nil {
		t.Fatal(err)
	}
	find("love", 1, 10)
	find("king", 1, 10, "Ada")
	find("ada", 1, 10, "Ada", "Adam")
}

func TestLikedVideosAreTheLatestRatings(t *testing.T) {
	t.Parallel()
	s, _ := newStore(open(t))
	user := uuid.New()
	for i := range 45 {
		rating := killrvideo.Rating{VideoID: uuid.New(), UserID: user, Stars: i%5 + 1, UpdatedAt: march(1).Add(time.Duration(i) * time.Minute)}
		if _, err := s.Ratings.Rate(t.Context(), rating, allowed); err != nil {
			t.Fatal(err)
		}
	}
	liked, err := s.Search.LikedVideos(t.Context(), user)
	if err != nil || len(liked) != 40 || liked[0].Stars != 5 || !liked[0].UpdatedAt.After(liked[1].UpdatedAt) {
		t.Errorf("%d rated, %v", len(liked), err)
	}
}

// The copies of a video's numbers, which searches show, follow soon.
func TestTidyCopiesNumbers(t *testing.T) {
	t.Parallel()
	proxy := newBreakable(t)
	s, _ := newStore(openAt(t, proxy.url))
	v := film(uuid.New(), march(10), "Counted")
	create(t, s, v)
	index(t, s.Search, v, nil)
	copied := func() killrvideo.Summary {
		t.Helper()
		got, err := s.Search.FindWords(t.Context(), []string{"counted"}, killrvideo.Page{Number: 1, Size: 1})
		if err != nil || len(got.Items) != 1 {
			t.Fatal(got, err)
		}
		return got.Items[0]
	}
	view(t, s, v, 3)
	rate(t, s, v.ID, uuid.New(), 4)
	if got := copied(); got.Views != 0 {
		t.Fatalf("nothing is behind: %+v", got)
	}
	s.Tidy(t.Context())
	if got := copied(); got.Views != 3 || got.RatingCount != 1 || got.RatingTotal != 4 {
		t.Errorf("%+v", got)
	}
	proxy.broken.Store("insertMany video_activity")
	view(t, s, v, 1)
	s.Tidy(t.Context())
	proxy.broken.Store("")
	s.Tidy(t.Context()) // what trends is stored after all
	other, _ := newStore(store.DatabaseOf(s))
	if videos, err := other.Views.Trending(t.Context(), 1, 10); err != nil || len(videos) != 1 || videos[0].Views != 4 {
		t.Errorf("%+v %v", videos, err)
	}
}
