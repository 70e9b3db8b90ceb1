package e2e_test

import (
	"net/http"
	"testing"
)

// The title is YouTube's own, not one made up from the id.
func TestPreviewAsksYouTube(t *testing.T) {
	t.Parallel()
	const path = "/api/v1/videos/preview"
	address := func(url any) map[string]any { return map[string]any{"youtubeUrl": url} }
	a := call(t, http.MethodPost, path, "", address("https://youtu.be/abcdefghijk")).want(t, 200, "")
	if len(a.body) != 1 || a.body["title"] != youtubeTitle {
		t.Errorf("got %s", a.raw)
	}
	call(t, http.MethodPost, path, "", address("https://youtu.be/"+unknownVideo)).want(t, 404, "Unable to retrieve video metadata from YouTube")
	call(t, http.MethodPost, path, "", address("https://example.com/x")).want(t, 400, "Invalid YouTube URL or unable to extract video ID")
	for _, body := range []any{map[string]any{}, address(nil), address(7), address("notaurl"), "{bad", ""} {
		call(t, http.MethodPost, path, "", body).want(t, 422, "")
	}
}
