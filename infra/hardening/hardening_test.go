package hardening

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
	object := func(name string, value any) map[string]any { return map[string]any{name: value} }
	service := plan.Resource{Type: "gcp:cloudrunv2/service:Service", Name: "api", Inputs: object("labels", object("environment", "dev"))}
	secret := plan.Resource{Type: "gcp:secretmanager/secret:Secret", Name: "key", Inputs: map[string]any{}}
	images := plan.Resource{Type: "gcp:artifactregistry/repository:Repository", Name: "images", Inputs: map[string]any{}}
	p := &plan.Plan{Resources: []plan.Resource{service, secret, images}}
	if got := settings(p); len(got) > 0 {
		t.Errorf("a stack of development lacks %v", got)
	}
	service.Inputs["labels"] = object("environment", "prod")
	if got := settings(p); !slices.Equal(got, []string{"kmsKey", "retainedImages", "secretVersionDays", "accessList"}) {
		t.Errorf("production lacks %v", got)
	}
	var text strings.Builder
	if err := Print(&text, Lacking(p)); err != nil || !strings.Contains(text.String(), "\n  kmsKey: secrets, logs and images") {
		t.Errorf("%v: %s", err, text.String())
	}
	service.Inputs["template"] = object("encryptionKey", "key")
	secret.Inputs["versionDestroyTtl"] = "2592000s"
	replicas := object("replicas", []any{object("customerManagedEncryption", object("kmsKeyName", "key"))})
	secret.Inputs["replication"] = object("userManaged", replicas)
	images.Inputs["kmsKeyName"] = "key"
	images.Inputs["cleanupPolicies"] = []any{object("id", "delete")}
	p.Resources = append(p.Resources, plan.Resource{Type: "astradb:index:AccessList", Name: "list"})
	if got := settings(p); len(got) > 0 {
		t.Errorf("with everything set, production lacks %v", got)
	}
}
