package kubernetes

import (
	"fmt"

	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/killrvideo/killrvideo-go/infra/app"
	"github.com/killrvideo/killrvideo-go/infra/secret"
)

// kept is the app's secrets and plain settings in the cluster.
type kept struct {
	pins []secret.Pinned
	// secret and settings are immutable; their names are new with every value.
	secret   *corev1.Secret
	settings *corev1.ConfigMap
}

// secrets makes one immutable Secret for all values and one ConfigMap for the
// plain settings. Pulumi names both: a fixed name would make a change delete
// the old object, and the Deployment with it, before the new one is there.
func (t *Target) secrets(ctx *pulumi.Context, a app.App) (kept, error) {
	values := pulumi.StringMap{}
	for _, s := range a.Secrets {
		values[s.Env()] = s.Value()
	}
	store, err := corev1.NewSecret(ctx, t.scope.Name("secrets"), &corev1.SecretArgs{
		Metadata: t.unnamed(), Immutable: pulumi.Bool(true),
		Type: pulumi.String("Opaque"), StringData: values,
	}, t.scope.Child()...)
	if err != nil {
		return kept{}, fmt.Errorf("the secrets: %w", err)
	}
	a.Settings = t.settingsOf(a)
	settings, err := corev1.NewConfigMap(ctx, t.scope.Name("settings"), &corev1.ConfigMapArgs{
		Metadata: t.unnamed(), Immutable: pulumi.Bool(true), Data: a.Plain(),
	}, t.scope.Child()...)
	if err != nil {
		return kept{}, fmt.Errorf("the plain settings: %w", err)
	}
	// The cluster's id of the object is the version of all: what is made of a
	// value lets a short one be guessed, and the name that a preview shows is
	// never the one that up makes.
	pins := make([]secret.Pinned, len(a.Secrets))
	for i, s := range a.Secrets {
		pins[i] = secret.Pinned{Env: s.Env(), Version: store.Metadata.Uid().Elem()}
	}
	return kept{pins: pins, secret: store, settings: settings}, nil
}
