package stacks

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/killrvideo/killrvideo-go/infra/gate"
)

// nothing is an engine without resources.
type nothing struct{}

func (nothing) NewResource(args pulumi.MockResourceArgs) (string, resource.PropertyMap, error) {
	return args.Name, args.Inputs, nil
}

func (nothing) Call(pulumi.MockCallArgs) (resource.PropertyMap, error) { return nil, nil }

// asked runs the end of a program whose service answers with a status, and
// tells how often it was asked, what was noted, and how the program ended.
func asked(t *testing.T, status int, cfg Config, dry, plan bool) (times int64, noted, err error) {
	t.Helper()
	var count atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		count.Add(1)
		w.WriteHeader(status)
		_, _ = w.Write([]byte(`{"revision":"r1","reason":"data store refuses the credentials"}`))
	}))
	defer server.Close()
	note := func(err error) { noted = err }
	if plan {
		note = nil
	}
	cfg.Stack, cfg.GateTimeoutSeconds = "qa", 1
	err = pulumi.RunErr(func(ctx *pulumi.Context) error {
		proved := &gate.Gate{URL: pulumi.String(server.URL).ToStringOutput(), Revision: pulumi.String("r1").ToStringOutput()}
		confirm(ctx, &cfg, "", proved, pulumi.String("").ToStringOutput(), note)
		ctx.Export("url", proved.URL)
		return nil
	}, pulumi.WithMocks("killrvideo", "qa", nothing{}), func(info *pulumi.RunInfo) { info.DryRun = dry })
	return count.Load(), noted, err
}

func TestAnUpEndsWithTheQuestionWhetherTheServiceIsReady(t *testing.T) {
	t.Parallel()
	times, noted, err := asked(t, 503, Config{Gate: "http"}, false, false)
	if times == 0 || noted == nil || err == nil {
		t.Fatalf("asked %d times, noted %v, ended with %v; want a failed up", times, noted, err)
	}
	for _, word := range []string{"data store refuses the credentials", "refresh --yes --stack qa", "up --stack qa"} {
		if !strings.Contains(err.Error(), word) {
			t.Errorf("%q is not in: %v", word, err)
		}
	}
	if times, noted, err := asked(t, 200, Config{Gate: "http"}, false, false); times == 0 || noted != nil || err != nil {
		t.Errorf("a ready service was asked %d times, noted %v, ended with %v", times, noted, err)
	}
}

func TestNothingAsksWhereThereIsNoAnswerToExpect(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		cfg       Config
		dry, plan bool
	}{
		"a preview":         {Config{Gate: "http"}, true, false},
		"a plan":            {Config{Gate: "http"}, false, true},
		"with the gate off": {Config{Gate: "off", GateReason: "no way in from here"}, false, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if times, noted, err := asked(t, 503, test.cfg, test.dry, test.plan); times > 0 || noted != nil || err != nil {
				t.Errorf("asked %d times, noted %v, ended with %v", times, noted, err)
			}
		})
	}
}
