package stacks

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/killrvideo/killrvideo-go/infra/app"
	"github.com/killrvideo/killrvideo-go/infra/credentials"
	"github.com/killrvideo/killrvideo-go/infra/platform"
	"github.com/killrvideo/killrvideo-go/infra/provider/resource"
)

// plain is a platform whose service is one resource, for plans.
type plain struct{}

func (plain) Name() string        { return "kubernetes" }
func (plain) RolloutSeconds() int { return 60 }
func (plain) Times() app.Times    { return app.Times{} }
func (plain) Protected() bool     { return false }

func (plain) Astra(ctx *pulumi.Context, account credentials.Account) (*credentials.Astra, error) {
	return credentials.Existing(ctx, "astra", account)
}

func (plain) Deploy(ctx *pulumi.Context, a app.App, _ ...pulumi.ResourceOption) (*platform.Deployment, error) {
	service, err := resource.NewWait(ctx, "service", &resource.WaitArgs{For: pulumi.String(a.Name)})
	return &platform.Deployment{
		URL: pulumi.String("https://api.example.org").ToStringOutput(), Image: pulumi.String("image").ToStringOutput(),
		Revision: pulumi.String("revision").ToStringOutput(), Proof: a.Proof, Ready: service,
	}, err
}

func planOf(t *testing.T, target string, settings ...string) (*Planned, error) {
	t.Helper()
	root, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("KILLRVIDEO_ROOT", root)
	folder := t.TempDir()
	text := "config:\n  killrvideo:target: " + target + "\n"
	for _, line := range settings {
		text += "  killrvideo:" + line + "\n"
	}
	if err := os.WriteFile(filepath.Join(folder, "Pulumi.dev.yaml"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return Plan(folder, "dev", target, func(Source, *Config) (platform.Platform, error) { return plain{}, nil })
}

// TestTheAccessListIsKeptInStep has the entries before anything asks the database,
// and switches the list on after the proof.
func TestTheAccessListIsKeptInStep(t *testing.T) {
	planned, err := planOf(t, "kubernetes", "egressAddresses: 192.0.2.7,192.0.2.8", "accessList: 198.51.100.0/24")
	if err != nil {
		t.Fatal(err)
	}
	for _, finding := range planned.Findings {
		t.Error(finding)
	}
	var entries, addresses, schema, list []string
	for _, r := range planned.Resources {
		switch r.Type {
		case resource.EntryType:
			address, _ := r.Inputs["address"].(string)
			entries, addresses = append(entries, r.Label()), append(addresses, address)
		case resource.SchemaType:
			schema = r.After
		case resource.AccessListType:
			list = r.After
		}
	}
	if !slices.Equal(addresses, []string{"198.51.100.0/24", "192.0.2.7", "192.0.2.8"}) {
		t.Fatalf("the entries are %v", addresses)
	}
	for _, entry := range entries {
		if !slices.Contains(schema, entry) || !slices.Contains(list, entry) {
			t.Errorf("the schema waits for %v, the list for %v: both should wait for %s", schema, list, entry)
		}
	}
	if !slices.ContainsFunc(list, func(label string) bool { return strings.HasPrefix(label, resource.GateType+" ") }) {
		t.Errorf("the list does not wait for the proof, but for %v", list)
	}
}

// TestWithoutTheSettingTheAccessListIsLeftAlone has no resource of it.
func TestWithoutTheSettingTheAccessListIsLeftAlone(t *testing.T) {
	planned, err := planOf(t, "kubernetes")
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range planned.Resources {
		if strings.Contains(r.Type, "AccessList") || strings.Contains(r.Type, "access:List") {
			t.Errorf("%s is made", r.Label())
		}
	}
}

// TestAccessListsThatWouldLockOutAreRefused, and those that would do nothing.
func TestAccessListsThatWouldLockOutAreRefused(t *testing.T) {
	const both = "egressAddresses: 192.0.2.7"
	for name, c := range map[string]struct {
		target   string
		settings []string
		keys     []string
	}{
		"no address of the service": {"ecs", []string{"accessList: 198.51.100.7"}, []string{"egressAddresses"}},
		"no list":                   {"kubernetes", []string{both}, []string{"egressAddresses"}},
		"everyone":                  {"kubernetes", []string{both, "accessList: 0.0.0.0/0"}, []string{"accessList", "egressAddresses"}},
		"a name":                    {"kubernetes", []string{both, "accessList: office"}, []string{"accessList", "egressAddresses"}},
		"Google's addresses":        {"cloudrun", []string{both, "accessList: 198.51.100.7"}, []string{"egressAddresses"}},
		"this machine":              {"local", []string{both, "accessList: 198.51.100.7"}, []string{"accessList", "egressAddresses"}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := planOf(t, c.target, c.settings...)
			var problems *Problems
			if !errors.As(err, &problems) {
				t.Fatalf("it is not refused: %v", err)
			}
			var keys []string
			for _, p := range problems.List {
				keys = append(keys, p.Key)
			}
			slices.Sort(keys)
			if !slices.Equal(keys, c.keys) {
				t.Errorf("the problems are %v, want %v", err, c.keys)
			}
		})
	}
}
