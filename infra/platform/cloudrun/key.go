package cloudrun

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/kms"
	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/logging"
	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/projects"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/killrvideo/killrvideo-go/infra/app"
	"github.com/killrvideo/killrvideo-go/infra/platform"
	"github.com/killrvideo/killrvideo-go/infra/provider/resource"
)

// encrypted tells that a key of Cloud KMS encrypts what is stored.
func (args *ServiceArgs) encrypted() bool { return args.KMSKey != nil || args.NewKMSKey }

// encryptedSuffix ends the names of what cannot change how it is encrypted: with
// a key it is another one, which is made before the one without goes.
const encryptedSuffix = "-encrypted"

func (args *ServiceArgs) encryptedName(name string) string {
	if args.encrypted() {
		return name + encryptedSuffix
	}
	return name
}

// agents are the services whose own accounts use the key.
var agents = []string{"artifactregistry", "run", "secretmanager"}

// key makes the key, if it is to be made, and lets Google's services use it. A key
// ring can never be deleted, and its name not be used again: Pulumi makes the
// names up.
func (s *Service) key(ctx *pulumi.Context, args *ServiceArgs) error {
	if !args.NewKMSKey {
		return nil
	}
	ring, err := kms.NewKeyRing(ctx, s.scope.Name("keys"), &kms.KeyRingArgs{Location: args.Region},
		s.scope.Child(pulumi.DependsOn(s.enabled))...)
	if err != nil {
		return fmt.Errorf("the key ring: %w", err)
	}
	key, err := kms.NewCryptoKey(ctx, s.scope.Name("key"), &kms.CryptoKeyArgs{
		KeyRing: ring.ID(), Purpose: pulumi.String("ENCRYPT_DECRYPT"), RotationPeriod: pulumi.String("7776000s"),
		DestroyScheduledDuration: pulumi.String("2592000s"), Labels: args.labels(),
	}, s.scope.Child(pulumi.Protect(*args.Protect))...)
	if err != nil {
		return fmt.Errorf("the key: %w", err)
	}
	args.KMSKey = key.ID().ToStringOutput()
	return s.useKey(ctx, args, key)
}

// useKey lets the services' own accounts, which must be there first, use the key.
func (s *Service) useKey(ctx *pulumi.Context, args *ServiceArgs, key *kms.CryptoKey) error {
	var grants pulumi.StringArray
	enabled := slices.Clone(s.enabled)
	grant := func(name string, member pulumi.StringInput) error {
		made, err := kms.NewCryptoKeyIAMMember(ctx, s.scope.Name("key-"+name), &kms.CryptoKeyIAMMemberArgs{
			CryptoKeyId: key.ID(), Role: pulumi.String("roles/cloudkms.cryptoKeyEncrypterDecrypter"), Member: member,
		}, s.scope.Child()...)
		if err != nil {
			return fmt.Errorf("let %s use the key: %w", name, err)
		}
		grants, s.enabled = append(grants, made.ID()), append(s.enabled, made)
		return nil
	}
	for _, service := range agents {
		agent, err := projects.NewServiceIdentity(ctx, s.scope.Name("agent-"+service), &projects.ServiceIdentityArgs{
			Service: pulumi.String(service + ".googleapis.com"), Project: app.OptionalPtr(args.Project),
		}, s.scope.Child(pulumi.DependsOn(enabled))...)
		if err != nil {
			return fmt.Errorf("the account of %s: %w", service, err)
		}
		if err := grant(service, agent.Member); err != nil {
			return err
		}
	}
	logs := logging.GetProjectCmekSettingsOutput(ctx, logging.GetProjectCmekSettingsOutputArgs{Project: args.Project}, pulumi.Parent(s))
	member := logs.ServiceAccountId().ApplyT(func(account string) string {
		return "serviceAccount:" + strings.TrimPrefix(account, "serviceAccount:")
	}).(pulumi.StringOutput)
	if err := grant("logging", member); err != nil {
		return err
	}
	if *args.PermissionSeconds == 0 {
		return nil
	}
	wait, err := resource.NewWait(ctx, s.scope.Name("key-permissions"), &resource.WaitArgs{
		For:      pulumi.String("the permissions on the new key, which Google takes minutes to put into effect"),
		Triggers: grants, FirstSeconds: pulumi.Int(*args.PermissionSeconds), ChangedSeconds: pulumi.Int(*args.PermissionSeconds),
	}, s.scope.Child()...)
	if err != nil {
		return fmt.Errorf("wait for the permissions on the key: %w", err)
	}
	s.enabled = append(s.enabled, wait)
	return nil
}

var keyName = regexp.MustCompile(`^projects/[^/]+/locations/([a-z0-9-]+)/keyRings/[^/]+/cryptoKeys/[^/]+$`)

// checkProduction refuses what Google would refuse late, and what would do
// nothing.
func (args *ServiceArgs) checkProduction(p *platform.Problems) {
	region, _ := app.Known(args.Region)
	if args.NewKMSKey && args.KMSKey != nil {
		p.AddUnread("kmsKey", "is to be made, and one is given")
	}
	if name, known := app.Known(args.KMSKey); args.KMSKey != nil && known {
		if at := keyName.FindStringSubmatch(name); at == nil || region != "" && at[1] != region {
			p.Add("kmsKey", "projects/PROJECT/locations/REGION/keyRings/RING/cryptoKeys/KEY",
				"%q is not made, nor the full name of a key in region %s", name, region)
		}
	}
	within := func(key, example string, value, least, most int, what string) {
		if value != 0 && (value < least || value > most) {
			p.Add(key, example, "%d must be from %d to %d%s", value, least, most, what)
		}
	}
	within("logRetentionDays", "30", args.LogRetentionDays, 1, 3650, "")
	within("retainedImages", "30", args.RetainedImages, 2, 1000, ": what runs, and what to go back to")
	within("secretVersionDays", "30", args.SecretVersionDays, 1, 1000, "")
	if args.RetainedImages > 0 && !args.makesRepository() {
		p.AddUnread("retainedImages", "is for a repository that the stack makes, and the image is in another")
	}
	if args.FixedEgress && args.Network != nil {
		p.AddUnread("egressAddresses", "are of a network that is made, and one is given")
	}
}
