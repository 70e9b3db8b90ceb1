package enginetest

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"github.com/killrvideo/killrvideo-go/astra/devops"
	"github.com/killrvideo/killrvideo-go/infra/caller"
	"github.com/killrvideo/killrvideo-go/infra/operate"
	"github.com/killrvideo/killrvideo-go/infra/provider/resource"
	"github.com/killrvideo/killrvideo-go/stacks"
	"github.com/killrvideo/killrvideo-go/stacks/enginetest/standin"
	"github.com/killrvideo/killrvideo-go/stacks/launch/exit"
)

// Command runs a command of the command line with the target's program.
type Command func(ctx context.Context, build stacks.Builder, out, errs io.Writer, args ...string) error

// Edit is a change that people make by hand, and what drift says of it.
type Edit struct {
	Type, Key string
	Change    func(any) any
	Says      string
}

// operator works on a stack `dev` by the command line, in a checkout that has the
// repository's programs and settings of its own.
type operator struct {
	t       *testing.T
	place   Place
	command Command
	cloud   *standin.Cloud
	astra   *devops.Client
	root    string // of the repository
	dir     string // the checkout
	printed bytes.Buffer
}

// Operate runs every command for a stack on the stand-in, as people do. The
// document has the transcripts.
func Operate(t *testing.T, place Place, document string, edits []Edit, command Command) {
	o := newOperator(t, place, command)
	o.run(exit.NoStack, "status")
	o.run(exit.NotConfirmed, "up")
	t.Setenv("YES", "dev")
	o.run(nil, "up")
	for _, part := range []struct {
		name string
		run  func()
	}{
		{"status", func() { o.status(document) }}, {"logs", func() { o.logs(document) }}, {"open", o.open}, {"orphans", o.orphans},
		{"nothing earlier", func() { o.wants(o.run(nil, "rollback"), "no earlier revision was proved") }},
		{"drift", func() { o.drift(document, edits) }}, {"rotate", o.rotate}, {"rollback", o.rollback},
	} {
		if !t.Run(part.name, func(t *testing.T) { o.t = t; part.run() }) {
			break
		}
	}
	o.t = t
	o.run(nil, "down")
	for _, secret := range []string{"AstraCS:", standin.Canary} {
		if strings.Contains(o.printed.String(), secret) {
			t.Errorf("the commands printed a secret that begins with or is %q", secret)
		}
	}
}

func newOperator(t *testing.T, place Place, command Command) *operator {
	t.Helper()
	root, err := filepath.Abs("../..")
	must(t, err)
	CLI(t, root)
	server := startAstra(t, root)
	url, token := server.url, server.token(t)
	client, err := devops.NewClient(url+"/v2", token, nil)
	must(t, err)
	cloud, attach := standin.Start(t, place.Cloud)
	cloud.UsePlatform(t)
	o := &operator{t: t, place: place, command: command, cloud: cloud, astra: client, root: root, dir: t.TempDir()}
	for name, value := range map[string]string{
		"KILLRVIDEO_ROOT": o.dir, "KILLRVIDEO_HOME": filepath.Join(o.dir, ".killrvideo"), "YES": "", caller.Variable: caller.Make,
		"PULUMI_DEBUG_PROVIDERS": attach, "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
		"PATH": filepath.Join(root, ".killrvideo", "bin") + string(os.PathListSeparator) + os.Getenv("PATH"),
	} {
		t.Setenv(name, value)
	}
	o.checkout(map[string]any{
		"target": place.Target, "image": place.Image, "gateTimeoutSeconds": 5, "astraDatabaseId": databaseID, "astraRegion": "us-east1",
		"astraDataApiEndpoint": url, "astraDevopsEndpoint": url + "/v2",
	})
	o.pulumi("config", "set", "--secret", "astraDeployToken", token.Reveal())
	o.pulumi("config", "set", "--secret", "nvidiaApiKey", standin.Canary)
	return o
}

// checkout links what the repository has and writes the settings.
func (o *operator) checkout(settings map[string]any) {
	o.t.Helper()
	entries, err := os.ReadDir(o.root)
	must(o.t, err)
	for _, entry := range entries {
		name := entry.Name()
		if !strings.HasPrefix(name, ".") && !strings.HasPrefix(name, "Pulumi.") {
			must(o.t, os.Symlink(filepath.Join(o.root, name), filepath.Join(o.dir, name)))
		}
	}
	project, err := os.ReadFile(filepath.Join(o.root, "Pulumi.yaml"))
	must(o.t, err)
	must(o.t, os.WriteFile(filepath.Join(o.dir, "Pulumi.yaml"), project, 0o600))
	group := o.place.Group(o.cloud.URL())
	group["protect"] = false
	config := map[string]any{stacks.Namespace + ":" + o.place.Target: group}
	for key, value := range settings {
		config[stacks.Namespace+":"+key] = value
	}
	text, err := yaml.Marshal(map[string]any{"config": config})
	must(o.t, err)
	must(o.t, os.WriteFile(filepath.Join(o.dir, "Pulumi.dev.yaml"), text, 0o600))
}

// instances are those that serve.
func (p Place) instances() int { return cmp.Or(p.Instances, 2) }

// run is a command, which must end with the class, nil for success. What it
// prints for people is returned.
func (o *operator) run(class *exit.Class, verb string, args ...string) string {
	o.t.Helper()
	printed, errs, err := o.try(verb, args...)
	if class == nil && err != nil || class != nil && (err == nil || exit.ClassOf(err) != class) {
		o.t.Fatalf("%s %q ended with %v, want %v\n%s\n%s", verb, args, err, class, printed, errs)
	}
	return printed
}

// fails is a command that must fail, in whatever class.
func (o *operator) fails(verb string) string {
	o.t.Helper()
	printed, _, err := o.try(verb)
	if err == nil {
		o.t.Fatalf("%s should fail:\n%s", verb, printed)
	}
	return printed
}

func (o *operator) try(verb string, args ...string) (printed, errs string, err error) {
	o.t.Helper()
	var out, log bytes.Buffer
	err = o.command(o.t.Context(), hurried(o.place.Build, hurriedSeconds), &out, &log, append([]string{verb, "--stack", "dev"}, args...)...)
	o.printed.Write(out.Bytes())
	o.printed.Write(log.Bytes())
	if err != nil {
		o.printed.WriteString(err.Error())
		out.WriteString("\n" + err.Error() + "\n")
	}
	return out.String(), log.String(), err
}

func (o *operator) pulumi(args ...string) string {
	o.t.Helper()
	return o.run(nil, "pulumi", append(append([]string{"--"}, args...), "--stack", "dev")...)
}

// value is what a command prints with --json; an error follows it.
func (o *operator) value(into any, class *exit.Class, verb string, args ...string) {
	o.t.Helper()
	text := o.run(class, verb, append([]string{"--json"}, args...)...)
	if err := json.NewDecoder(strings.NewReader(text)).Decode(into); err != nil {
		o.t.Fatalf("%s --json printed no JSON: %v\n%s", verb, err, text)
	}
}

func (o *operator) wants(printed string, words ...string) {
	o.t.Helper()
	for _, word := range words {
		if !strings.Contains(printed, word) {
			o.t.Errorf("%q is missing:\n%s", word, printed)
		}
	}
}

func (o *operator) transcript(document, name, printed string) {
	o.t.Helper()
	Transcript(o.t, o.root, document, name, printed, o.cloud.URL(), "https://api.example.org", o.dir, "/home/you/killrvideo-go")
}

func (o *operator) status(document string) {
	o.cloud.FailInstance("the container exited before it listened", `{"level":"ERROR","msg":"JWT_SECRET_KEY is not set"}`)
	o.transcript(document, "status", o.run(nil, "status"))
	var s operate.Status
	o.value(&s, nil, "status")
	n := o.place.instances()
	switch {
	case !s.Ready, s.InstancesUnknown != "", len(s.Instances) != n+1, !s.Instances[0].Serves, s.Instances[0].Revision != s.Revision:
		o.t.Errorf("got %+v", s)
	case s.Instances[n].State != operate.Failed, len(s.Credentials) < 3, len(s.Deployments) == 0, s.Cost == "":
		o.t.Errorf("got %+v", s)
	}
	o.cloud.Mute(true)
	o.wants(o.run(exit.Gate, "status"), "503", "make logs FAILED=1")
	o.cloud.Mute(false)
}

func (o *operator) logs(document string) {
	o.transcript(document, "logs", o.run(nil, "logs", "--", "-lines", "4"))
	o.transcript(document, "logs of what failed", o.run(nil, "logs", "--", "-failed"))
	n := o.place.instances()
	for _, test := range []struct {
		args []string
		want int
	}{
		{[]string{"-level", "WARN"}, n}, {[]string{"-request", "r-1"}, n}, {[]string{"-request", "none"}, 0},
		{[]string{"-since", "1h"}, 3 * n},
	} {
		text := o.run(nil, "logs", append([]string{"--json", "--"}, test.args...)...)
		if got := strings.Count(text, "\n"); got != test.want {
			o.t.Errorf("%v gave %d lines, want %d:\n%s", test.args, got, test.want, text)
		}
	}
	o.cloud.FailInstance("")
	if text := o.run(nil, "logs", "--json", "--", "-failed"); text != "" {
		o.t.Errorf("nothing failed, and printed was %s", text)
	}
}

func (o *operator) open() {
	if printed := o.run(nil, "open"); printed != o.cloud.URL()+"/docs\n" {
		o.t.Errorf("printed was %q", printed)
	}
}

// drift widens a role, revokes a token and edits the cloud behind the stack.
func (o *operator) drift(document string, edits []Edit) {
	o.wants(o.run(nil, "drift"), "is as it was deployed")
	wide, err := o.astra.Role(o.t.Context(), o.stackRole())
	must(o.t, err)
	wide.Policy.Actions = append(wide.Policy.Actions, "db-table-drop")
	must(o.t, o.astra.UpdateRole(o.t.Context(), *wide))
	token := strings.TrimSpace(o.pulumi("stack", "output", "astraReadOnlyTokenClientId"))
	must(o.t, o.astra.DeleteToken(o.t.Context(), token))
	for _, edit := range edits {
		o.cloud.Edit(o.t, edit.Type, edit.Key, edit.Change)
	}
	before := o.pulumi("stack", "export")
	printed := o.run(exit.Drift, "drift")
	o.transcript(document, "drift", printed)
	o.wants(printed, "db-table-drop", "was deleted")
	for _, edit := range edits {
		o.wants(printed, edit.Says)
	}
	if o.pulumi("stack", "export") != before {
		o.t.Error("the state was changed")
	}
	var report operate.DriftReport
	o.value(&report, exit.Drift, "drift")
	if len(report.Changes) != 2+len(edits) {
		o.t.Errorf("the changes are %+v", report.Changes)
	}
	o.pulumi("refresh", "--yes") // as drift says
	o.run(nil, "up")
	o.run(nil, "drift")
}

// state is the stack's, whose secrets stay encrypted.
func (o *operator) state() operate.Stack {
	o.t.Helper()
	var exported struct {
		Deployment struct{ Resources []operate.Resource }
	}
	must(o.t, json.Unmarshal([]byte(o.pulumi("stack", "export")), &exported))
	return operate.Stack{Name: "dev", Resources: exported.Deployment.Resources}
}

// stackRole is the id of the stack's role that writes.
func (o *operator) stackRole() string {
	o.t.Helper()
	for _, r := range o.state().Of(resource.RoleType) {
		if r.Name() == "role-dev" {
			return r.ID
		}
	}
	o.t.Fatal("the state has no role")
	return ""
}

func (o *operator) rotate() {
	before, err := o.astra.Tokens(o.t.Context())
	must(o.t, err)
	printed := o.run(nil, "rotate", "--", "-what", "all")
	o.wants(printed, "astraTokenGeneration: 1 -> 2", "jwtKeyGeneration: 1 -> 2", "astraToken: ", "jwtSecretKey: ")
	after, err := o.astra.Tokens(o.t.Context())
	must(o.t, err)
	kept := 0
	for _, token := range after {
		if slices.ContainsFunc(before, func(b devops.Token) bool { return b.ClientID == token.ClientID }) {
			kept++
		}
	}
	var s operate.Status
	o.value(&s, nil, "status")
	if len(s.Rotations) < 3 || len(after) != len(before) || kept != 1 { // the deploy token
		o.t.Errorf("of %d tokens %d are left among %d; the audit lines are %+v", len(before), kept, len(after), s.Rotations)
	}
}

// rollback goes back to the image and the settings of before, and the next up
// leaves it at that.
func (o *operator) rollback() {
	o.pulumi("config", "set", "logLevel", "DEBUG")
	o.pulumi("config", "set", "image", o.place.NextImage)
	o.run(nil, "up")
	var changed, done struct{ Revision, From, To string }
	o.value(&changed, nil, "status")
	o.value(&done, nil, "rollback")
	if done.From != changed.Revision || done.To == "" || done.To == done.From {
		o.t.Errorf("from %s the roll-back was %+v", changed.Revision, done)
	}
	text, err := os.ReadFile(filepath.Join(o.dir, "Pulumi.dev.yaml"))
	must(o.t, err)
	if strings.Contains(string(text), "DEBUG") || !strings.Contains(string(text), o.place.Image) {
		o.t.Errorf("the settings are\n%s", text)
	}
	o.cloud.Journal()
	o.run(nil, "up")
	untouched(o.t, o.cloud)
}

// Set is a change of one property, below others of an object.
func Set(value any, path ...string) func(any) any {
	return func(old any) any {
		if len(path) == 0 {
			return value
		}
		object, _ := old.(map[string]any)
		changed := maps.Clone(object)
		if changed == nil {
			changed = map[string]any{}
		}
		changed[path[0]] = Set(value, path[1:]...)(object[path[0]])
		return changed
	}
}
