package cloudrun

import (
	"cmp"
	"fmt"

	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/logging"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// logs keeps the service's log lines in a bucket of their own, for as long and
// with the key that the arguments say. The project's bucket _Default, which has
// neither, gets them no more. A deleted bucket's name is free after seven days.
// https://cloud.google.com/logging/docs/routing/managed-encryption-storage
func (s *Service) logs(ctx *pulumi.Context, args *ServiceArgs) error {
	if args.LogRetentionDays == 0 && !args.encrypted() {
		return nil
	}
	config := &logging.ProjectBucketConfigArgs{
		Project: args.Project, Location: args.Region, BucketId: pulumi.String(args.encryptedName(s.scope.Name(""))),
		Description:   pulumi.String("Logs of the " + args.App.Title + ", environment " + args.App.Environment),
		RetentionDays: pulumi.Int(cmp.Or(args.LogRetentionDays, 30)), // Google's own
	}
	if args.encrypted() {
		config.CmekSettings = &logging.ProjectBucketConfigCmekSettingsArgs{KmsKeyName: args.KMSKey}
	}
	bucket, err := logging.NewProjectBucketConfig(ctx, s.scope.Name(args.encryptedName("logs")), config,
		s.scope.Child(pulumi.DependsOn(s.enabled), pulumi.Protect(*args.Protect))...)
	if err != nil {
		return fmt.Errorf("the bucket for logs: %w", err)
	}
	filter := pulumi.Sprintf(`resource.type="cloud_run_revision" AND resource.labels.service_name="%s" AND resource.labels.location="%s"`,
		s.scope.Name(""), args.Region)
	sink, err := logging.NewProjectSink(ctx, s.scope.Name("logs"), &logging.ProjectSinkArgs{
		Name: pulumi.String(s.scope.Name("")), Destination: pulumi.Sprintf("logging.googleapis.com/%s", bucket.ID()),
		Filter: filter, UniqueWriterIdentity: pulumi.Bool(true),
	}, s.scope.Child()...)
	if err != nil {
		return fmt.Errorf("the way of logs into their bucket: %w", err)
	}
	excluded, err := logging.NewProjectExclusion(ctx, s.scope.Name("logs"), &logging.ProjectExclusionArgs{
		Name: pulumi.String(s.scope.Name("")), Filter: filter,
		Description: pulumi.String("These lines are in a bucket of their own"),
	}, s.scope.Child(pulumi.DependsOn([]pulumi.Resource{sink}))...)
	if err != nil {
		return fmt.Errorf("leave the logs out of the project's bucket: %w", err)
	}
	s.enabled = append(s.enabled, excluded)
	return nil
}
