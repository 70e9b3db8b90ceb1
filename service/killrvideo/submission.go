package killrvideo

import "time"

// Lengths of a video's texts, and the title of a video that has none yet.
const (
	minTitle       = 3
	maxTitle       = 100
	maxDescription = 2000

	UntitledVideo = "Untitled Video"
)

// Submission is what a creator sends in; only URL is required. A text that is
// given wins over what YouTube says.
type Submission struct {
	URL         string
	Title       *string
	Description *string
	Tags        []string
}

func (s Submission) validate() (Summary, error) {
	var problems []FieldError
	summary := Summary{Tags: checkTags(s.Tags, &problems)}
	if s.Title != nil {
		summary.Title = textRule{"title", minTitle, maxTitle}.checkLine(*s.Title, &problems)
	}
	if s.Description != nil {
		summary.Description = textRule{"description", 0, maxDescription}.check(*s.Description, &problems)
	}
	return summary, Invalid(problems...)
}

// fill completes what the creator left open with what YouTube says, cut to
// what we allow, and makes the video READY.
func (v *Video) fill(m Metadata) {
	if v.Title == "" || v.Title == UntitledVideo {
		v.Title = fitTitle(m.Title)
	}
	if v.Description == "" {
		v.Description = clip(m.Description, maxDescription)
	}
	if len(v.Tags) == 0 {
		v.Tags = fitTags(m.Tags)
	}
	if m.ThumbnailURL != "" {
		v.ThumbnailURL = m.ThumbnailURL
	}
	v.Status = StatusReady
}

// fitTitle makes any title one that our clients accept.
func fitTitle(title string) string {
	title = clip(line(title), maxTitle)
	switch n := len([]rune(title)); {
	case n == 0:
		return UntitledVideo
	case n < minTitle:
		return "Video: " + title
	}
	return title
}

func fitTags(tags []string) []string {
	short := make([]string, 0, len(tags))
	for _, tag := range tags {
		short = append(short, clip(line(tag), maxTagLength))
	}
	short = NormalizeTags(short)
	return short[:min(len(short), MaxTags)]
}

// VideoChange edits a video; nil leaves a field as it is. ClearDescription
// takes the description away.
type VideoChange struct {
	Title            *string
	Description      *string
	ClearDescription bool
	Tags             *[]string
}

func (c VideoChange) empty() bool {
	return c.Title == nil && c.Description == nil && !c.ClearDescription && c.Tags == nil
}

func (c VideoChange) apply(v Video, now time.Time) (Video, error) {
	var problems []FieldError
	if c.Title != nil {
		v.Title = textRule{"title", minTitle, maxTitle}.checkLine(*c.Title, &problems)
		if v.Status == StatusPending { // for want of a title
			v.Status = StatusReady
		}
	}
	if c.Description != nil {
		v.Description = textRule{"description", 0, maxDescription}.check(*c.Description, &problems)
	}
	if c.ClearDescription {
		v.Description = ""
	}
	if c.Tags != nil {
		v.Tags = checkTags(*c.Tags, &problems)
	}
	v.UpdatedAt = timestamp(now)
	return v, Invalid(problems...)
}
