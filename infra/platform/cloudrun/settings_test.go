package cloudrun

import (
	"strings"
	"testing"

	"github.com/killrvideo/killrvideo-go/infra/app"
	"github.com/killrvideo/killrvideo-go/infra/platform/platformtest"
)

func TestBadSettingsAreRefused(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		change func(*Settings, *app.Scale)
		key    string
	}{
		"no project":                  {func(s *Settings, _ *app.Scale) { s.Project = "" }, "cloudrun.project"},
		"a project's number":          {func(s *Settings, _ *app.Scale) { s.Project = "12345" }, "cloudrun.project"},
		"a zone":                      {func(s *Settings, _ *app.Scale) { s.Region = "europe-west1-b" }, "cloudrun.region"},
		"an unknown ingress":          {func(s *Settings, _ *app.Scale) { s.Ingress = "none" }, "cloudrun.ingress"},
		"a URL for a domain":          {func(s *Settings, _ *app.Scale) { s.Domain = "https://api.example.org" }, "cloudrun.domain"},
		"a gate before a private one": {func(s *Settings, _ *app.Scale) { s.Gated, s.Public = true, false }, "cloudrun.public"},
		"a gate outside":              {func(s *Settings, _ *app.Scale) { s.Gated, s.Ingress = true, "internal" }, "cloudrun.ingress"},
		"no such region":              {func(s *Settings, _ *app.Scale) { s.Region = "europe-west77" }, "cloudrun.region"},
		"an unmapped domain": {func(s *Settings, _ *app.Scale) {
			s.Region, s.Domain = "europe-west3", "api.example.org"
		}, "cloudrun.domain"},
		"no patience for a certificate": {func(s *Settings, _ *app.Scale) { s.DomainWaitSeconds = 59 }, "cloudrun.domainWaitSeconds"},
		"no patience for permissions": {func(s *Settings, _ *app.Scale) {
			seconds := 901
			s.PermissionSeconds = &seconds
		}, "cloudrun.permissionSeconds"},
		"steps downwards":      {func(s *Settings, _ *app.Scale) { s.Gated, s.TrafficSteps = true, []int{50, 10} }, "cloudrun.trafficSteps"},
		"steps to the whole":   {func(s *Settings, _ *app.Scale) { s.Gated, s.TrafficSteps = true, []int{100} }, "cloudrun.trafficSteps"},
		"a long step":          {func(s *Settings, _ *app.Scale) { s.TrafficStepSeconds = 86401 }, "cloudrun.trafficStepSeconds"},
		"steps without a gate": {func(s *Settings, _ *app.Scale) { s.TrafficSteps = []int{10} }, "cloudrun.trafficSteps"},
		"steps that are hidden": {func(s *Settings, _ *app.Scale) {
			s.TrafficSteps, s.Ingress = []int{10}, "internal"
		}, "cloudrun.trafficSteps"},
		"an answer before the service's": {func(s *Settings, _ *app.Scale) { s.RequestTimeoutSeconds = 20 }, "cloudrun.requestTimeoutSeconds"},
		"an hour and more":               {func(s *Settings, _ *app.Scale) { s.RequestTimeoutSeconds = 3601 }, "cloudrun.requestTimeoutSeconds"},
		"a label in capitals":            {func(s *Settings, _ *app.Scale) { s.Labels = map[string]string{"Team": "x"} }, "cloudrun.labels"},
		"a label that is set":            {func(s *Settings, _ *app.Scale) { s.Labels = map[string]string{"app": "x"} }, "cloudrun.labels"},
		"three processors":               {func(_ *Settings, s *app.Scale) { s.CPU = "3" }, "cpu"},
		"too little memory":              {func(_ *Settings, s *app.Scale) { s.Memory = "64Mi" }, "memory"},
		"a fruit for memory":             {func(_ *Settings, s *app.Scale) { s.Memory = "banana" }, "memory"},
		"much memory, one processor":     {func(_ *Settings, s *app.Scale) { s.Memory = "8Gi" }, "memory"},
		"little memory, four of them":    {func(_ *Settings, s *app.Scale) { s.CPU = "4" }, "memory"},
		"half a processor":               {func(_ *Settings, s *app.Scale) { s.CPU, s.Concurrency = "0.5", 1 }, "cpu"},
		"too many instances":             {func(_ *Settings, s *app.Scale) { s.MaxInstances = 1001 }, "maxInstances"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, size := settings(), scale()
			test.change(&s, &size)
			_, err := New(platformtest.App("dev", "", size), s)
			platformtest.Refused(t, err, test.key)
		})
	}
}

func TestAllProblemsComeAtOnce(t *testing.T) {
	t.Parallel()
	_, err := New(platformtest.App(strings.Repeat("e", 27), "", app.Scale{CPU: "3", Memory: "512Mi"}), Settings{Ingress: "x"})
	for _, key := range []string{"cloudrun.project", "cloudrun.region", "cloudrun.ingress", "environment", "cpu"} {
		if err == nil || !strings.Contains(err.Error(), key+":") {
			t.Errorf("%s is not in: %v", key, err)
		}
	}
}

func TestGoodScales(t *testing.T) {
	t.Parallel()
	for _, good := range []app.Scale{
		{CPU: "1", Memory: "512Mi", Concurrency: 80},
		{CPU: "2", Memory: "4Gi", Concurrency: 200}, {CPU: "8", Memory: "32Gi", Concurrency: 1000},
	} {
		if _, err := New(platformtest.App("dev", "", good), settings()); err != nil {
			t.Errorf("%+v: %v", good, err)
		}
	}
}
