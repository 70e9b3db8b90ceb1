// Package enginetest leads a stack of a cloud target through its life with the
// real Pulumi engine, the real program, the real native provider and the
// embedded Astra; only the cloud is a stand-in. It is for the tests of the
// targets' programs alone and imports no cloud's SDK.
package enginetest

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/auto"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/events"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optdestroy"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optup"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/killrvideo/killrvideo-go/astra/dataapi/dataapitest"
	"github.com/killrvideo/killrvideo-go/astra/devops"
	"github.com/killrvideo/killrvideo-go/stacks"
	"github.com/killrvideo/killrvideo-go/stacks/enginetest/standin"
)

// Place is a target and what its tests must know of it.
type Place struct {
	Target string
	Build  stacks.Builder
	Cloud  standin.Kind
	// Group is the target's own settings, once it is known where it answers.
	Group func(url string) map[string]any
	// Repository is the type of what keeps a built image, if the target makes one.
	Repository string
	// Image and NextImage are two images, by digest.
	Image, NextImage string
	// Version is the type of what holds a secret's value.
	Version string
	// Reason is what up says when the cloud goes on with an old revision.
	Reason string
	// First are the types that must be there before the service runs.
	First []string
}

// stack is a stack `dev` of a place.
type stack struct {
	t     *testing.T
	place Place
	cloud *standin.Cloud
	astra *devops.Client
	// admin is the deploy token, made by the embedded Astra for this test.
	admin string
	// backend is the folder of the stack's state and its history.
	backend string
	auto    auto.Stack
}

// open makes the cloud, the embedded Astra and the stack, in folders of this
// test.
func open(t *testing.T, place Place) *stack {
	t.Helper()
	root, err := filepath.Abs("../..")
	must(t, err)
	t.Setenv("KILLRVIDEO_ROOT", root)
	binary, err := dataapitest.Build(t.TempDir())
	must(t, err)
	url, token := binary.Start(t, "-addr", "127.0.0.1:0")
	client, err := devops.NewClient(url+"/v2", token, nil)
	must(t, err)
	backend := t.TempDir()
	cloud, attach := standin.Start(t, place.Cloud)
	_, builder := standin.Start(t, standin.Builder())
	s := &stack{t: t, place: place, cloud: cloud, astra: client, admin: token.Reveal(), backend: backend}
	program := func(ctx *pulumi.Context) error {
		return stacks.Program(ctx, place.Target, onEmbedded(place.Build, url))
	}
	s.auto, err = auto.UpsertStackInlineSource(t.Context(), "dev", stacks.Namespace, program,
		auto.WorkDir(project(t, root)), auto.Pulumi(CLI(t, root)), auto.EnvVars(map[string]string{
			"PULUMI_BACKEND_URL": "file://" + backend, "PULUMI_HOME": t.TempDir(),
			// A passphrase made up for this test.
			"PULUMI_CONFIG_PASSPHRASE": "generated for this test", "PULUMI_SKIP_UPDATE_CHECK": "true",
			"PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true", "PULUMI_DEBUG_PROVIDERS": attach + "," + builder,
		}))
	must(t, err)
	group, err := json.Marshal(place.Group(cloud.URL()))
	must(t, err)
	s.set("target", place.Target)
	s.set(place.Target, string(group))
	s.set("image", place.Image)
	s.set("gateTimeoutSeconds", "5")
	s.set("astraDatabaseId", databaseID)
	s.set("astraRegion", "us-east1")
	s.secret("astraDeployToken", s.admin)
	// With it the vectors are made elsewhere: the embedded Astra cannot.
	s.secret("nvidiaApiKey", standin.Canary)
	return s
}

// project is a folder with the project's file and the native provider.
func project(t *testing.T, root string) string {
	t.Helper()
	work, plugin := t.TempDir(), t.TempDir()
	build := exec.Command("go", "build", "-buildvcs=false", "-o", filepath.Join(plugin, "pulumi-resource-killrvideo"), "./infra/provider/plugin")
	build.Dir = root
	if output, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build the native provider: %v\n%s", err, output)
	}
	text := "name: " + stacks.Namespace + "\nruntime: go\nplugins:\n  providers:\n    - {name: killrvideo, path: " + plugin + "}\n"
	must(t, os.WriteFile(filepath.Join(work, "Pulumi.yaml"), []byte(text), 0o600))
	return work
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (s *stack) set(key, value string) {
	s.t.Helper()
	must(s.t, s.auto.SetConfig(s.t.Context(), stacks.Namespace+":"+key, auto.ConfigValue{Value: value}))
}

func (s *stack) secret(key, value string) {
	s.t.Helper()
	must(s.t, s.auto.SetConfig(s.t.Context(), stacks.Namespace+":"+key, auto.ConfigValue{Value: value, Secret: true}))
}

// up deploys, which must succeed.
func (s *stack) up() steps {
	s.t.Helper()
	done, err := s.tryUp()
	if err != nil {
		s.t.Fatalf("up failed after\n%s\n%v", done, err)
	}
	return done
}

func (s *stack) tryUp() (steps, error) {
	s.t.Helper()
	channel, wait := s.watch()
	result, err := s.auto.Up(s.t.Context(), optup.EventStreams(channel))
	s.silent("the output", result.StdOut, result.StdErr, fmt.Sprint(err))
	return wait(), err
}

func (s *stack) destroy() steps {
	s.t.Helper()
	channel, wait := s.watch()
	_, err := s.auto.Destroy(s.t.Context(), optdestroy.EventStreams(channel))
	done := wait()
	if err != nil {
		s.t.Fatalf("destroy failed after\n%s\n%v", done, err)
	}
	return done
}

// watch collects the steps of an operation in the order in which they ended.
func (s *stack) watch() (chan<- events.EngineEvent, func() steps) {
	channel, ended := make(chan events.EngineEvent), make(chan struct{})
	var done steps
	go func() {
		defer close(ended)
		for event := range channel {
			if out := event.ResOutputsEvent; out != nil {
				done = append(done, stepOf(string(out.Metadata.Op), out.Metadata.URN))
			}
		}
	}()
	return channel, func() steps {
		select {
		case <-ended:
		case <-time.After(10 * time.Second): // an operation that did not begin closes nothing
			s.t.Fatal("the engine ended without closing its events; it did not begin")
		}
		return slices.DeleteFunc(done, func(step string) bool { return strings.HasPrefix(step, "same ") })
	}
}

// tokens are how many tokens there are on Astra beside the deploy token.
func (s *stack) tokens() int {
	s.t.Helper()
	all, err := s.astra.Tokens(context.WithoutCancel(s.t.Context()))
	must(s.t, err)
	return len(all) - 1
}

// silent asks that texts which others can read hold no secret of the stack.
func (s *stack) silent(where string, texts ...string) {
	s.t.Helper()
	for _, text := range texts {
		for _, secret := range []string{standin.Canary, s.admin, "AstraCS:"} {
			if strings.Contains(text, secret) {
				s.t.Errorf("%s holds a secret in clear", where)
			}
		}
	}
}
