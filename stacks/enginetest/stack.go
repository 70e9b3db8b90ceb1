// Package enginetest leads a stack of a cloud target through its life with the
// real Pulumi engine, the real program, the real native provider and the
// embedded Astra; only the cloud is a stand-in. It is for the tests of the
// targets' programs alone and imports no cloud's SDK.
package enginetest

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/auto"
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
	// Removes is what the cloud does with a version that nothing reads any more.
	Removes string
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
	// backend is the folder of the stack's state and its history.
	backend string
	// pluginLog is what the native provider itself wrote.
	pluginLog string
	secrets   secrets
	auto      auto.Stack
	// astraURL is the embedded Astra.
	astraURL string
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
	s := &stack{t: t, place: place, cloud: cloud, astra: client, astraURL: url, backend: backend, pluginLog: filepath.Join(t.TempDir(), "provider.log")}
	s.secrets = secrets{standin.Canary: "the test's canary", token.Reveal(): "the deploy token", "AstraCS:": "the beginning of a token"}
	program := func(ctx *pulumi.Context) error {
		proved, err := stacks.Proved(ctx)
		if err != nil {
			return err
		}
		return stacks.Program(ctx, place.Target, hurried(place.Build), stacks.Seen{
			Keys: s.keys(ctx.Context()), NotReady: func(error) {}, Proved: proved,
		})
	}
	s.auto, err = auto.UpsertStackInlineSource(t.Context(), "dev", stacks.Namespace, program,
		auto.WorkDir(project(t, root, s.pluginLog)), auto.Pulumi(CLI(t, root)), auto.EnvVars(map[string]string{
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
	s.set("astraDataApiEndpoint", url)
	s.set("astraDevopsEndpoint", url+"/v2")
	s.secret("astraDeployToken", token.Reveal())
	// With it the vectors are made elsewhere: the embedded Astra cannot.
	s.secret("nvidiaApiKey", standin.Canary)
	return s
}

// project is a folder with the project's file and the native provider, whose
// own log goes to a file.
func project(t *testing.T, root, log string) string {
	t.Helper()
	work, plugin := t.TempDir(), t.TempDir()
	build := exec.Command("go", "build", "-buildvcs=false", "-o", filepath.Join(plugin, "provider"), "./infra/provider/plugin")
	build.Dir = root
	if output, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build the native provider: %v\n%s", err, output)
	}
	script := fmt.Sprintf("#!/bin/sh\nexec %s/provider \"$@\" 2>>%s\n", plugin, log)
	must(t, os.WriteFile(filepath.Join(plugin, "pulumi-resource-killrvideo"), []byte(script), 0o700))
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

// keys are the full names of the stack's settings, as make finds them.
func (s *stack) keys(ctx context.Context) []string {
	all, err := s.auto.GetAllConfig(ctx)
	if err != nil {
		s.t.Errorf("list the settings: %v", err)
	}
	return slices.Sorted(maps.Keys(all))
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
	seen := s.watch()
	var output, log strings.Builder
	_, err := s.auto.Up(s.t.Context(), optup.EventStreams(seen.channel), optup.DebugLogging(everything()),
		optup.ProgressStreams(&output), optup.ErrorProgressStreams(&log))
	done := seen.steps(s.t)
	s.learn()
	told, _ := withoutValues(fmt.Sprint(err)) // an error has both in it
	s.silent("the output of up", output.String()+told)
	s.logged("up", log.String())
	s.silent("the event log of up", seen.log.String())
	return done, err
}

func (s *stack) destroy() steps {
	s.t.Helper()
	seen := s.watch()
	_, err := s.auto.Destroy(s.t.Context(), optdestroy.EventStreams(seen.channel))
	done := seen.steps(s.t)
	if err != nil {
		s.t.Fatalf("destroy failed after\n%s\n%v", done, err)
	}
	return done
}

// tokens are how many tokens there are on Astra beside the deploy token.
func (s *stack) tokens() int {
	s.t.Helper()
	all, err := s.astra.Tokens(context.WithoutCancel(s.t.Context()))
	must(s.t, err)
	return len(all) - 1
}
