package cloudrun

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"path"
	"strings"

	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/cloudrunv2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/killrvideo/killrvideo-go/infra/gate"
	"github.com/killrvideo/killrvideo-go/infra/provider/resource"
)

// candidate is the tag of the newest revision that is ready: with it the revision
// answers at a URL of its own, without any traffic.
const candidate = "next"

// The types of a traffic target.
const (
	toLatest   = "TRAFFIC_TARGET_ALLOCATION_TYPE_LATEST"
	toRevision = "TRAFFIC_TARGET_ALLOCATION_TYPE_REVISION"
)

// traffics leave the traffic where it is: a revision gets it after its proof. A
// change of the service has to name those who have it, so they are asked for
// whenever it changes, and only then. What made is told first says when Google can
// be asked.
func (s *Service) traffics(
	ctx *pulumi.Context, args *ServiceArgs, service *cloudrunv2.ServiceArgs, made []pulumi.Resource,
) (cloudrunv2.ServiceTrafficArrayInput, error) {
	if args.AtOnce {
		return cloudrunv2.ServiceTrafficArray{
			&cloudrunv2.ServiceTrafficArgs{Type: pulumi.String(toLatest), Percent: pulumi.Int(100)},
		}, nil
	}
	template := service.Template.ToServiceTemplateOutput()
	changes := pulumi.All(template, service.Labels, service.Ingress, service.Description).ApplyT(digest).(pulumi.StringOutput)
	before, err := resource.NewCloudRunServing(ctx, s.scope.Name("traffic-before"), &resource.CloudRunServingArgs{
		Project: args.Project, Location: args.Region, Service: pulumi.String(s.scope.Name("")), Triggers: pulumi.StringArray{changes},
	}, s.scope.Child(pulumi.DependsOn(made))...)
	if err != nil {
		return nil, fmt.Errorf("the traffic before a change: %w", err)
	}
	return pulumi.All(before.Revisions, before.Percents).ApplyT(func(of []any) []cloudrunv2.ServiceTraffic {
		revisions, _ := of[0].([]string)
		percents, _ := of[1].([]int)
		return targets(revisions, percents)
	}).(cloudrunv2.ServiceTrafficArrayOutput), nil
}

// digest names what a service is by a hash of it.
func digest(parts []any) (string, error) {
	text, err := json.Marshal(parts)
	if err != nil {
		return "", fmt.Errorf("encode the service: %w", err)
	}
	sum := sha256.Sum256(text)
	return "service " + hex.EncodeToString(sum[:6]), nil
}

// targets are the revisions with traffic, and the tag of the newest one. The first
// revision serves.
func targets(revisions []string, percents []int) (all []cloudrunv2.ServiceTraffic) {
	latest, revision, tag, whole := toLatest, toRevision, candidate, 100
	if len(revisions) == 0 || len(revisions) != len(percents) {
		return []cloudrunv2.ServiceTraffic{{Type: &latest, Percent: &whole, Tag: &tag}}
	}
	for i := range revisions {
		all = append(all, cloudrunv2.ServiceTraffic{Type: &revision, Revision: &revisions[i], Percent: &percents[i]})
	}
	return append(all, cloudrunv2.ServiceTraffic{Type: &latest, Tag: &tag})
}

// candidateURL is where the newest revision answers.
func candidateURL(service *cloudrunv2.Service) pulumi.StringOutput {
	return pulumi.All(service.TrafficStatuses, service.Uri).ApplyT(func(of []any) string {
		statuses, _ := of[0].([]cloudrunv2.ServiceTrafficStatus)
		for _, status := range statuses {
			if status.Tag != nil && *status.Tag == candidate && status.Uri != nil && *status.Uri != "" {
				return *status.Uri
			}
		}
		return strings.Replace(of[1].(string), "://", "://"+candidate+"---", 1) // as Google forms it
	}).(pulumi.StringOutput)
}

// shift gives the traffic to the proved revision, at once or in steps. It returns
// the service's URL, known once the revision has all of it.
func (s *Service) shift(
	ctx *pulumi.Context, args *ServiceArgs, service *cloudrunv2.Service, proof pulumi.Resource, key pulumi.StringInput,
) (*resource.CloudRunTraffic, pulumi.StringOutput, error) {
	recognised := &resource.GateArgs{}
	gate.Recognise(recognised, args.App.Proof)
	given := &resource.CloudRunTrafficArgs{
		Project: args.Project, Location: args.Region, Service: pulumi.String(s.scope.Name("")), Tag: pulumi.String(candidate),
		To:         service.LatestReadyRevision.ApplyT(func(name string) string { return path.Base(name) }).(pulumi.StringOutput),
		Generation: service.Generation, KeyFingerprint: key, Revision: s.Revision, URL: s.Deployment.CandidateURL,
		Path: recognised.Path, RevisionField: recognised.RevisionField, RevisionHeader: recognised.RevisionHeader,
		StatusOnly: recognised.StatusOnly,
	}
	if len(args.TrafficSteps) > 0 {
		given.Steps, given.StepSeconds = pulumi.ToIntArray(args.TrafficSteps), pulumi.Int(args.TrafficStepSeconds)
	}
	traffic, err := resource.NewCloudRunTraffic(ctx, s.scope.Name("traffic"), given,
		s.scope.Child(pulumi.DependsOn([]pulumi.Resource{proof}))...)
	if err != nil {
		return nil, pulumi.StringOutput{}, fmt.Errorf("the traffic of the proved revision: %w", err)
	}
	url := pulumi.All(service.Uri, traffic.ProvedAt).ApplyT(func(of []any) string { return of[0].(string) }).(pulumi.StringOutput)
	return traffic, url, nil
}
