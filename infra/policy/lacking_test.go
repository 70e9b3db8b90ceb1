package policy

import (
	"slices"
	"strings"
	"testing"

	"github.com/killrvideo/killrvideo-go/infra/plan"
)

// TestWhatProductionLacks is nothing outside of production, and each setting until
// it is set.
func TestWhatProductionLacks(t *testing.T) {
	t.Parallel()
	settings := func(p *plan.Plan) (names []string) {
		for _, one := range Lacking(p) {
			names = append(names, one.Setting)
		}
		return names
	}
	service := func(environment string) plan.Resource {
		return plan.Resource{Type: runService, Name: "api", Inputs: map[string]any{"labels": map[string]any{"environment": environment}}}
	}
	secret := plan.Resource{Type: "gcp:secretmanager/secret:Secret", Name: "key", Inputs: map[string]any{}}
	images := plan.Resource{Type: "gcp:artifactregistry/repository:Repository", Name: "images", Inputs: map[string]any{}}
	p := &plan.Plan{Resources: []plan.Resource{service("dev"), secret, images}}
	if got := settings(p); len(got) > 0 {
		t.Errorf("a stack of development lacks %v", got)
	}
	p.Resources[0] = service("prod")
	if got := settings(p); !slices.Equal(got, []string{"kmsKey", "retainedImages", "secretVersionDays", "accessList"}) {
		t.Errorf("production lacks %v", got)
	}
	var text strings.Builder
	if err := PrintLacking(&text, Lacking(p)); err != nil || !strings.Contains(text.String(), "\n  kmsKey: secrets, logs and images") {
		t.Errorf("%v: %s", err, text.String())
	}
	set(p.Resources[0].Inputs, "template.encryptionKey", "key")
	set(secret.Inputs, "versionDestroyTtl", "2592000s")
	set(secret.Inputs, "replication.userManaged.replicas.customerManagedEncryption.kmsKeyName", "key")
	set(images.Inputs, "kmsKeyName", "key")
	set(images.Inputs, "cleanupPolicies", []any{map[string]any{"id": "delete"}})
	p.Resources = append(p.Resources, plan.Resource{Type: accessList, Name: "list", Inputs: map[string]any{}})
	if got := settings(p); len(got) > 0 {
		t.Errorf("with everything set, production lacks %v", got)
	}
}

// TestAVersionWithATimeToLive can be restored for a while.
func TestAVersionWithATimeToLive(t *testing.T) {
	t.Parallel()
	const rule = "an earlier secret version can be restored"
	for ttl, restorable := range map[string]bool{"": false, "2592000s": true} {
		p := good(t)
		example{"", googleVersion, "deletionPolicy", "DELETE"}.apply(t, p)
		example{"", "gcp:secretmanager/secret:Secret", "versionDestroyTtl", ttl}.apply(t, p)
		if finds(p, rule) == restorable {
			t.Errorf("versionDestroyTtl %q: found %t", ttl, !restorable)
		}
	}
}
