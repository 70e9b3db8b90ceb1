package run

import (
	"context"
	"fmt"
	"net/http"
	"path"
	"slices"
)

// Condition is what Google says of a revision's state.
type Condition struct {
	Type    string `json:"type"`
	State   string `json:"state"`
	Message string `json:"message"`
	// Reason and RevisionReason are words of the API.
	Reason         string `json:"reason"`
	RevisionReason string `json:"revisionReason"`
}

// Failed are the conditions of a revision that are not met, in Google's words.
func (c *Client) Failed(ctx context.Context, name Name, revision string) (reasons []string, err error) {
	var found struct{ Conditions []Condition }
	if err := c.read(ctx, http.MethodGet, c.base+name.String()+"/revisions/"+path.Base(revision), nil, &found); err != nil {
		return nil, fmt.Errorf("read the revision %s: %w", path.Base(revision), err)
	}
	for _, condition := range found.Conditions {
		if condition.State != "CONDITION_FAILED" {
			continue
		}
		text := condition.Type
		for _, more := range []string{condition.Reason, condition.RevisionReason, condition.Message} {
			if more != "" && more != "REVISION_REASON_UNDEFINED" && more != "COMMON_REASON_UNDEFINED" {
				text += ", " + more
			}
		}
		reasons = append(reasons, text)
	}
	return reasons, nil
}

// Logs are the last lines that a revision logged, the oldest first.
func (c *Client) Logs(ctx context.Context, name Name, revision string, lines int) (all []string, err error) {
	query := map[string]any{
		"resourceNames": []string{"projects/" + name.Project}, "orderBy": "timestamp desc", "pageSize": lines,
		"filter": fmt.Sprintf(`resource.type="cloud_run_revision" AND resource.labels.revision_name=%q`, path.Base(revision)),
	}
	var found struct {
		Entries []struct {
			TextPayload string
			JSONPayload map[string]any `json:"jsonPayload"`
			Severity    string
		}
	}
	if err := c.Entries(ctx, query, &found); err != nil {
		return nil, fmt.Errorf("read the log of the revision %s: %w", path.Base(revision), err)
	}
	for _, entry := range slices.Backward(found.Entries) {
		text := entry.TextPayload
		if message, is := entry.JSONPayload["message"].(string); is {
			text = message
			if cause, is := entry.JSONPayload["error"].(string); is {
				text += ": " + cause
			}
		}
		if text != "" {
			all = append(all, text)
		}
	}
	return all, nil
}
