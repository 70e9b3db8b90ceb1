package ecs

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudwatch"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ecs"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// When a deployment counts as failing: within a minute at least failedRequests were
// answered with 5xx, and they are failedPercent of all.
const (
	alarmSeconds   = 60
	failedRequests = 10
	failedPercent  = 5
)

// watchSeconds bounds how long AWS watches the alarms once the new tasks run. It
// takes as long as an alarm needs to go off; the rest is for the metric, which comes
// a minute or two later.
const watchSeconds = 300

// alarms end a deployment whose tasks are healthy and answer with errors: AWS goes
// back to the tasks of before, as it does when new ones do not start. One that is on
// already when a deployment begins is ignored, so that the deployment can fix the cause.
func (s *Service) alarms(ctx *pulumi.Context, in ingress) (*ecs.ServiceAlarmsArgs, error) {
	metric := func(id, name string) *cloudwatch.MetricAlarmMetricQueryArgs {
		return &cloudwatch.MetricAlarmMetricQueryArgs{Id: pulumi.String(id), Metric: &cloudwatch.MetricAlarmMetricQueryMetricArgs{
			Namespace: pulumi.String("AWS/ApplicationELB"), MetricName: pulumi.String(name), Stat: pulumi.String("Sum"),
			Period: pulumi.Int(alarmSeconds),
			Dimensions: pulumi.StringMap{
				"LoadBalancer": in.balancerSuffix, "TargetGroup": in.targets.ArnSuffix,
			},
		}}
	}
	share := fmt.Sprintf("IF(failed >= %d, 100 * failed / requests, 0)", failedRequests)
	failing, err := cloudwatch.NewMetricAlarm(ctx, s.scope.Name("failing"), &cloudwatch.MetricAlarmArgs{
		Name:             pulumi.String(s.scope.Name("failing")),
		AlarmDescription: pulumi.String("Requests that the tasks answer with 5xx, in percent; ends a deployment"),
		MetricQueries: cloudwatch.MetricAlarmMetricQueryArray{
			&cloudwatch.MetricAlarmMetricQueryArgs{
				Id: pulumi.String("share"), Expression: pulumi.String(share), Label: pulumi.String("failed requests, percent"),
				ReturnData: pulumi.Bool(true),
			},
			metric("failed", "HTTPCode_Target_5XX_Count"), metric("requests", "RequestCount"),
		},
		ComparisonOperator: pulumi.String("GreaterThanOrEqualToThreshold"), Threshold: pulumi.Float64(failedPercent),
		EvaluationPeriods: pulumi.Int(1), TreatMissingData: pulumi.String("notBreaching"), Tags: s.args.tags(),
	}, s.scope.Child()...)
	if err != nil {
		return nil, fmt.Errorf("the alarm for failed requests: %w", err)
	}
	names := append(pulumi.StringArray{failing.Name}, s.args.Alarms...)
	return &ecs.ServiceAlarmsArgs{AlarmNames: names, Enable: pulumi.Bool(true), Rollback: pulumi.Bool(true)}, nil
}
