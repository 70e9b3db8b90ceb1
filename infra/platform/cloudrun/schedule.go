package cloudrun

import (
	"fmt"
	"slices"
	"strings"

	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/cloudrunv2"
	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/cloudscheduler"
	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/serviceaccount"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/killrvideo/killrvideo-go/infra/platform"
)

// attemptSeconds is how long Cloud Scheduler waits for an answer: Google's own
// default, or what the service may take if that is longer, and at most half an
// hour.
func attemptSeconds(args *ServiceArgs) int { return min(max(180, args.RequestTimeoutSeconds), 1800) }

// schedules are jobs of Cloud Scheduler that send the app's scheduled requests to
// the service's own URL, which works before a domain does. They are created and
// changed once the service has the new revision, which knows new headers.
func (s *Service) schedules(ctx *pulumi.Context, args *ServiceArgs, service *cloudrunv2.Service, ready pulumi.Resource) error {
	if len(args.App.Schedules) == 0 {
		return nil
	}
	needs := append(slices.Clone(s.enabled), service, ready)
	var identity *cloudscheduler.JobHttpTargetOidcTokenArgs
	if !args.Public {
		account, grant, err := s.scheduler(ctx, args, service)
		if err != nil {
			return err
		}
		needs = append(needs, grant)
		identity = &cloudscheduler.JobHttpTargetOidcTokenArgs{ServiceAccountEmail: account.Email, Audience: service.Uri}
	}
	for _, each := range args.App.Schedules {
		headers := pulumi.StringMap{}
		for name, value := range each.Headers {
			headers[name] = pulumi.ToSecret(value).(pulumi.StringOutput)
		}
		target := &cloudscheduler.JobHttpTargetArgs{
			Uri: pulumi.Sprintf("%s%s", service.Uri, each.Path), HttpMethod: pulumi.String("POST"), Headers: headers,
		}
		if identity != nil { // a nil pointer is not a nil input
			target.OidcToken = identity
		}
		name := s.scope.Name(each.Name)
		_, err := cloudscheduler.NewJob(ctx, name, &cloudscheduler.JobArgs{
			Name: pulumi.String(name), Region: args.schedulerRegion(), Project: args.Project,
			Description: pulumi.String(args.App.Title + ", environment " + args.App.Environment + ": " + each.Path),
			Schedule:    pulumi.String(each.Cron), TimeZone: pulumi.String("Etc/UTC"),
			AttemptDeadline: pulumi.Sprintf("%ds", attemptSeconds(args)), HttpTarget: target,
			// The provider does not know that headers are secrets.
		}, s.scope.Child(pulumi.DependsOn(needs), pulumi.AdditionalSecretOutputs([]string{"httpTarget"}))...)
		if err != nil {
			return fmt.Errorf("the schedule %s: %w", each.Name, err)
		}
	}
	return nil
}

// scheduler is the account whose identity Google checks before a private service:
// it may call this service and nothing else.
func (s *Service) scheduler(ctx *pulumi.Context, args *ServiceArgs, service *cloudrunv2.Service) (
	*serviceaccount.Account, *cloudrunv2.ServiceIamMember, error,
) {
	account, err := serviceaccount.NewAccount(ctx, s.scope.Name("cron"), &serviceaccount.AccountArgs{
		AccountId:   pulumi.String(s.scope.Name("cron")),
		DisplayName: pulumi.String("Scheduled requests to " + args.App.Title + ", environment " + args.App.Environment),
	}, s.scope.Child(pulumi.DependsOn(s.enabled))...)
	if err != nil {
		return nil, nil, fmt.Errorf("the service account of scheduled requests: %w", err)
	}
	grant, err := cloudrunv2.NewServiceIamMember(ctx, s.scope.Name("cron"), &cloudrunv2.ServiceIamMemberArgs{
		Name: service.Name, Location: service.Location,
		Role: pulumi.String("roles/run.invoker"), Member: pulumi.Sprintf("serviceAccount:%s", account.Email),
	}, s.scope.Child()...)
	if err != nil {
		return nil, nil, fmt.Errorf("the right of scheduled requests to call the service: %w", err)
	}
	return account, grant, nil
}

// schedulerRegion is where the jobs are.
func (args *ServiceArgs) schedulerRegion() pulumi.StringInput {
	if args.SchedulerRegion != nil {
		return args.SchedulerRegion
	}
	return args.Region
}

// checkSchedules refuses what Google would refuse or replace.
func (args *ServiceArgs) checkSchedules(p *platform.Problems) {
	if args.SchedulerRegion != nil {
		match(p, "schedulerRegion", args.SchedulerRegion, regionName, "europe-west1")
	}
	if args.Public || len(args.App.Schedules) == 0 {
		return
	}
	if name := platform.ScopeOf(args.App, nil).Name("cron"); len(name) > 30 {
		p.Add("environment", "dev", "%q makes the id of the scheduler's account longer than 30 characters: %s", args.App.Environment, name)
	}
	for _, each := range args.App.Schedules {
		for header := range each.Headers {
			if strings.EqualFold(header, "Authorization") {
				p.AddUnread("app.schedules", "%s: %s holds Google's own token before a service that is not public; use another header",
					each.Name, header)
			}
		}
	}
}

// Intermittent tells that an instance has no processor between requests, or that
// there may be none.
func (p *Platform) Intermittent() bool {
	return p.args.App.Scale.MinInstances == 0 || !*p.args.AlwaysCPU
}

var _ platform.Intermittent = (*Platform)(nil)

// apis are the APIs that are needed here.
func apis(args *ServiceArgs) []string {
	all := []string{"artifactregistry", "iam", "run", "secretmanager"}
	if len(args.App.Schedules) > 0 {
		all = append(all, "cloudscheduler")
	}
	if args.NewKMSKey {
		all = append(all, "cloudkms")
	}
	if args.FixedEgress {
		all = append(all, "compute")
	}
	return all
}
