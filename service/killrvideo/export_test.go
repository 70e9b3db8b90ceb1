package killrvideo

import "time"

// Apply applies a change to a video.
func (c VideoChange) Apply(v Video) (Video, error) { return c.apply(v, time.Time{}) }

// Filled is a video with texts of YouTube alone.
func Filled(m Metadata) Video {
	var v Video
	v.fill(m)
	return v
}
