package cloudrun

import (
	"fmt"
	"slices"
	"testing"

	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/cloudrunv2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/killrvideo/killrvideo-go/infra/app"
	"github.com/killrvideo/killrvideo-go/infra/gate"
	"github.com/killrvideo/killrvideo-go/infra/plan"
	"github.com/killrvideo/killrvideo-go/infra/platform/platformtest"
	"github.com/killrvideo/killrvideo-go/infra/provider/resource"
)

// TestTrafficComesAfterTheProof: the revision is asked by its tag, and the service
// waits until it is known who has the traffic.
func TestTrafficComesAfterTheProof(t *testing.T) {
	t.Parallel()
	s := settings()
	s.Gated, s.TrafficSteps = true, []int{10, 50}
	p, err := plan.Run(func(ctx *pulumi.Context) error {
		a := platformtest.App("dev", "", scale())
		made, err := New(a, s)
		if err != nil {
			return err
		}
		running, err := made.Deploy(ctx, a)
		if err != nil {
			return err
		}
		_, err = gate.New(ctx, "gate-dev", &gate.Args{Deployment: running})
		return err
	}, plan.Stack{Project: "shop", Name: "dev"})
	if err != nil {
		t.Fatal(err)
	}
	service := platformtest.Find(t, p, "gcp:cloudrunv2/service:Service")[0]
	before := platformtest.Find(t, p, resource.CloudRunServingType)[0]
	proof := platformtest.Find(t, p, resource.GateType)[0]
	traffic := platformtest.Find(t, p, resource.CloudRunTrafficType)[0]
	for _, pair := range [][2]plan.Resource{{service, before}, {proof, service}, {traffic, proof}} {
		if !slices.Contains(pair[0].After, pair[1].Label()) {
			t.Errorf("%s does not wait for %s, but for %v", pair[0].Label(), pair[1].Label(), pair[0].After)
		}
	}
	if got := platformtest.At(service.Inputs, "traffics.0.tag"); got != candidate {
		t.Errorf("the newest revision has the tag %v", got)
	}
	if steps := traffic.Inputs["steps"]; !slices.Equal(steps.([]any), []any{10., 50.}) || traffic.Inputs["stepSeconds"] != 60. {
		t.Errorf("the steps are %v of %v s", steps, traffic.Inputs["stepSeconds"])
	}
}

// TestTrafficIsAskedForWithEveryChange, of anything that a change of the service
// sends.
func TestTrafficIsAskedForWithEveryChange(t *testing.T) {
	t.Parallel()
	digestOf := func(change func(*Settings, *app.Scale)) any {
		s, size := settings(), scale()
		s.Gated = true
		change(&s, &size)
		p := platformtest.Run(t, "dev", func(ctx *pulumi.Context) error {
			a := platformtest.App("dev", "", size)
			args := s.args(a)
			_, err := NewService(ctx, "shop-cloudrun-dev", &args)
			return err
		})
		return platformtest.At(platformtest.Find(t, p, resource.CloudRunServingType)[0].Inputs, "triggers.0")
	}
	same := digestOf(func(*Settings, *app.Scale) {})
	if again := digestOf(func(*Settings, *app.Scale) {}); again != same {
		t.Errorf("without a change it is %v and %v", same, again)
	}
	for name, change := range map[string]func(*Settings, *app.Scale){
		"the size":    func(_ *Settings, size *app.Scale) { size.MaxInstances++ },
		"the labels":  func(s *Settings, _ *app.Scale) { s.Labels = map[string]string{"team": "video"} },
		"the timeout": func(s *Settings, _ *app.Scale) { s.RequestTimeoutSeconds = 60 },
	} {
		if digestOf(change) == same {
			t.Errorf("%s is changed, and the traffic is not asked for", name)
		}
	}
}

// TestWithoutAGateTrafficComesAtOnce, as Google gives it.
func TestWithoutAGateTrafficComesAtOnce(t *testing.T) {
	t.Parallel()
	p := planned(t, "dev", "", settings())
	service := platformtest.Find(t, p, "gcp:cloudrunv2/service:Service")[0]
	kind, tag := platformtest.At(service.Inputs, "traffics.0.type"), platformtest.At(service.Inputs, "traffics.0.tag")
	if kind != toLatest || tag != nil {
		t.Errorf("the traffic goes to %v, tagged %v", kind, tag)
	}
}

func TestTargets(t *testing.T) {
	t.Parallel()
	text := func(target cloudrunv2.ServiceTraffic) string {
		percent, revision, tag := 0, "latest", ""
		if target.Percent != nil {
			percent = *target.Percent
		}
		if target.Revision != nil {
			revision = *target.Revision
		}
		if target.Tag != nil {
			tag = *target.Tag
		}
		return fmt.Sprintf("%s %s %d", revision, tag, percent)
	}
	for name, test := range map[string]struct {
		revisions []string
		percents  []int
		want      []string
	}{
		"the first revision":  {nil, nil, []string{"latest next 100"}},
		"one that serves":     {[]string{"api-1"}, []int{100}, []string{"api-1  100", "latest next 0"}},
		"two that share":      {[]string{"api-1", "api-2"}, []int{90, 10}, []string{"api-1  90", "api-2  10", "latest next 0"}},
		"an answer in pieces": {[]string{"api-1"}, nil, []string{"latest next 100"}},
	} {
		var got []string
		for _, target := range targets(test.revisions, test.percents) {
			got = append(got, text(target))
		}
		if !slices.Equal(got, test.want) {
			t.Errorf("%s: got %q, want %q", name, got, test.want)
		}
	}
}
