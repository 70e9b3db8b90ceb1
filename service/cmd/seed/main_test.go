package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/killrvideo/killrvideo-go/service/seed"
	"github.com/killrvideo/killrvideo-go/service/store/astratest"
)

func TestSeedRefuses(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		args []string
		want string
	}{
		"an unknown size":        {[]string{"-size", "huge"}, "huge"},
		"a database on Astra":    {[]string{"-endpoint", "https://db-us-east1.apps.astra.datastax.com"}, "not on this machine"},
		"no token":               {nil, "make up"},
		"a folder of no files":   {[]string{"-from", "."}, "lacks users.csv"},
		"an argument of no kind": {[]string{"-colour"}, "colour"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if err := run(t.Context(), test.args, os.Stderr); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v", err)
			}
		})
	}
}

// embedded starts an embedded Astra with the service's tables and gives the
// arguments that lead to it.
func embedded(t *testing.T) []string {
	t.Helper()
	started := astratest.New(t)
	token := started.MustMint(t, "seed", astratest.WriteActions())
	file := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(file, []byte(token.Reveal()+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return []string{"-endpoint", started.URL, "-token-file", file}
}

func TestSeedFillsAnEmbeddedAstra(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	if err := run(t.Context(), embedded(t), &out); err != nil {
		t.Fatal(err)
	}
	if text := out.String(); !strings.Contains(text, "60 people and 500 videos are new") || !strings.Contains(text, seed.Known()[1]) ||
		strings.Contains(text, "AstraCS:") {
		t.Errorf("it said %q", text)
	}
}

// csv is one person with one video, in the form of the official files.
var csv = map[string]string{
	"users.csv": "userid,created_date,email,firstname,lastname,account_status,last_login_date\n" +
		"10000000-0000-4000-8000-000000000001,2025-01-02T03:04:05.678Z,una@example.org,Una,Uploader,active,\n",
	"user_credentials.csv": "email,password,userid,account_locked\n",
	"videos.csv": "videoid,added_date,description,location,name,preview_image_location,tags,userid,content_rating,category,language\n" +
		"20000000-0000-4000-8000-000000000001,2025-03-01T10:00:00.000Z,,https://youtu.be/AAAAAAAAAAA,One,," +
		"\"{\"\"cats\"\"}\",10000000-0000-4000-8000-000000000001,G,,en\n",
	"comments.csv":              "videoid,commentid,comment,userid,sentiment_score\n",
	"video_ratings_by_user.csv": "videoid,userid,rating,rating_date\n",
	"video_playback_stats.csv":  "videoid,views\n20000000-0000-4000-8000-000000000002,7\n",
}

func TestSeedLoadsAFolderOnce(t *testing.T) {
	t.Parallel()
	folder, args := t.TempDir(), embedded(t)
	for name, text := range csv {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, want := range []string{"1 people and 1 videos are new", "0 people and 0 videos are new"} {
		var out strings.Builder
		if err := run(t.Context(), append(args, "-from", folder), &out); err != nil {
			t.Fatal(err)
		}
		if text := out.String(); !strings.Contains(text, want) || !strings.Contains(text, "log in as una@example.org with") ||
			!strings.Contains(text, "left out: 1 numbers of views") {
			t.Errorf("it said %q", text)
		}
	}
}

func TestIfEmptyAddsNothingToOtherData(t *testing.T) {
	t.Parallel()
	args := append(embedded(t), "-if-empty")
	var first, second strings.Builder
	if err := run(t.Context(), args, &first); err != nil || !strings.Contains(first.String(), "videos are new") {
		t.Fatalf("an empty database: %v, %s", err, first.String())
	}
	if err := run(t.Context(), args, &second); err != nil || !strings.Contains(second.String(), "no sample data was added") {
		t.Errorf("a database with data: %v, %s", err, second.String())
	}
}
