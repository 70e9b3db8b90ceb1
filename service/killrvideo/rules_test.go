package killrvideo_test

import (
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/killrvideo/killrvideo-go/service/killrvideo"
)

func TestRolesIncludeLowerOnes(t *testing.T) {
	t.Parallel()
	tests := []struct {
		has  []killrvideo.Role
		can  []killrvideo.Role
		cant []killrvideo.Role
	}{
		{nil, nil, killrvideo.Roles()},
		{[]killrvideo.Role{"viewer"}, []killrvideo.Role{"viewer"}, []killrvideo.Role{"creator", "moderator"}},
		{[]killrvideo.Role{"creator"}, []killrvideo.Role{"viewer", "creator"}, []killrvideo.Role{"moderator"}},
		{[]killrvideo.Role{"moderator"}, killrvideo.Roles(), nil},
		{[]killrvideo.Role{"admin"}, nil, append(killrvideo.Roles(), "admin")},
	}
	for _, test := range tests {
		user := killrvideo.User{Roles: test.has}
		for _, role := range test.can {
			if !user.Can(role) {
				t.Errorf("%v cannot %s", test.has, role)
			}
		}
		for _, role := range test.cant {
			if user.Can(role) {
				t.Errorf("%v can %s", test.has, role)
			}
		}
	}
}

func TestParseEmail(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"Ada.L+x@Example.COM": "Ada.L+x@example.com", "a@b.co": "a@b.co", "é@exämple.de": "é@exämple.de",
		"": "", "ada": "", "ada@": "", "@x.org": "", "ada@localhost": "", "Ada <ada@x.org>": "", " ada@x.org": "",
		"ada@x..org": "", "ada@x.org.": "", "ada@-x.org": "", "ada@[127.0.0.1]": "", "a b@x.org": "", `"a b"@x.org`: "",
		"ada@x_y.org": "", strings.Repeat("a", 250) + "@x.org": "",
	} {
		if got, ok := killrvideo.ParseEmail(text); got != want || ok != (want != "") {
			t.Errorf("%q: got %q %v", text, got, ok)
		}
	}
}

func TestNormalizeTagsIsIdempotentAndOrderly(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		tags := rapid.SliceOfN(rapid.StringMatching(`[ \tA-Za-zé]{0,6}`), 0, 8).Draw(t, "tags")
		once := killrvideo.NormalizeTags(tags)
		if diff := cmp.Diff(once, killrvideo.NormalizeTags(once)); diff != "" {
			t.Fatal(diff)
		}
		if slices.Contains(once, "") || !slices.IsSorted(once) || len(slices.Compact(slices.Clone(once))) != len(once) {
			t.Fatalf("%q", once)
		}
		for _, tag := range tags {
			key := strings.ToLower(strings.Join(strings.Fields(tag), " "))
			if key != "" && !slices.Contains(once, key) {
				t.Fatalf("%q lost %q", once, key)
			}
		}
	})
}

func TestPagesCoverAListExactly(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		total, size := rapid.IntRange(0, 1000).Draw(t, "total"), rapid.IntRange(1, 100).Draw(t, "size")
		pages := killrvideo.Listing[int]{Total: total}.Pages(size)
		seen := 0
		for n := 1; n <= pages; n++ {
			left := total - killrvideo.Page{Number: n, Size: size}.Offset()
			if left <= 0 {
				t.Fatalf("page %d of %d is empty", n, pages)
			}
			seen += min(left, size)
		}
		if seen != total {
			t.Fatalf("%d pages show %d of %d", pages, seen, total)
		}
	})
	if offset := (killrvideo.Page{Number: math.MaxInt, Size: 100}).Offset(); offset < 1<<40 {
		t.Errorf("a far page has offset %d", offset)
	}
}

func TestAverageRating(t *testing.T) {
	t.Parallel()
	if got := (killrvideo.Summary{}).AverageRating(); got != nil {
		t.Errorf("no ratings, and yet %v", *got)
	}
	if got := (killrvideo.Summary{RatingCount: 2, RatingTotal: 7}).AverageRating(); got == nil || *got != 3.5 {
		t.Errorf("got %v", got)
	}
}

func at(seconds int) time.Time { return time.Date(2026, 3, 1, 12, 0, seconds, 0, time.UTC) }
