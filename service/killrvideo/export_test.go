package killrvideo

import "time"

// Apply edits a video that nobody else edits.
func (c VideoChange) Apply(v Video) (Video, error) { return c.apply(v, time.Time{}) }

// Filled is a video of which only YouTube tells something.
func Filled(m Metadata) Video {
	var v Video
	v.fill(m)
	return v
}
