package kubernetes

import (
	"fmt"

	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// identity is the account that the pods run as: the given one, or a new one that
// no role names and whose token no pod gets. It holds the login to a private
// registry.
func (s *Service) identity(ctx *pulumi.Context) (pulumi.StringInput, error) {
	if s.args.ServiceAccount != nil {
		return s.args.ServiceAccount, nil
	}
	args := &corev1.ServiceAccountArgs{Metadata: s.metadata(), AutomountServiceAccountToken: pulumi.Bool(false)}
	if s.args.DockerConfig != nil {
		pull, err := s.pullSecret(ctx)
		if err != nil {
			return nil, err
		}
		args.ImagePullSecrets = corev1.LocalObjectReferenceArray{&corev1.LocalObjectReferenceArgs{Name: pull.Metadata.Name()}}
	}
	account, err := corev1.NewServiceAccount(ctx, s.scope.Name("account"), args, s.scope.Child()...)
	if err != nil {
		return nil, fmt.Errorf("the service account: %w", err)
	}
	return account.Metadata.Name().Elem(), nil
}

// pullSecret is the nodes' login to a private registry.
func (s *Service) pullSecret(ctx *pulumi.Context) (*corev1.Secret, error) {
	config := pulumi.ToSecret(s.args.DockerConfig).(pulumi.StringOutput)
	pull, err := corev1.NewSecret(ctx, s.scope.Name("pull"), &corev1.SecretArgs{
		Metadata: s.unnamed(), Immutable: pulumi.Bool(true),
		Type:       pulumi.String("kubernetes.io/dockerconfigjson"),
		StringData: pulumi.StringMap{".dockerconfigjson": config},
	}, s.scope.Child()...)
	if err != nil {
		return nil, fmt.Errorf("the registry's secret: %w", err)
	}
	return pull, nil
}
