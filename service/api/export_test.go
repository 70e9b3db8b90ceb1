package api

import (
	"encoding/json"
	"maps"
	"slices"

	"github.com/killrvideo/killrvideo-go/service/killrvideo"
)

// Views gives the fields of each schema as the handlers send them.
func Views() map[string][]string {
	views := map[string]any{
		"Problem":             Problem{Errors: []killrvideo.FieldError{{}}},
		"FieldError":          killrvideo.FieldError{},
		"User":                viewUser(&killrvideo.User{}),
		"Profile":             profileView{},
		"Moderator":           moderatorView{},
		"ModeratedComment":    viewModerated(killrvideo.Comment{}),
		"PasswordResetCode":   resetView{},
		"UserLoginResponse":   session{},
		"UserCreateResponse":  registered{},
		"VideoSummary":        viewSummary(&killrvideo.Summary{}),
		"VideoDetailResponse": viewVideo(&killrvideo.Video{}),
		"VideoStatusResponse": statusView{}, "VideoPreviewResponse": previewView{},
		"PaginatedResponse_VideoSummary_": paginated[summaryView]{}, "Pagination": pagination{},
	}
	fields := map[string][]string{}
	for name, view := range views {
		var object map[string]any
		text, err := json.Marshal(view)
		if err == nil {
			err = json.Unmarshal(text, &object)
		}
		if err != nil {
			panic(err)
		}
		fields[name] = slices.Sorted(maps.Keys(object))
	}
	return fields
}
