package cloudrun

import (
	"fmt"

	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/secretmanager"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/killrvideo/killrvideo-go/infra/platform"
	"github.com/killrvideo/killrvideo-go/infra/provider/resource"
	"github.com/killrvideo/killrvideo-go/infra/secret"
)

// SecretsArgs are the inputs of Secrets.
type SecretsArgs struct {
	// App and Environment begin and end the names in Secret Manager. Required.
	App, Environment string
	// Secrets are the values.
	Secrets []secret.Secret
	// Reader is the member that may read exactly these, such as
	// serviceAccount:EMAIL. Required.
	Reader pulumi.StringInput
	// KMSKey encrypts them, in Region, which is that of the key and required with
	// one. Default Google's own keys, in any region.
	KMSKey, Region pulumi.StringInput
	// VersionDays is how long a replaced version can be restored; then Google
	// destroys it. Default it is disabled and stays.
	VersionDays int
	// PermissionSeconds is the wait after new grants. Default none.
	PermissionSeconds int
	// Protect refuses to delete them.
	Protect bool
	Labels  pulumi.StringMap

	after []pulumi.Resource // the APIs
}

// Secrets are an app's in Secret Manager, each pinned to a version.
type Secrets struct {
	pulumi.ResourceState

	// Pins are the versions, each with the time at which it was made: the numbers of
	// a secret that was deleted by hand and made again begin at one again. Versions
	// are these numbers, and IDs the secrets' own names, in the same order.
	Pins     []secret.Pinned
	Versions []pulumi.StringInput
	IDs      []pulumi.StringInput
	// Ready are the versions and grants: Google orders neither before a service
	// by itself.
	Ready []pulumi.Resource
}

// NewSecrets makes a secret and a version for each value and lets the reader
// read exactly these.
func NewSecrets(ctx *pulumi.Context, name string, args *SecretsArgs, opts ...pulumi.ResourceOption) (*Secrets, error) {
	all := &Secrets{}
	if err := ctx.RegisterComponentResource("infra:cloudrun:Secrets", name, all, opts...); err != nil {
		return nil, fmt.Errorf("the secrets: %w", err)
	}
	scope := platform.Scope{App: args.App, Environment: args.Environment, Component: all}
	var grants pulumi.StringArray
	for _, s := range args.Secrets {
		id, version, grant, err := one(ctx, scope, s, args)
		if err != nil {
			return nil, fmt.Errorf("the secret %s: %w", s.Env(), err)
		}
		all.Pins = append(all.Pins, secret.Pinned{Env: s.Env(), Version: pulumi.Sprintf("%s made %s", version.Version, version.CreateTime)})
		all.Versions = append(all.Versions, version.Version)
		all.IDs = append(all.IDs, id)
		all.Ready = append(all.Ready, version, grant)
		grants = append(grants, grant.ID())
	}
	if err := all.grantsInEffect(ctx, scope, args.PermissionSeconds, grants); err != nil {
		return nil, err
	}
	return all, ctx.RegisterResourceOutputs(all, pulumi.Map{})
}

// grantsInEffect waits after new grants, and only after these: Google takes two
// minutes as a rule to put a change of a policy into effect, seven or more at
// worst (https://cloud.google.com/iam/docs/access-change-propagation). A service
// that is created before fails for good ("Permission denied on secret"): neither
// Google nor its provider tries that revision again
// (https://github.com/hashicorp/terraform-provider-google/issues/13786), and the
// engine registers a resource once. Whether the grant is in effect can be asked
// only as the service's account, which the operator may not act as. So this is a wait
// and no retry; the image is built meanwhile.
func (all *Secrets) grantsInEffect(ctx *pulumi.Context, scope platform.Scope, seconds int, grants pulumi.StringArray) error {
	if seconds == 0 || len(grants) == 0 {
		return nil
	}
	wait, err := resource.NewWait(ctx, scope.Name("permissions"), &resource.WaitArgs{
		For:      pulumi.String("the new permissions of the service's account, which Google takes minutes to put into effect"),
		Triggers: grants, OnlyNew: pulumi.Bool(true), FirstSeconds: pulumi.Int(seconds), ChangedSeconds: pulumi.Int(seconds),
	}, scope.Child(pulumi.DependsOn(all.Ready))...)
	if err != nil {
		return fmt.Errorf("wait for the permissions: %w", err)
	}
	all.Ready = append(all.Ready, wait)
	return nil
}

func one(ctx *pulumi.Context, scope platform.Scope, s secret.Secret, args *SecretsArgs) (
	id pulumi.StringInput, version *secretmanager.SecretVersion, grant *secretmanager.SecretIamMember, err error,
) {
	name := scope.Variable(s.Env())
	if args.KMSKey != nil {
		name += encryptedSuffix
	}
	with := &secretmanager.SecretArgs{SecretId: pulumi.String(name), Replication: args.replication(), Labels: args.Labels}
	deletion := "DISABLE"
	if args.VersionDays > 0 {
		deletion, with.VersionDestroyTtl = "DELETE", pulumi.Sprintf("%ds", args.VersionDays*24*3600)
	}
	store, err := secretmanager.NewSecret(ctx, name, with,
		scope.Child(pulumi.DependsOn(args.after), pulumi.Protect(args.Protect && s.Protected()))...)
	if err != nil {
		return nil, nil, nil, err
	}
	// A new value is a new version; the old one is disabled last and stays, for
	// some days or for good, so that it can be restored.
	version, err = secretmanager.NewSecretVersion(ctx, name, &secretmanager.SecretVersionArgs{
		Secret: store.ID(), SecretData: s.Stored(), DeletionPolicy: pulumi.String(deletion),
	}, scope.Child()...)
	if err != nil {
		return nil, nil, nil, err
	}
	grant, err = secretmanager.NewSecretIamMember(ctx, name, &secretmanager.SecretIamMemberArgs{
		SecretId: store.SecretId, Role: pulumi.String("roles/secretmanager.secretAccessor"), Member: args.Reader,
	}, scope.Child()...)
	return store.SecretId, version, grant, err
}

// replication is everywhere, or with a key in its region alone: Google takes a
// key for automatic replication in the location global only, and no other service
// takes such a one.
// https://cloud.google.com/secret-manager/docs/cmek
func (args *SecretsArgs) replication() *secretmanager.SecretReplicationArgs {
	if args.KMSKey == nil {
		return &secretmanager.SecretReplicationArgs{Auto: &secretmanager.SecretReplicationAutoArgs{}}
	}
	replica := &secretmanager.SecretReplicationUserManagedReplicaArgs{
		Location: args.Region,
		CustomerManagedEncryption: &secretmanager.SecretReplicationUserManagedReplicaCustomerManagedEncryptionArgs{
			KmsKeyName: args.KMSKey,
		},
	}
	return &secretmanager.SecretReplicationArgs{UserManaged: &secretmanager.SecretReplicationUserManagedArgs{
		Replicas: secretmanager.SecretReplicationUserManagedReplicaArray{replica},
	}}
}

// secretsArgs are those of a service's secrets.
func (s *Service) secretsArgs(args *ServiceArgs, account pulumi.StringInput) *SecretsArgs {
	return &SecretsArgs{
		App: args.App.Name, Environment: args.App.Environment, Secrets: args.App.Secrets, KMSKey: args.KMSKey,
		Region: args.Region, VersionDays: args.SecretVersionDays,
		Reader: pulumi.Sprintf("serviceAccount:%s", account), PermissionSeconds: *args.PermissionSeconds,
		Protect: *args.Protect, Labels: args.labels(), after: s.enabled,
	}
}
