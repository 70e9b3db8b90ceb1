// Package enginetest leads a stack of a cloud target through its life with the
// real Pulumi engine, the real program, the real native provider and the
// embedded Astra; only the cloud is a stand-in. It is for the tests of the
// targets' programs alone and imports no cloud's SDK.
package enginetest

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi/sdk/v3/go/auto"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optdestroy"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optup"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/killrvideo/killrvideo-go/astra/devops"
	"github.com/killrvideo/killrvideo-go/infra/operate"
	"github.com/killrvideo/killrvideo-go/stacks"
	"github.com/killrvideo/killrvideo-go/stacks/enginetest/fault"
	"github.com/killrvideo/killrvideo-go/stacks/enginetest/standin"
	"github.com/killrvideo/killrvideo-go/stacks/launch/checkout"
	"github.com/killrvideo/killrvideo-go/stacks/launch/plugin"
)

// Place is a target and what its tests must know of it.
type Place struct {
	Target string
	Build  stacks.Builder
	Cloud  standin.Kind
	// Store finds what holds credentials on the cloud.
	Store func(operate.Stack) (operate.Store, error)
	// DrainSeconds is how long old instances go on, if not as short as can be.
	DrainSeconds int
	// URL is where the service answers on a target without a cloud.
	URL string
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
	// Unproved is what up says of the revision of before after a failed proof.
	Unproved func(before string) string
	// Instances are those that the platform tells of, 0 for two.
	Instances int
	// Former is what earlier versions deployed otherwise.
	Former Former
	// First are the types that must be there before the service runs.
	First []string
	// ProviderEnv are more variables of the native provider's process.
	ProviderEnv []string
	// NotAsked tells that nothing in this process asks whether the service is
	// ready.
	NotAsked bool
}

// stack is a stack `dev` of a place.
type stack struct {
	t     *testing.T
	place Place
	cloud *standin.Cloud
	astra *devops.Client
	// server is the embedded Astra that astra asks.
	server *astraServer
	// empty is the stack before its first update.
	empty *blank
	// backend is the folder of the stack's state and its history.
	backend string
	// pluginLog is what the native provider itself wrote.
	pluginLog string
	// searched are the files of the state that were searched for secrets, and when
	// each was written.
	searched map[string]string
	secrets  secrets
	auto     auto.Stack
	// astraURL is the embedded Astra.
	astraURL string
	// url is where the service answers.
	url string
	// processes are noted only if a referee may kill them.
	processes Processes
	// admin is the client id of the deploy token.
	admin string
}

// open makes the cloud, the embedded Astra and the stack, in folders of this
// test.
func open(t *testing.T, place Place) *stack { return openWith(t, place, arrangement{}) }

// arrangement is what else stands between the engine and what it changes.
type arrangement struct {
	// referee lets steps fail, unless it is nil.
	referee fault.Referee
	// wrap follows what the cloud is told, unless it is nil.
	wrap func(p.Provider) p.Provider
}

func openWith(t *testing.T, place Place, with arrangement) *stack {
	t.Helper()
	root, err := filepath.Abs("../..")
	must(t, err)
	t.Setenv("KILLRVIDEO_ROOT", root)
	server := startAstra(t, root)
	url, token := server.url, server.token(t)
	client, err := devops.NewClient(url+"/v2", token, http.DefaultClient)
	must(t, err)
	backend := t.TempDir()
	s := &stack{t: t, place: place, astra: client, server: server, astraURL: url, backend: backend, url: place.URL,
		pluginLog: filepath.Join(t.TempDir(), "provider.log"), processes: NewProcesses(t),
		admin: strings.Split(token.Reveal(), ":")[1], searched: map[string]string{}}
	env := map[string]string{
		"PULUMI_BACKEND_URL": checkout.StateURL(backend), "PULUMI_HOME": t.TempDir(),
		"PULUMI_CONFIG_PASSPHRASE": passphrase, "PULUMI_SKIP_UPDATE_CHECK": "true",
		"PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
		"GOGC": "400", // an engine ends before it needs the memory, and collecting it takes a tenth of its time
	}
	cli := CLI(t, root)
	var wrap []func(p.Provider) p.Provider
	if with.wrap != nil {
		wrap = append(wrap, with.wrap)
	}
	if with.referee != nil {
		cli = s.processes.CLI(t, root)
		wrap = append(wrap, fault.NewStriker(with.referee).Wrap)
		server, variable := fault.Serve(with.referee)
		t.Cleanup(server.Close)
		name, value, _ := strings.Cut(variable, "=")
		env[name] = value
	}
	_, env["PULUMI_DEBUG_PROVIDERS"] = standin.Start(t, standin.Builder())
	if place.onCloud() {
		cloud, attach := standin.Start(t, place.Cloud, wrap...)
		s.cloud, s.url = cloud, cloud.URL()
		cloud.UsePlatform(t)
		env["PULUMI_DEBUG_PROVIDERS"] += "," + attach
	}
	s.secrets = secrets{standin.Canary: "the test's canary", token.Reveal(): "the deploy token", "AstraCS:": "the beginning of a token"}
	notReady := func(error) {}
	if place.NotAsked {
		notReady = nil
	}
	program := func(ctx *pulumi.Context) error {
		proved, outputs, err := stacks.Proved(ctx)
		if err != nil {
			return err
		}
		return stacks.Program(ctx, place.Target, hurried(place.Build, cmp.Or(place.DrainSeconds, hurriedSeconds)), stacks.StackContext{
			Keys: s.keys(ctx.Context()), NotReady: notReady, Proved: proved, Outputs: outputs,
		})
	}
	s.empty = newBlank(t, CLI(t, root))
	work := s.project(root, with.referee != nil)
	must(t, os.CopyFS(backend, s.empty.backend))
	must(t, os.CopyFS(work, s.empty.work))
	s.auto, err = auto.SelectStackInlineSource(t.Context(), "dev", stacks.Namespace, program,
		auto.WorkDir(work), auto.Pulumi(sparing{cli}), auto.EnvVars(env))
	must(t, err)
	s.group(nil)
	s.set("target", place.Target)
	if place.Image != "" {
		s.set("image", place.Image)
	}
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

// onCloud tells whether a stand-in plays the target's cloud.
func (p Place) onCloud() bool { return p.Cloud.Package != "" }

// project is a folder with the project's file and the native provider, whose
// own log goes to a file.
func (s *stack) project(root string, faulty bool) string {
	s.t.Helper()
	work, folder := s.t.TempDir(), s.t.TempDir()
	program := filepath.Join(folder, "provider")
	if faulty {
		must(s.t, os.Symlink(Program(s.t, root, "faulty-provider", ".", "./stacks/enginetest/fault/plugin"), program))
	} else {
		Provider(s.t, root, program)
	}
	text := "name: " + stacks.Namespace + "\nruntime: go\nplugins:\n  providers:\n"
	for _, name := range []string{"astradb", "killrvideo"} {
		s.processes.Script(s.t, filepath.Join(folder, "pulumi-resource-"+name), program, s.pluginLog, s.place.ProviderEnv...)
		text += "    - {name: " + name + ", path: " + folder + "}\n"
	}
	must(s.t, os.WriteFile(filepath.Join(work, "Pulumi.yaml"), []byte(text), 0o600))
	return work
}

// Provider builds the native provider of the checkout at root.
func Provider(t *testing.T, root, to string) {
	t.Helper()
	root, err := filepath.Abs(root)
	must(t, err)
	must(t, os.Symlink(Program(t, root, "provider", plugin.Module, plugin.Package), to))
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// group sets the target's own settings. Only TestProtectedDestroy protects, so
// that the others can remove what they made.
func (s *stack) group(more map[string]any) {
	s.t.Helper()
	group := s.place.Group(s.url)
	if s.place.onCloud() {
		group["protect"] = false
	}
	maps.Copy(group, more)
	text, err := json.Marshal(group)
	must(s.t, err)
	s.set(s.place.Target, string(text))
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

// upFails deploys, which must fail and say these words.
func (s *stack) upFails(words ...string) steps {
	s.t.Helper()
	done, err := s.tryUp()
	if err == nil {
		s.t.Fatalf("up should fail:\n%s", done)
	}
	for _, word := range words {
		if !strings.Contains(err.Error(), word) {
			s.t.Fatalf("up should fail and say %q:\n%s\n%v", word, done, err)
		}
	}
	return done
}

// refused holds that a preview and an up ended with errors that say these words.
func (s *stack) refused(preview, up error, words ...string) {
	s.t.Helper()
	for verb, err := range map[string]error{"preview": preview, "up": up} {
		for _, word := range words {
			if err == nil || !strings.Contains(err.Error(), word) {
				s.t.Errorf("%s does not say %q: %v", verb, word, err)
			}
		}
	}
}

func (s *stack) tryUp() (steps, error) {
	s.t.Helper()
	seen := s.watch()
	var output, log strings.Builder
	_, err := s.auto.Up(s.t.Context(), optup.EventStreams(seen.channel), optup.DebugLogging(everything()),
		optup.ProgressStreams(&output), optup.ErrorProgressStreams(&log))
	done := seen.steps(s.t)
	s.learnFrom(s.export())
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

// gone destroys the stack, of which nothing may be left.
func (s *stack) gone() steps {
	s.t.Helper()
	done := s.destroy()
	s.tokensAre(s.t, 0)
	if left := s.cloud.Left(); len(left) > 0 {
		s.t.Errorf("%d things are left: %v", len(left), left)
	}
	s.sound(s.t)
	return done
}

// tokens are how many tokens there are on Astra beside the deploy token.
func (s *stack) tokens() int {
	s.t.Helper()
	all, err := s.astra.Tokens(context.WithoutCancel(s.t.Context()))
	must(s.t, err)
	return len(all) - 1
}
