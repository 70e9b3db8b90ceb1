package killrvideo_test

import (
	"errors"
	"testing"

	"github.com/killrvideo/killrvideo-go/service/killrvideo"
)

func TestActivityIsShownToItsUserAndModerators(t *testing.T) {
	t.Parallel()
	c := newCommunity()
	ada, video := creator(), c.shown(t, creator())
	c.said(t, ada, video.ID, "a text")
	if err := c.Catalogue.View(t.Context(), killrvideo.SignedIn(ada), video.ID); err != nil {
		t.Fatal(err)
	}
	callers := map[string]struct {
		caller killrvideo.User
		want   string
	}{
		"the user": {ada, ""}, "a moderator": {moderating(), ""}, "another": {creator(), killrvideo.EFORBIDDEN},
		"no user": {killrvideo.User{}, killrvideo.EFORBIDDEN},
	}
	for name, test := range callers {
		for of, n := range map[killrvideo.ActivityType]int{"": 2, killrvideo.ActivityView: 1, killrvideo.ActivityRate: 0} {
			got, err := c.Catalogue.ActivitiesOf(t.Context(), killrvideo.Authorized(test.caller), ada.ID, of, killrvideo.Page{})
			if killrvideo.ErrorCode(err) != test.want || err == nil && len(got.Items) != n || err != nil && len(got.Items) != 0 {
				t.Errorf("%s, %q: %d, %v", name, of, len(got.Items), err)
			}
		}
	}
	c.faults.broken = "Activities"
	if _, err := c.Catalogue.ActivitiesOf(t.Context(), killrvideo.Authorized(ada), ada.ID, "", killrvideo.Page{}); !errors.Is(err, errDown) {
		t.Errorf("down: %v", err)
	}
}
