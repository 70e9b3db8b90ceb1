package store

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"github.com/killrvideo/killrvideo-go/astra/dataapi/update"
	"github.com/killrvideo/killrvideo-go/service/killrvideo"
)

func someVideo() killrvideo.Video {
	return killrvideo.Video{
		Summary: killrvideo.Summary{
			ID: uuid.New(), UserID: uuid.New(), SubmittedAt: noon, Title: "Cats", Description: "Many.",
			Tags: []string{"cats", "pets"}, ThumbnailURL: "https://i.ytimg.com/x", Status: killrvideo.StatusReady,
		},
		Location: "https://www.youtube.com/embed/abcdefghijk", YouTubeID: "abcdefghijk",
	}
}

func TestAVideoIsEqualToItsRow(t *testing.T) {
	t.Parallel()
	want := someVideo()
	text, err := json.Marshal(rowOfVideo(want))
	if err != nil {
		t.Fatal(err)
	}
	var row videoRow
	if err := json.Unmarshal(text, &row); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, row.video()); diff != "" {
		t.Error(diff)
	}
}

// Rows of other programs may lack all columns but the key.
func TestADamagedRowIsStillAVideo(t *testing.T) {
	t.Parallel()
	var row videoRow
	text := `{"videoid":"00000000-0000-4000-8000-000000000001","name":null,"tags":null,"preview_image_location":""}`
	if err := json.Unmarshal([]byte(text), &row); err != nil {
		t.Fatal(err)
	}
	v := row.video()
	if v.Title != killrvideo.UntitledVideo || v.Status != killrvideo.StatusReady || v.Deleted() {
		t.Errorf("%+v", v)
	}
}

func TestChangesWriteOnlyWhatDiffers(t *testing.T) {
	t.Parallel()
	before := someVideo()
	if listed, full := changes(before, before); listed != nil || full != nil {
		t.Errorf("nothing changed, and yet %v %v", listed, full)
	}
	after := before
	after.Title, after.Description, after.Tags, after.UpdatedAt = "Dogs", "", nil, noon.Add(time.Hour)
	listed, full := changes(before, after)
	want := update.U{"$set": map[string]any{"name": "Dogs", "description": nil, "tags": nil}}
	if diff := cmp.Diff(asJSON(t, want), asJSON(t, listed)); diff != "" {
		t.Error(diff)
	}
	want["$set"].(map[string]any)["updated_at"] = after.UpdatedAt
	if diff := cmp.Diff(asJSON(t, want), asJSON(t, full)); diff != "" {
		t.Error(diff)
	}
}

func asJSON(t *testing.T, value any) string {
	t.Helper()
	text, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
