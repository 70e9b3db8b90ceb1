package cloudrun

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"path"
	"strings"
	"time"

	"github.com/killrvideo/killrvideo-go/infra/operate"
)

// Logs reads the log of the service, or that of the revision that failed last.
func (p *platform) Logs(ctx context.Context, query operate.Query, emit func(operate.Line) error) error {
	instances, err := p.Instances(ctx)
	if err != nil {
		return err
	}
	failed := ""
	for _, i := range instances {
		if i.State == operate.Failed && failed == "" {
			failed = i.Name
		}
	}
	if query.Failed && failed == "" {
		return operate.ErrNoLog
	}
	return operate.Deliver(ctx, query, func(ctx context.Context, since time.Time) ([]operate.Line, error) {
		return p.lines(ctx, p.filter(query, since, failed), query.Last())
	}, emit)
}

// logNames are what an instance writes, and what Google says about it.
const logNames = `logName=~"/run.googleapis.com%2F(stdout|stderr|varlog%2Fsystem)$"`

// filter is a query in the language of Cloud Logging. The revision that failed is
// what is asked for, or left out.
func (p *platform) filter(query operate.Query, since time.Time, failed string) string {
	filter := []string{
		`resource.type="cloud_run_revision"`, fmt.Sprintf("resource.labels.location=%q", p.name.Location),
		fmt.Sprintf("resource.labels.service_name=%q", p.name.Service), logNames,
	}
	if failed != "" {
		only := fmt.Sprintf("resource.labels.revision_name=%q", failed)
		if !query.Failed {
			only = "NOT " + only
		}
		filter = append(filter, only)
	}
	if !since.IsZero() {
		filter = append(filter, fmt.Sprintf("timestamp>=%q", since.UTC().Format(time.RFC3339Nano)))
	}
	if query.RequestID != "" {
		filter = append(filter, fmt.Sprintf("jsonPayload.request_id=%q", query.RequestID))
	}
	if severity := severityOf(query.Level); severity != "" {
		filter = append(filter, fmt.Sprintf("(severity>=%s OR textPayload:*)", severity)) // a text has no level
	}
	return strings.Join(filter, " AND ")
}

func severityOf(level slog.Level) string {
	switch {
	case level > slog.LevelWarn:
		return "ERROR"
	case level > slog.LevelInfo:
		return "WARNING"
	case level > slog.LevelDebug:
		return "INFO"
	}
	return ""
}

type entry struct {
	Timestamp   time.Time
	Severity    string
	TextPayload string
	JSONPayload map[string]any `json:"jsonPayload"`
	Labels      struct{ InstanceID string }
	Resource    struct {
		Labels struct {
			RevisionName string `json:"revision_name"`
		}
	}
}

// mostEntries is how many entries one call gives.
const mostEntries = 1000

// lines are the last ones.
func (p *platform) lines(ctx context.Context, filter string, last int) (all []operate.Line, err error) {
	asked := map[string]any{
		"resourceNames": p.logs, "filter": filter, "orderBy": "timestamp desc",
		"pageSize": min(last, mostEntries),
	}
	for len(all) < last {
		var page struct {
			Entries       []entry
			NextPageToken string
		}
		if err := p.Entries(ctx, asked, &page); err != nil {
			return nil, fmt.Errorf("read the log of %s: %w", p.name, err)
		}
		for _, e := range page.Entries {
			all = append(all, e.line())
		}
		if page.NextPageToken == "" {
			break
		}
		asked["pageToken"] = page.NextPageToken
	}
	return all, nil
}

// levels are those of Google's severities; others are errors.
var levels = map[string]slog.Level{
	"DEBUG": slog.LevelDebug, "INFO": slog.LevelInfo, "NOTICE": slog.LevelInfo, "WARNING": slog.LevelWarn,
}

// line is an entry in the form in which the service writes lines elsewhere.
func (e entry) line() operate.Line {
	instance := path.Join(e.Resource.Labels.RevisionName, e.Labels.InstanceID)
	level, known := levels[e.Severity]
	if !known {
		level = slog.LevelError
	}
	text := e.TextPayload
	if message, is := e.JSONPayload["message"].(string); is {
		record := map[string]any{"time": e.Timestamp, "level": level, "msg": message}
		for key, value := range e.JSONPayload {
			if key != "message" {
				record[key] = value
			}
		}
		if encoded, err := json.Marshal(record); err == nil {
			text = string(encoded)
		}
	}
	line := operate.ParseLine(instance, text)
	line.Time, line.Level = e.Timestamp, level
	return line
}
