package cloudrun

import (
	"fmt"
	"strings"

	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/secretmanager"
	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/serviceaccount"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/killrvideo/killrvideo-go/infra/app"
	"github.com/killrvideo/killrvideo-go/infra/provider/resource"
	"github.com/killrvideo/killrvideo-go/infra/secret"
)

// kept is the app's secrets in Secret Manager.
type kept struct {
	pins []secret.Pinned
	// ids are the secrets' own names, in the order of pins.
	ids []pulumi.StringInput
	// ready are the versions and the grants: Google orders neither before the
	// service by itself.
	ready  []pulumi.Resource
	grants []*secretmanager.SecretIamMember
}

// secrets makes a secret and a version for each value and lets the service's
// account read exactly these.
func (t *Target) secrets(ctx *pulumi.Context, a app.App, who *serviceaccount.Account) (kept, error) {
	var all kept
	for _, s := range a.Secrets {
		id, version, grant, err := t.secret(ctx, s, who)
		if err != nil {
			return all, fmt.Errorf("the secret %s: %w", s.Env(), err)
		}
		all.pins = append(all.pins, secret.Pinned{Env: s.Env(), Version: version.Version})
		all.ids = append(all.ids, id)
		all.ready = append(all.ready, version, grant)
		all.grants = append(all.grants, grant)
	}
	return all, t.grantsInEffect(ctx, &all)
}

// grantsInEffect waits after new grants: Google takes up to two minutes to put a
// change of a policy into effect, seven at worst, and refuses the service until
// then. https://cloud.google.com/iam/docs/access-change-propagation
func (t *Target) grantsInEffect(ctx *pulumi.Context, all *kept) error {
	if *t.settings.PermissionSeconds == 0 {
		return nil
	}
	ids := make(pulumi.StringArray, len(all.grants))
	for i, grant := range all.grants {
		ids[i] = grant.ID()
	}
	wait, err := resource.NewWait(ctx, t.scope.Name("permissions"), &resource.WaitArgs{
		For:      pulumi.String("the new permissions of the service's account, which Google takes minutes to put into effect"),
		Triggers: ids, FirstSeconds: pulumi.Int(*t.settings.PermissionSeconds), ChangedSeconds: pulumi.Int(*t.settings.PermissionSeconds),
	}, t.scope.Child(pulumi.DependsOn(all.ready))...)
	if err != nil {
		return fmt.Errorf("wait for the permissions: %w", err)
	}
	all.ready = append(all.ready, wait)
	return nil
}

func (t *Target) secret(ctx *pulumi.Context, s secret.Secret, who *serviceaccount.Account) (id pulumi.StringInput, version *secretmanager.SecretVersion, grant *secretmanager.SecretIamMember, err error) {
	name := t.scope.Name(strings.ToLower(strings.ReplaceAll(s.Env(), "_", "-")))
	store, err := secretmanager.NewSecret(ctx, name, &secretmanager.SecretArgs{
		SecretId:    pulumi.String(name),
		Replication: &secretmanager.SecretReplicationArgs{Auto: &secretmanager.SecretReplicationAutoArgs{}},
		Labels:      t.labels(),
	}, t.scope.Child(pulumi.DependsOn(t.enabled), pulumi.Protect(t.Protected()))...)
	if err != nil {
		return nil, nil, nil, err
	}
	// A new value is a new version; the old one is switched off last and kept,
	// so that going back stays possible.
	version, err = secretmanager.NewSecretVersion(ctx, name, &secretmanager.SecretVersionArgs{
		Secret: store.ID(), SecretData: s.Stored(), DeletionPolicy: pulumi.String("DISABLE"),
	}, t.scope.Child()...)
	if err != nil {
		return nil, nil, nil, err
	}
	grant, err = secretmanager.NewSecretIamMember(ctx, name, &secretmanager.SecretIamMemberArgs{
		SecretId: store.SecretId, Role: pulumi.String("roles/secretmanager.secretAccessor"),
		Member: pulumi.Sprintf("serviceAccount:%s", who.Email),
	}, t.scope.Child()...)
	return store.SecretId, version, grant, err
}
