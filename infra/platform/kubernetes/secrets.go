package kubernetes

import (
	"fmt"

	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/killrvideo/killrvideo-go/infra/platform"
	"github.com/killrvideo/killrvideo-go/infra/secret"
)

// SecretsArgs are the inputs of Secrets.
type SecretsArgs struct {
	// App and Environment begin and end the names. Required.
	App, Environment string
	// Namespace is where they are. Required.
	Namespace pulumi.StringInput
	// Secrets are the values.
	Secrets []secret.Secret
	Labels  pulumi.StringMap
}

// Secrets are an app's in the cluster: one immutable object for variables and
// one for files, each only if there are any.
type Secrets struct {
	pulumi.ResourceState

	// Pins are the versions, in the order of the values.
	Pins []secret.Pinned
	// Variables and Files are the objects, nil if there are none.
	Variables, Files *corev1.Secret
}

// NewSecrets makes the objects. Pulumi names them: a fixed name would make a
// change delete the old object, and the Deployment with it, before the new one
// is there.
func NewSecrets(ctx *pulumi.Context, name string, args *SecretsArgs, opts ...pulumi.ResourceOption) (*Secrets, error) {
	all := &Secrets{}
	if err := ctx.RegisterComponentResource("infra:kubernetes:Secrets", name, all, opts...); err != nil {
		return nil, fmt.Errorf("the secrets: %w", err)
	}
	scope := platform.Scope{App: args.App, Environment: args.Environment, Component: all}
	variables, files := pulumi.StringMap{}, pulumi.StringMap{}
	for _, s := range args.Secrets {
		if s.Path() == "" {
			variables[s.Env()] = s.Value()
		} else {
			files[s.Env()] = s.Value()
		}
	}
	var err error
	if all.Variables, err = object(ctx, scope, "secrets", args, variables); err != nil {
		return nil, err
	}
	if all.Files, err = object(ctx, scope, "files", args, files); err != nil {
		return nil, err
	}
	// The cluster's id of the object is the version of all: a hash of a value
	// lets a short one be guessed, and the name that a preview shows is never the
	// one that up makes.
	for _, s := range args.Secrets {
		of := all.Variables
		if s.Path() != "" {
			of = all.Files
		}
		all.Pins = append(all.Pins, secret.Pinned{Env: s.Env(), Version: uid(of.ID(), of.Metadata)})
	}
	return all, ctx.RegisterResourceOutputs(all, pulumi.Map{})
}

func object(ctx *pulumi.Context, scope platform.Scope, thing string, args *SecretsArgs, values pulumi.StringMap) (*corev1.Secret, error) {
	if len(values) == 0 {
		return nil, nil
	}
	made, err := corev1.NewSecret(ctx, scope.Name(thing), &corev1.SecretArgs{
		Metadata:  &metav1.ObjectMetaArgs{Namespace: args.Namespace.ToStringOutput(), Labels: args.Labels},
		Immutable: pulumi.Bool(true), Type: pulumi.String("Opaque"), StringData: values,
	}, scope.Child()...)
	if err != nil {
		return nil, fmt.Errorf("the %s: %w", thing, err)
	}
	return made, nil
}

// uid is the cluster's id of an object, known once the object is. A preview of a
// new object has none, or one of a trial that the cluster makes of it, which will
// never exist; but then the object has no id of Pulumi's either.
func uid(id pulumi.IDOutput, metadata metav1.ObjectMetaOutput) pulumi.StringOutput {
	return pulumi.All(id, metadata.Uid().Elem()).ApplyT(func(all []any) string { return all[1].(string) }).(pulumi.StringOutput)
}

// uids are the cluster's ids of the objects.
func (all *Secrets) uids() (ids pulumi.StringArray) {
	for _, each := range []*corev1.Secret{all.Variables, all.Files} {
		if each != nil {
			ids = append(ids, uid(each.ID(), each.Metadata))
		}
	}
	return ids
}
