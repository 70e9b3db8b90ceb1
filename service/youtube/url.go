package youtube

import (
	"net/url"
	"regexp"
	"strings"
)

// id11 is the id of a video at the start of a text. What follows it is
// tolerated: people paste addresses with all sorts of endings.
var id11 = regexp.MustCompile(`^[A-Za-z0-9_-]{11}`)

// hosts are YouTube's own; true for those that have the id as their path.
var hosts = map[string]bool{
	"youtu.be": true, "www.youtu.be": true,
	"youtube.com": false, "www.youtube.com": false, "m.youtube.com": false, "music.youtube.com": false,
	"youtube-nocookie.com": false, "www.youtube-nocookie.com": false,
}

// VideoID finds the id of the video that a URL is of.
func (*Client) VideoID(rawURL string) (string, bool) { return ParseID(rawURL) }

// EmbedURL is where the player of a video is.
func (*Client) EmbedURL(id string) string { return "https://www.youtube.com/embed/" + id }

// ThumbnailURL is a picture that YouTube makes for every video.
func (*Client) ThumbnailURL(id string) string {
	return "https://i.ytimg.com/vi/" + id + "/hqdefault.jpg"
}

// ParseID finds the id in youtu.be/ID and, on youtube.com with or without www,
// m or music in front, in watch?v=ID, with v anywhere in the query, and
// /embed/ID, /v/ID, /shorts/ID and /live/ID, by http or https.
func ParseID(rawURL string) (id string, ok bool) {
	u, err := url.Parse(strings.TrimSpace(rawURL))
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.User != nil {
		return "", false
	}
	short, known := hosts[strings.ToLower(u.Hostname())]
	if !known {
		return "", false
	}
	id = id11.FindString(candidate(u, short))
	return id, id != ""
}

func candidate(u *url.URL, short bool) string {
	path := strings.TrimPrefix(u.Path, "/")
	if short {
		return path
	}
	kind, rest, _ := strings.Cut(path, "/")
	switch kind {
	case "watch":
		return u.Query().Get("v")
	case "embed", "v", "shorts", "live":
		return rest
	}
	return ""
}
