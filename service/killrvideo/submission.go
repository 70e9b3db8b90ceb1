package killrvideo

import (
	"context"
	"time"
)

// Lengths of a video's texts, and the title of a video without one.
const (
	minTitle       = 3
	maxTitle       = 100
	maxDescription = 2000

	UntitledVideo = "Untitled Video"
)

// Submission is the input of a new video; only URL is required. Texts take precedence over
// YouTube's metadata.
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

// fill sets missing texts by YouTube's metadata, cut to the allowed lengths, and makes
// the video READY.
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

// fitTitle makes a valid title of any text.
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

// VideoChange edits a video; nil does not change a field. ClearDescription removes the
// description.
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
		if v.Status == StatusPending { // it had no title
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

// Preview returns the title that a submission of the URL would have, and stores nothing.
// Errors: EREFUSED for a URL that is not of a YouTube video; ENOTFOUND if YouTube has no
// such video; EUPSTREAM if YouTube is unavailable.
func (c *Catalogue) Preview(ctx context.Context, url string) (string, error) {
	id, ok := c.Host.VideoID(url)
	if !ok {
		return "", errNoVideoURL
	}
	if c.Metadata == nil {
		return UntitledVideo, nil
	}
	metadata, err := c.Metadata.Metadata(ctx, id)
	if err != nil {
		return "", err
	}
	return fitTitle(metadata.Title), nil
}
