// Package gcp lets the preview jobs of one GitHub repository read a stack's
// state on Google Cloud, by workload identity: without a key and without a
// service account. Rights to change anything may not enter.
package gcp

import (
	"fmt"
	"strings"

	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/iam"
	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/kms"
	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/storage"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/killrvideo/killrvideo-go/infra/ci"
)

// Args says whose jobs may preview, and what they read.
type Args struct {
	Repository ci.Repository
	// Project is the name of the stacks' Pulumi project, with which the pool's
	// name begins. Required.
	Project string
	// GoogleProject is the id of the one that the pool is made in. Required.
	GoogleProject string
	// Environments are GitHub's, one for each stack that is previewed.
	Environments []string
	// StateBucket is the name of the bucket with the stacks' state, empty if it
	// is elsewhere.
	StateBucket string
	// Keys are the KMS keys that encrypt the stacks' secrets, by environment,
	// as projects/P/locations/L/keyRings/R/cryptoKeys/K.
	Keys map[string]string
}

// Identities are a pool with GitHub as its provider.
type Identities struct {
	pulumi.ResourceState

	// Provider is the provider's name, which the jobs name.
	Provider pulumi.StringOutput `pulumi:"provider"`
}

// New makes the pool and its provider, and grants each environment its rights.
func New(ctx *pulumi.Context, name string, args *Args, opts ...pulumi.ResourceOption) (*Identities, error) {
	if err := args.check(); err != nil {
		return nil, err
	}
	group := &Identities{}
	if err := ctx.RegisterComponentResource("infra:ci:GCP", name, group, opts...); err != nil {
		return nil, fmt.Errorf("the identities on Google Cloud: %w", err)
	}
	pool, err := iam.NewWorkloadIdentityPool(ctx, "github", &iam.WorkloadIdentityPoolArgs{
		Project: pulumi.String(args.GoogleProject), WorkloadIdentityPoolId: pulumi.String(args.Project + "-previews"),
		Description: pulumi.String("Previews of pull requests of " + args.Repository.Owner + "/" + args.Repository.Name),
	}, pulumi.Parent(group))
	if err != nil {
		return nil, fmt.Errorf("the pool of identities: %w", err)
	}
	provider, err := iam.NewWorkloadIdentityPoolProvider(ctx, "github", &iam.WorkloadIdentityPoolProviderArgs{
		Project: pulumi.String(args.GoogleProject), WorkloadIdentityPoolId: pool.WorkloadIdentityPoolId,
		WorkloadIdentityPoolProviderId: pulumi.String("github"),
		Oidc:                           &iam.WorkloadIdentityPoolProviderOidcArgs{IssuerUri: pulumi.String(ci.Issuer)},
		AttributeMapping: pulumi.ToStringMap(map[string]string{
			"google.subject": "assertion.sub", "attribute.environment": "assertion.environment",
		}),
		AttributeCondition: pulumi.String(args.condition()),
	}, pulumi.Parent(group))
	if err != nil {
		return nil, fmt.Errorf("GitHub as the pool's provider: %w", err)
	}
	for _, environment := range args.Environments {
		member := pulumi.Sprintf("principalSet://iam.googleapis.com/%s/attribute.environment/%s", pool.Name, environment)
		if err := grant(ctx, group, args, environment, member); err != nil {
			return nil, err
		}
	}
	group.Provider = provider.Name
	return group, ctx.RegisterResourceOutputs(group, pulumi.Map{"provider": group.Provider})
}

// condition lets in exactly the jobs of the environments, by their names and
// by the numbers of the repository, which no other repository ever gets.
func (a *Args) condition() string {
	var subjects []string
	for _, environment := range a.Environments {
		for _, subject := range a.Repository.Subjects(environment) {
			subjects = append(subjects, "'"+subject+"'")
		}
	}
	return fmt.Sprintf("assertion.repository_id == '%s' && assertion.repository_owner_id == '%s' && assertion.sub in [%s]",
		a.Repository.ID, a.Repository.OwnerID, strings.Join(subjects, ", "))
}

// ownState holds for the objects of one stack, and for listing the bucket, which
// Google grants as a whole: names of other stacks' objects are seen. The bucket
// needs uniform access; Google takes no condition without it.
func (a *Args) ownState(environment string) string {
	objects := "projects/_/buckets/" + a.StateBucket + "/objects/"
	allowed := []string{`resource.type == "storage.googleapis.com/Bucket"`, fmt.Sprintf("resource.name == %q", objects+ci.StateFile)}
	for _, prefix := range ci.StatePrefixes(a.Project, environment) {
		allowed = append(allowed, fmt.Sprintf("resource.name.startsWith(%q)", objects+prefix))
	}
	return strings.Join(allowed, " || ")
}

// grant gives all that a preview does on Google Cloud: it reads the state, and
// decrypts the secrets of its own stack. The programs look nothing up.
func grant(ctx *pulumi.Context, group pulumi.Resource, args *Args, environment string, member pulumi.StringOutput) error {
	if args.StateBucket != "" {
		_, err := storage.NewBucketIAMMember(ctx, "state-"+environment, &storage.BucketIAMMemberArgs{
			Bucket: pulumi.String(args.StateBucket), Role: pulumi.String("roles/storage.objectViewer"), Member: member,
			Condition: &storage.BucketIAMMemberConditionArgs{
				Title: pulumi.String("the state of " + environment), Expression: pulumi.String(args.ownState(environment)),
			},
		}, pulumi.Parent(group))
		if err != nil {
			return fmt.Errorf("the right of %s to read the state: %w", environment, err)
		}
	}
	if key := args.Keys[environment]; key != "" {
		_, err := kms.NewCryptoKeyIAMMember(ctx, "key-"+environment, &kms.CryptoKeyIAMMemberArgs{
			CryptoKeyId: pulumi.String(key), Role: pulumi.String("roles/cloudkms.cryptoKeyDecrypter"), Member: member,
		}, pulumi.Parent(group))
		if err != nil {
			return fmt.Errorf("the right of %s to decrypt: %w", environment, err)
		}
	}
	return nil
}
