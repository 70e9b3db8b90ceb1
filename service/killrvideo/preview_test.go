package killrvideo_test

import (
	"testing"

	"github.com/killrvideo/killrvideo-go/service/killrvideo"
)

func TestPreview(t *testing.T) {
	t.Parallel()
	const good = "https://host.example/abc"
	tests := map[string]struct {
		url         string
		answer      answer
		title, code string
	}{
		"the host's title":      {good, cats, "Cats", ""},
		"a title too short":     {good, answer{metadata: killrvideo.Metadata{Title: "A"}}, "Video: A", ""},
		"no title":              {good, answer{}, killrvideo.UntitledVideo, ""},
		"another site":          {"https://else.example/abc", cats, "", killrvideo.EREFUSED},
		"no such video":         {good, unknown, "", killrvideo.ENOTFOUND},
		"the host is not there": {good, down, "", killrvideo.EUPSTREAM},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			catalogue, repository, _ := newCatalogue(test.answer)
			title, err := catalogue.Preview(t.Context(), test.url)
			if title != test.title || killrvideo.ErrorCode(err) != test.code {
				t.Errorf("got %q, %v", title, err)
			}
			if len(repository.byID) > 0 {
				t.Error("a preview stored a video")
			}
		})
	}
}

// A preview has the title of the submission.
func TestPreviewAgreesWithSubmit(t *testing.T) {
	t.Parallel()
	for _, a := range []answer{cats, {metadata: killrvideo.Metadata{Title: " x "}}, {}} {
		catalogue, _, _ := newCatalogue(a)
		title, err := catalogue.Preview(t.Context(), "https://host.example/abc")
		if err != nil {
			t.Fatal(err)
		}
		video, err := catalogue.Submit(t.Context(), creator(), killrvideo.Submission{URL: "https://host.example/abc"})
		if err != nil || video.Title != title {
			t.Errorf("preview %q, submitted %q, %v", title, video.Title, err)
		}
	}
}

func TestPreviewWithoutMetadata(t *testing.T) {
	t.Parallel()
	catalogue, _, _ := newCatalogue()
	catalogue.Metadata = nil
	if title, err := catalogue.Preview(t.Context(), "https://host.example/abc"); title != killrvideo.UntitledVideo || err != nil {
		t.Errorf("got %q, %v", title, err)
	}
}
