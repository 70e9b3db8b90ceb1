package cloudrun

import (
	"slices"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/killrvideo/killrvideo-go/infra/plan"
	"github.com/killrvideo/killrvideo-go/infra/platform/platformtest"
)

const (
	jobType    = "gcp:cloudscheduler/job:Job"
	memberType = "gcp:cloudrunv2/serviceIamMember:ServiceIamMember"
)

// scheduled is the second service with a request every night.
func scheduled(public bool) ServiceArgs {
	args := store()
	args.Public = public
	args.App.Schedules = platformtest.Schedules()
	return args
}

func TestScheduledRequests(t *testing.T) {
	t.Parallel()
	p := plannedStore(t, scheduled(true))
	job := platformtest.Find(t, p, jobType)[0]
	for path, want := range map[string]any{
		"name": "store-nightly-test", "region": "europe-west1", "schedule": "0 3 * * *", "timeZone": "Etc/UTC", "attemptDeadline": "180s",
		"httpTarget.httpMethod": "POST", "httpTarget.uri": "${store-app-test.uri}/tasks/nightly",
		"httpTarget.headers.X-Token": plan.Secret, "httpTarget.oidcToken": nil,
	} {
		if got := platformtest.At(job.Inputs, path); got != want {
			t.Errorf("%s is %v, want %v", path, got, want)
		}
	}
	after(t, job, append(platformtest.Find(t, p, "gcp:cloudrunv2/service:Service"), platformtest.Find(t, p, memberType)...)...)
	apis := platformtest.Find(t, p, "gcp:projects/service:Service")
	after(t, job, apis...)
	if !slices.ContainsFunc(apis, func(r plan.Resource) bool { return r.Inputs["service"] == "cloudscheduler.googleapis.com" }) {
		t.Error("the API of Cloud Scheduler is not enabled")
	}
	if strings.Contains(platformtest.Printed(t, p), platformtest.Canary) {
		t.Error("the plan shows the value of a header")
	}
}

// TestScheduledRequestsToAPrivateService have an identity that may call this one
// service alone.
func TestScheduledRequestsToAPrivateService(t *testing.T) {
	t.Parallel()
	p := plannedStore(t, scheduled(false))
	job, grants := platformtest.Find(t, p, jobType)[0], platformtest.Find(t, p, memberType)
	if len(grants) != 1 {
		t.Fatalf("%d grants", len(grants))
	}
	for path, want := range map[string]any{
		"httpTarget.oidcToken.serviceAccountEmail": "${store-cron-test.email}", "httpTarget.oidcToken.audience": "${store-app-test.uri}",
		"httpTarget.headers.X-Token": plan.Secret,
	} {
		if got := platformtest.At(job.Inputs, path); got != want {
			t.Errorf("%s is %v, want %v", path, got, want)
		}
	}
	if in := grants[0].Inputs; in["role"] != "roles/run.invoker" || in["member"] != "serviceAccount:${store-cron-test.email}" ||
		in["name"] != "store-test" {
		t.Errorf("it grants %v", in)
	}
	after(t, job, grants...)
	// What the service itself runs as may not call it.
	if account := platformtest.At(platformtest.Find(t, p, "gcp:cloudrunv2/service:Service")[0].Inputs, "template.serviceAccount"); account !=
		"${store-account-test.email}" {
		t.Errorf("the service runs as %v", account)
	}
}

func TestNothingIsScheduledByDefault(t *testing.T) {
	t.Parallel()
	for _, r := range plannedStore(t, store()).Resources {
		if r.Type == jobType || r.Inputs["service"] == "cloudscheduler.googleapis.com" {
			t.Errorf("%s is made", r.Label())
		}
	}
}

func TestSchedulerRegion(t *testing.T) {
	t.Parallel()
	args := scheduled(true)
	args.SchedulerRegion = pulumi.String("europe-west3")
	if got := platformtest.Find(t, plannedStore(t, args), jobType)[0].Inputs["region"]; got != "europe-west3" {
		t.Errorf("the job is in %v", got)
	}
}

func TestBadSchedulesAreRefused(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		key    string
		change func(*ServiceArgs)
	}{
		"no name":             {"app.schedules", func(args *ServiceArgs) { args.App.Schedules[0].Name = "" }},
		"twice":               {"app.schedules", func(args *ServiceArgs) { args.App.Schedules = slices.Repeat(args.App.Schedules, 2) }},
		"no time":             {"app.schedules", func(args *ServiceArgs) { args.App.Schedules[0].Cron = "hourly" }},
		"no path":             {"app.schedules", func(args *ServiceArgs) { args.App.Schedules[0].Path = "tasks" }},
		"no header":           {"app.schedules", func(args *ServiceArgs) { args.App.Schedules[0].Headers["a: b"] = pulumi.String("x") }},
		"Google's own header": {"app.schedules", func(args *ServiceArgs) { args.App.Schedules[0].Headers["authorization"] = pulumi.String("x") }},
		"a zone for a region": {"cloudrun.schedulerRegion", func(args *ServiceArgs) { args.SchedulerRegion = pulumi.String("europe-west1-b") }},
		"a long account's id": {"environment", func(args *ServiceArgs) { args.App.Environment = "a-long-environment-x" }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			args := scheduled(false)
			c.change(&args)
			platformtest.Refused(t, args.Validate(), c.key)
		})
	}
}

// after fails unless a resource waits for all of the others.
func after(t *testing.T, r plan.Resource, others ...plan.Resource) {
	t.Helper()
	for _, other := range others {
		if !slices.Contains(r.After, other.Label()) {
			t.Errorf("%s does not wait for %s", r.Label(), other.Label())
		}
	}
}
