package killrvideo

import "context"

// Preview gives the title that a submission of the URL would have, and stores
// nothing. Errors: EREFUSED for a URL that is not of a YouTube video, ENOTFOUND
// when YouTube knows no such video, EUPSTREAM when YouTube cannot be asked.
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
