package app

import (
	"regexp"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Schedule is an HTTP POST that the platform sends to the service regularly, for
// background work that an instance without processor time cannot do by itself.
type Schedule struct {
	// Name is a lower-case name, unique in the app. Required.
	Name string
	// Cron is when it is sent, in UTC: five fields, such as "*/15 * * * *".
	// Required.
	Cron string
	// Path begins with a slash. Required.
	Path string
	// Headers are sent with it; their values are secrets. Authorization is not
	// possible where the platform itself authenticates the request.
	Headers pulumi.StringMap
}

var (
	cron       = regexp.MustCompile(`^[0-9A-Za-z*/,-]+( [0-9A-Za-z*/,-]+){4}$`)
	headerName = regexp.MustCompile(`^[A-Za-z0-9-]+$`)
)

func (a App) validateSchedules(p *Problems) {
	seen := map[string]bool{}
	for _, s := range a.Schedules {
		if !name.MatchString(s.Name) || seen[s.Name] {
			p.Add("app.schedules", "nightly", "%q must be a lower-case name that no other schedule of the app has", s.Name)
		}
		seen[s.Name] = true
		if !cron.MatchString(s.Cron) {
			p.Add("app.schedules", "*/15 * * * *", "%s: %q must have the five fields of cron", s.Name, s.Cron)
		}
		if !strings.HasPrefix(s.Path, "/") {
			p.Add("app.schedules", "/tasks/nightly", "%s: the path %q must begin with a slash", s.Name, s.Path)
		}
		for header := range s.Headers {
			if !headerName.MatchString(header) {
				p.Add("app.schedules", "X-Token", "%s: %q must be the name of a header", s.Name, header)
			}
		}
	}
}
