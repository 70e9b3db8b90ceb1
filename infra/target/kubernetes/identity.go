package kubernetes

import (
	"fmt"

	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// identity is who the pods run as: an account of their own that no role names
// and whose token no pod gets. With a private registry it holds the way in.
func (t *Target) identity(ctx *pulumi.Context) (*corev1.ServiceAccount, error) {
	args := &corev1.ServiceAccountArgs{Metadata: t.metadata(), AutomountServiceAccountToken: pulumi.Bool(false)}
	if t.settings.DockerConfig != "" {
		pull, err := t.pullSecret(ctx)
		if err != nil {
			return nil, err
		}
		args.ImagePullSecrets = corev1.LocalObjectReferenceArray{&corev1.LocalObjectReferenceArgs{Name: pull.Metadata.Name()}}
	}
	account, err := corev1.NewServiceAccount(ctx, t.scope.Name("account"), args, t.scope.Child()...)
	if err != nil {
		return nil, fmt.Errorf("the service account: %w", err)
	}
	return account, nil
}

// pullSecret is how the nodes log in to a private registry.
func (t *Target) pullSecret(ctx *pulumi.Context) (*corev1.Secret, error) {
	config := pulumi.ToSecret(pulumi.String(t.settings.DockerConfig)).(pulumi.StringOutput)
	pull, err := corev1.NewSecret(ctx, t.scope.Name("pull"), &corev1.SecretArgs{
		Metadata: t.unnamed(), Immutable: pulumi.Bool(true),
		Type:       pulumi.String("kubernetes.io/dockerconfigjson"),
		StringData: pulumi.StringMap{".dockerconfigjson": config},
	}, t.scope.Child()...)
	if err != nil {
		return nil, fmt.Errorf("the registry's secret: %w", err)
	}
	return pull, nil
}
