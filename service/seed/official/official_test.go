package official_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/killrvideo/killrvideo-go/service/killrvideo"
	"github.com/killrvideo/killrvideo-go/service/seed/official"
)

// files are a small data set of this test's own, in the form of the official
// one: two people, two videos, and what they did.
func files() map[string]string {
	return map[string]string{
		"users.csv": `userid,created_date,email,firstname,lastname,account_status,last_login_date
10000000-0000-4000-8000-000000000001,2025-01-02T03:04:05.678Z,Una@Example.org,Una,Uploader,active,2025-06-01T00:00:00.000Z
10000000-0000-4000-8000-000000000002,2025-02-02T03:04:05.000Z,vic@example.org,Vic,Viewer,active,
10000000-0000-4000-8000-000000000003,2025-02-02T03:04:05.000Z,sue@example.org,Sue,Suspended,suspended,
`,
		"user_credentials.csv": `email,password,userid,account_locked
una@example.org,00ff,10000000-0000-4000-8000-000000000001,false
vic@example.org,00ff,10000000-0000-4000-8000-000000000002,false
sue@example.org,00ff,10000000-0000-4000-8000-000000000003,true
`,
		"videos.csv": `videoid,added_date,description,location,location_type,name,preview_image_location,` +
			`tags,userid,content_rating,category,language
20000000-0000-4000-8000-000000000001,2025-03-01T10:00:00.000Z,"Two lines,
a ""quote""",https://www.youtube.com/embed/AAAAAAAAAAA,1,First,https://i.ytimg.com/vi/AAAAAAAAAAA/x.jpg,"{""Bread"",""cats""}",` +
			`10000000-0000-4000-8000-000000000001,G,Education,en
20000000-0000-4000-8000-000000000002,2025-03-02T10:00:00.000Z,,https://www.youtube.com/embed/BBBBBBBBBBB,1,Second,,{},` +
			`10000000-0000-4000-8000-000000000001,G,Education,en
`,
		"comments.csv": `videoid,commentid,comment,userid,sentiment_score
20000000-0000-4000-8000-000000000001,090f6644-b9cd-11f0-9a37-62bc60f3bc08,Lovely.,10000000-0000-4000-8000-000000000002,0.5
20000000-0000-4000-8000-000000000001,090f6645-b9cd-11f0-9a37-62bc60f3bc08,And again.,10000000-0000-4000-8000-000000000002,
20000000-0000-4000-8000-000000000001,090f6649-b9cd-11f0-9a37-62bc60f3bc08,Once more.,10000000-0000-4000-8000-000000000002,-0.25
`,
		"video_ratings_by_user.csv": `videoid,userid,rating,rating_date
20000000-0000-4000-8000-000000000001,10000000-0000-4000-8000-000000000001,5,2025-03-03T00:00:00.000Z
20000000-0000-4000-8000-000000000001,10000000-0000-4000-8000-000000000002,2,2025-03-04T00:00:00.000Z
`,
		"video_playback_stats.csv": `videoid,views,total_play_time
20000000-0000-4000-8000-000000000001,41,900
`,
		"video_ratings.csv": `videoid,rating_counter,rating_total
20000000-0000-4000-8000-000000000001,2,7
`,
	}
}

func write(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func read(t *testing.T, files map[string]string) *official.Data {
	t.Helper()
	data, err := official.Read(write(t, files))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestUsersKeepTheirStateAndVideosTheirTotals(t *testing.T) {
	t.Parallel()
	data := read(t, files())
	una, sue := data.Person(0), data.Person(2)
	if una.Email != "Una@example.org" || !una.Can(killrvideo.RoleCreator) || data.Person(1).Can(killrvideo.RoleCreator) ||
		una.LastLoginDate.IsZero() {
		t.Errorf("the uploader is %+v", una)
	}
	if sue.AccountStatus != killrvideo.AccountSuspended || !data.Locked(2) || data.Locked(0) {
		t.Errorf("suspended %+v, locked %v and %v", sue, data.Locked(2), data.Locked(0))
	}
	if diff := cmp.Diff([]string{"Una@example.org", "vic@example.org"}, data.Known()); diff != "" {
		t.Errorf("accounts to log in with: %s", diff)
	}
	first, second := data.Clip(0), data.Clip(1)
	if first.YouTubeID != "AAAAAAAAAAA" || first.LocationType != killrvideo.LocationYouTube || first.Status != killrvideo.StatusReady {
		t.Errorf("the first video is %+v", first.Video)
	}
	if diff := cmp.Diff([]string{"bread", "cats"}, first.Tags); diff != "" || first.Description != "Two lines,\na \"quote\"" {
		t.Errorf("tags %s, description %q", diff, first.Description)
	}
	if first.Earlier != 41 || len(first.Ratings) != 2 || first.Ratings[1].Value != 2 || second.Earlier != 0 || len(second.Tags) != 0 {
		t.Errorf("%d views, ratings %+v; %d views, tags %v", first.Earlier, first.Ratings, second.Earlier, second.Tags)
	}
	if len(data.Notes()) != 1 || !strings.Contains(data.Notes()[0], "moderatorEmails") {
		t.Errorf("it remarks %q", data.Notes())
	}
}

// TestCommentsOfTheSameTimeAreDistinct: the ids are 100 and 400 nanoseconds apart.
func TestCommentsOfTheSameTimeAreDistinct(t *testing.T) {
	t.Parallel()
	comments := read(t, files()).Clip(0).Comments
	if len(comments) != 3 || *comments[2].Sentiment != -0.25 || comments[1].Sentiment != nil {
		t.Fatalf("the comments are %+v", comments)
	}
	for i, c := range comments {
		sec, nsec := c.ID.Time().UnixTime()
		if c.ID.Version() != 7 || sec*1000+nsec/1e6 != c.At.UnixMilli() || c.At.UTC().Format("2006-01-02") != "2025-11-04" {
			t.Errorf("id %s of %s", c.ID, c.At)
		}
		if i > 0 && comments[i-1].ID.String() >= c.ID.String() {
			t.Errorf("%s stands before %s", comments[i-1].ID, c.ID)
		}
	}
	if again := read(t, files()).Clip(0).Comments; again[0].ID != comments[0].ID {
		t.Errorf("the id %s became %s", comments[0].ID, again[0].ID)
	}
}

func TestRawVideosFileIsAccepted(t *testing.T) {
	t.Parallel()
	some := files()
	some["videos_cleaned.csv"] = "\uFEFF" + some["videos.csv"]
	delete(some, "videos.csv")
	delete(some, "video_ratings.csv")
	if data := read(t, some); data.Size().Videos != 2 {
		t.Errorf("it read %+v", data.Size())
	}
}

func TestRowsWithUnknownReferencesAreLeftOutAndCounted(t *testing.T) {
	t.Parallel()
	some := files()
	some["comments.csv"] += "20000000-0000-4000-8000-000000000009,090f6650-b9cd-11f0-9a37-62bc60f3bc08,Hm.," +
		"10000000-0000-4000-8000-000000000002,0.5\n" +
		"20000000-0000-4000-8000-000000000009,090f6651-b9cd-11f0-9a37-62bc60f3bc08,Hm.," +
		"10000000-0000-4000-8000-000000000002,0.5\n"
	some["video_ratings_by_user.csv"] += "20000000-0000-4000-8000-000000000002,10000000-0000-4000-8000-000000000009," +
		"5,2025-03-03T00:00:00.000Z\n"
	some["video_ratings.csv"] = strings.Replace(some["video_ratings.csv"], ",7", ",8", 1)
	want := []string{
		"the ratings of 1 videos add up to other totals than video_ratings.csv has, first in video_ratings.csv:2; the ratings count",
		"left out: 1 ratings by users who are not in users.csv, the first in video_ratings_by_user.csv:4",
		"left out: 2 comments on no video that was read, the first in comments.csv:5",
	}
	data := read(t, some)
	if diff := cmp.Diff(want, data.Notes()[:3]); diff != "" {
		t.Error(diff)
	}
	if n := len(data.Clip(0).Comments); n != 3 {
		t.Errorf("%d comments are left", n)
	}
}

func TestBadFilesAreRefusedWithPlaceAndFix(t *testing.T) {
	t.Parallel()
	swap := func(name, old, new string) func(map[string]string) {
		return func(files map[string]string) { files[name] = strings.Replace(files[name], old, new, 1) }
	}
	repeat := func(name string) func(map[string]string) {
		return func(files map[string]string) { files[name] += strings.Split(files[name], "\n")[1] + "\n" }
	}
	for name, test := range map[string]struct {
		spoil func(map[string]string)
		want  string
	}{
		"missing files": {func(f map[string]string) { delete(f, "users.csv"); delete(f, "videos.csv") }, "lacks users.csv, videos.csv; copy"},
		"no header":     {func(f map[string]string) { f["comments.csv"] = "" }, "comments.csv:1: the first line lacks"},
		"a column":      {swap("videos.csv", ",tags,", ",labels,"), "videos.csv:1: the first line lacks the columns tags; it must name videoid"},
		"a UUID": {swap("users.csv", "10000000-", "1000000-"),
			`users.csv:2: column userid is "1000000-0000-4000-8000-000000000001"; it must be a UUID`},
		"a line after a text of two": {swap("videos.csv", "2025-03-02T10:00", "yesterday"),
			`videos.csv:4: column added_date is "yesterday:00.000Z"; it must be a time`},
		"a set":             {swap("videos.csv", `,{},`, `,{cats},`), `column tags is "{cats}"; it must be a set`},
		"a state":           {swap("users.csv", ",suspended,", ",asleep,"), "active, inactive or suspended"},
		"an e-mail":         {swap("users.csv", "vic@example.org", "vic"), "users.csv:3: column email"},
		"an e-mail of two":  {swap("users.csv", "vic@example.org", "UNA@example.org"), "users.csv:3: users.csv:2 has the same e-mail"},
		"a rating":          {swap("video_ratings_by_user.csv", ",5,", ",6,"), "a whole number from 1 to 5"},
		"a number of views": {swap("video_playback_stats.csv", ",41,", ",-1,"), "video_playback_stats.csv:2: column views"},
		"a truth":           {swap("user_credentials.csv", "true", "maybe"), "user_credentials.csv:4: column account_locked"},
		"a mood":            {swap("comments.csv", "0.5", "NaN"), "a number from -1 to 1"},
		"a comment's id":    {swap("comments.csv", "11f0", "41f0"), "a UUID of version 1"},
		"a place":           {swap("videos.csv", "www.youtube.com", "example.org"), "videos.csv:2: column location"},
		"a row too short":   {func(f map[string]string) { f["comments.csv"] += "one,two\n" }, "comments.csv is no proper CSV"},
		"a quote left open": {func(f map[string]string) { f["comments.csv"] += `"` }, "comments.csv is no proper CSV"},
		"a person twice":    {repeat("users.csv"), "users.csv:5: user 10000000-0000-4000-8000-000000000001 is there a second time"},
		"a rating twice":    {repeat("video_ratings_by_user.csv"), "video_ratings_by_user.csv:4: user"},
		"a comment twice":   {repeat("comments.csv"), "comments.csv:5: comment 090f6644"},
		"a video twice":     {func(f map[string]string) { f["videos.csv"] += videoAgain }, "videos.csv:5: video"},
		"files that do not go": {func(f map[string]string) { f["videos.csv"] = strings.ReplaceAll(f["videos.csv"], ",1000", ",3000") },
			"different generations"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			some := files()
			test.spoil(some)
			if _, err := official.Read(write(t, some)); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v", err)
			}
		})
	}
	if _, err := official.Read(filepath.Join(t.TempDir(), "none")); err == nil || !strings.Contains(err.Error(), "name the folder") {
		t.Errorf("a folder that is not there: %v", err)
	}
}

const videoAgain = "20000000-0000-4000-8000-000000000002,2025-03-02T10:00:00.000Z,,https://youtu.be/BBBBBBBBBBB,1,Second,,," +
	"10000000-0000-4000-8000-000000000001,G,Education,en\n"

// TestAFolderWithTheOfficialFilesIsRead is for those who have one.
func TestAFolderWithTheOfficialFilesIsRead(t *testing.T) {
	t.Parallel()
	dir := os.Getenv("KILLRVIDEO_DATA")
	if dir == "" {
		t.Skip("KILLRVIDEO_DATA names no folder with the official files")
	}
	data, err := official.Read(dir)
	if err != nil {
		t.Fatal(err)
	}
	if size := data.Size(); size.Users == 0 || size.Videos == 0 || len(data.Known()) != 2 || slices.Contains(data.Known(), "") {
		t.Errorf("it read %+v, %v", size, data.Known())
	}
}
