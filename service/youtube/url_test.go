package youtube_test

import (
	"regexp"
	"testing"

	"github.com/killrvideo/killrvideo-go/service/youtube"
)

func TestParseID(t *testing.T) {
	t.Parallel()
	const id = "abcdefghijk"
	tests := map[string]string{
		"https://youtu.be/abcdefghijk":                           id,
		"http://youtu.be/abcdefghijk":                            id,
		"https://www.youtube.com/watch?v=abcdefghijk":            id,
		"https://youtube.com/watch?v=abcdefghijk":                id,
		"https://www.youtube.com/embed/abcdefghijk":              id,
		"https://www.youtube.com/v/abcdefghijk":                  id,
		"https://www.youtube.com/shorts/abcdefghijk":             id,
		"https://www.youtube.com/live/abcdefghijk?feature=share": id,
		"https://m.youtube.com/watch?v=abcdefghijk":              id,
		"https://music.youtube.com/watch?v=abcdefghijk&list=x":   id,
		"https://www.youtube.com/watch?t=5&v=abcdefghijk":        id,
		"https://www.youtube-nocookie.com/embed/abcdefghijk":     id,
		"https://YouTu.be/a-_defghijk?t=3":                       "a-_defghijk",
		"  https://youtu.be/abcdefghijk  ":                       id,
		"https://youtu.be/abcdefghijk/trailing":                  id,
		"https://www.youtube.com:443/watch?v=abcdefghijk":        id,

		"https://example.com/x":                        "",
		"https://example.com/watch?v=abcdefghijk":      "",
		"https://youtube.com.evil.example/abcdefghijk": "",
		"https://youtube.com@evil.example/abcdefghijk": "",
		"https://evil@youtu.be/abcdefghijk":            "",
		"https://youtu.be/short":                       "",
		"https://youtu.be/":                            "",
		"https://www.youtube.com/watch?v=":             "",
		"https://www.youtube.com/channel/abcdefghijk":  "",
		"ftp://youtu.be/abcdefghijk":                   "",
		"youtu.be/abcdefghijk":                         "",
		"javascript:alert(1)":                          "",
		"":                                             "",
	}
	for url, want := range tests {
		if got, ok := youtube.ParseID(url); got != want || ok != (want != "") {
			t.Errorf("%s: got %q, want %q", url, got, want)
		}
	}
}

var wholeID = regexp.MustCompile(`^[A-Za-z0-9_-]{11}$`)

// Whatever comes in, an id that comes out is safe to put into a URL, and its
// own embed address leads back to it.
func FuzzParseID(f *testing.F) {
	for _, seed := range []string{"https://youtu.be/abcdefghijk", "https://www.youtube.com/watch?t=5&v=abcdefghijk",
		"http://m.youtube.com/live/%61bcdefghijk", "::"} {
		f.Add(seed)
	}
	client := youtube.NewClient(youtube.Config{})
	f.Fuzz(func(t *testing.T, url string) {
		id, ok := client.VideoID(url)
		if ok != wholeID.MatchString(id) {
			t.Fatalf("%q gave %q, %v", url, id, ok)
		}
		if again, _ := client.VideoID(client.EmbedURL(id)); ok && again != id {
			t.Fatalf("%q: embed address of %q leads to %q", url, id, again)
		}
	})
}
