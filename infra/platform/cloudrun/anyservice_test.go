package cloudrun

import (
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/killrvideo/killrvideo-go/infra/app"
	"github.com/killrvideo/killrvideo-go/infra/plan"
	"github.com/killrvideo/killrvideo-go/infra/platform/platformtest"
	"github.com/killrvideo/killrvideo-go/infra/secret"
)

// store is the arguments of the second service.
func store() ServiceArgs {
	return ServiceArgs{
		App:     platformtest.Store(),
		Project: pulumi.String("example-project"),
		Region:  pulumi.String("europe-west1"),
		Public:  true,
	}
}

func plannedStore(t *testing.T, args ServiceArgs) *plan.Plan {
	t.Helper()
	return platformtest.Run(t, "test", func(ctx *pulumi.Context) error {
		_, err := NewService(ctx, "store-test", &args)
		return err
	})
}

// TestAnyService: port, command, sidecar, files and a TCP probe.
func TestAnyService(t *testing.T) {
	t.Parallel()
	p := plannedStore(t, store())
	platformtest.Promises(t, p, "test", "infra:cloudrun:Service store-test")
	template := platformtest.Find(t, p, "gcp:cloudrunv2/service:Service")[0].Inputs["template"]
	for path, want := range map[string]any{
		"containers.0.name": "app", "containers.0.ports.0.containerPort": 3000., "containers.0.commands.0": "node",
		"containers.0.args.0":                      "server.js",
		"containers.0.startupProbe.tcpSocket.port": 3000., "containers.0.livenessProbe": nil,
		"containers.0.volumeMounts.0.mountPath": "/etc/store/tls", "volumes.0.secret.items.0.path": "key.pem",
		"volumes.0.secret.items.0.version": "${store-tls-key-file-test.version}",
		"containers.1.name":                "proxy", "containers.1.args.0": "--quiet", "containers.1.envs.0.value": "warn",
		"containers.1.envs.1.name":                             "API_KEY",
		"containers.1.envs.1.valueSource.secretKeyRef.version": "${store-api-key-test.version}",
	} {
		if got := platformtest.At(template, path); got != want {
			t.Errorf("%s is %v, want %v", path, got, want)
		}
	}
	text := platformtest.Printed(t, p)
	for _, want := range []string{"name: TLS_KEY_FILE", "value: /etc/store/tls/key.pem", "name: MODE"} {
		if !strings.Contains(text, want) {
			t.Errorf("the plan does not say %q:\n%s", want, text)
		}
	}
	if strings.Contains(text, "shop") {
		t.Error("the plan of a store names another service")
	}
}

func TestWhatDoesNothingIsRefused(t *testing.T) {
	t.Parallel()
	for key, change := range map[string]func(*ServiceArgs){
		"app.user":             func(args *ServiceArgs) { args.App.User = 1000 },
		"cpuPercent":           func(args *ServiceArgs) { args.App.Scale.CPUPercent = 50 },
		"requestsPerMinute":    func(args *ServiceArgs) { args.App.Scale.RequestsPerMinute = 100 },
		"concurrency":          func(args *ServiceArgs) { args.App.Scale.Concurrency = 1001 },
		"app.probes.liveness":  func(args *ServiceArgs) { args.App.Probes.Liveness.TCP = true },
		"app.probes.readiness": func(args *ServiceArgs) { args.App.Probes.Readiness.Command = []string{"check"} },
		"cloudrun.dnsZone":     func(args *ServiceArgs) { args.DNSZone = pulumi.String("zone") },
		"app.secrets": func(args *ServiceArgs) {
			args.App.Secrets = append(args.App.Secrets, secret.NewFile("TLS_CERT_FILE", "/etc/store/tls/cert.pem", pulumi.String("x")))
		},
	} {
		t.Run(key, func(t *testing.T) {
			t.Parallel()
			args := store()
			change(&args)
			platformtest.Refused(t, args.Validate(), key)
		})
	}
}

// TestOwnResources: what is there already is used, and nothing is made for it.
func TestOwnResources(t *testing.T) {
	t.Parallel()
	const account, key = "store@example-project.iam.gserviceaccount.com", "projects/p/locations/europe-west1/keyRings/r/cryptoKeys/k"
	args := store()
	args.ServiceAccount, args.KMSKey, args.APIsEnabled = pulumi.String(account), pulumi.String(key), true
	args.Network = &NetworkArgs{Subnetwork: pulumi.String("private"), AllTraffic: true}
	args.App.Image, args.App.Build = nil, &app.Build{Context: "/checkout"}
	args.Repository = pulumi.String("europe-west1-docker.pkg.dev/p/r/store")
	p := plannedStore(t, args)
	for _, r := range p.Resources {
		switch r.Type {
		case "gcp:serviceaccount/account:Account", "gcp:projects/service:Service", "gcp:artifactregistry/repository:Repository":
			t.Errorf("%s is made", r.Label())
		}
	}
	template := platformtest.Find(t, p, "gcp:cloudrunv2/service:Service")[0].Inputs["template"]
	for path, want := range map[string]any{
		"serviceAccount": account, "encryptionKey": key, "vpcAccess.egress": "ALL_TRAFFIC", "vpcAccess.networkInterfaces.0.subnetwork": "private",
		"containers.0.image": "europe-west1-docker.pkg.dev/p/r/store@${store-image-test.digest}",
	} {
		if got := platformtest.At(template, path); got != want {
			t.Errorf("%s is %v, want %v", path, got, want)
		}
	}
	for _, grant := range platformtest.Find(t, p, "gcp:secretmanager/secretIamMember:SecretIamMember") {
		if grant.Inputs["member"] != "serviceAccount:"+account {
			t.Errorf("%s grants to %v", grant.Label(), grant.Inputs["member"])
		}
	}
	for _, stored := range platformtest.Find(t, p, "gcp:secretmanager/secret:Secret") {
		replica := platformtest.At(stored.Inputs, "replication.userManaged.replicas.0")
		if key != platformtest.At(replica, "customerManagedEncryption.kmsKeyName") || platformtest.At(replica, "location") != "europe-west1" {
			t.Errorf("%s is stored in %v", stored.Label(), replica)
		}
	}
	for _, r := range p.Resources {
		if strings.HasPrefix(r.Type, "gcp:kms/") {
			t.Errorf("%s is made, and a key is given", r.Label())
		}
	}
}
