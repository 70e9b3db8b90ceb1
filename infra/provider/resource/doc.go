// Package resource holds the Go bindings of the native provider `astradb`,
// written by hand: one file a module, one struct and one constructor a
// resource. A Pulumi program imports this package and not the provider itself,
// so that it does not compile the provider's framework.
//
// What may not enter: behaviour. A binding names inputs and outputs, marks the
// secret ones, and registers the resource; the provider validates and acts.
// A test holds the bindings to the provider's own schema.
package resource

import "github.com/pulumi/pulumi/sdk/v3/go/pulumi"

// Package is the name of the provider's package, the first part of every type.
const Package = "astradb"

// The types of the resources, as they stand in a stack's state.
const (
	ProviderType   = "pulumi:providers:" + Package
	DatabaseType   = Package + ":index:Database"
	KeyspaceType   = Package + ":index:Keyspace"
	AccessListType = Package + ":index:AccessList"
	EntryType      = Package + ":index:AccessListEntry"
	RoleType       = Package + ":index:Role"
	TokenType      = Package + ":index:Token"
	SchemaType     = Package + ":index:Schema"
	SigningKeyType = Package + ":index:SigningKey"
	GateType       = Package + ":index:Gate"
	ProcessType    = Package + ":index:Process"
	FrontType      = Package + ":index:Front"
	OwnerType      = Package + ":index:Owner"

	OneTimeCodesType = Package + ":index:OneTimeCodes"
	WaitType         = Package + ":index:Wait"
	RandomType       = Package + ":index:Random"

	CloudRunServingType = Package + ":index:CloudRunServing"
	CloudRunTrafficType = Package + ":index:CloudRunTraffic"
)

// withSecrets returns the options with the named outputs marked secret.
func withSecrets(opts []pulumi.ResourceOption, names ...string) []pulumi.ResourceOption {
	return append([]pulumi.ResourceOption{pulumi.AdditionalSecretOutputs(names)}, opts...)
}
