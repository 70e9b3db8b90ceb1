package cloudrun

import (
	"fmt"
	"path"

	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/cloudrunv2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/killrvideo/killrvideo-go/infra/app"
	"github.com/killrvideo/killrvideo-go/infra/platform"
	"github.com/killrvideo/killrvideo-go/infra/secret"
)

// killSeconds is Google's: fixed.
const killSeconds = 10

// times are those of an instance. Google tells it to stop once no request comes
// any more and those under way have ended, and kills it killSeconds later.
func (args *ServiceArgs) times() app.Times {
	times := args.App.Times()
	times.BalancerIdle, times.KeepAlive = 600, 620
	times.RequestLimit = args.RequestTimeoutSeconds
	times.DrainsFirst = true
	times.Timeout, times.Stop = killSeconds-1, killSeconds
	return times
}

// triggers change with every deployment, and fail it when Google has the traffic
// on another revision than the one just made, or that runs another image.
func (s *Service) triggers(args *ServiceArgs, pins []secret.Pinned, service *cloudrunv2.Service) pulumi.StringArray {
	known := pulumi.All(service.LatestCreatedRevision, service.LatestReadyRevision, args.Project, args.Region)
	serving := known.ApplyT(func(of []any) (string, error) {
		return newest(args.App, of[0].(string), of[1].(string), of[2].(string), of[3].(string))
	}).(pulumi.StringOutput)
	image := service.Template.Containers().Index(pulumi.Int(0)).Image()
	all := append(pulumi.StringArray{serving}, secret.Versions(pins)...)
	return append(all, platform.DigestServes(args.App.Proof, s.Image, image.ToStringPtrOutput())...)
}

// newest compares two revisions by their full names.
func newest(a app.App, created, ready, project, region string) (string, error) {
	if created == ready {
		return ready, nil
	}
	again := "Fix the cause, then run the same command again"
	if a.RedeployCommand != "" {
		again = "Fix the cause, then make another revision with: " + a.RedeployCommand
	}
	return "", fmt.Errorf("Cloud Run made revision %s in %s of project %s, but the newest one that is ready is %s; the reason is shown by: "+
		"gcloud run revisions describe %s --region %s --project %s\n%s",
		path.Base(created), region, project, path.Base(ready), path.Base(created), region, project, again)
}
