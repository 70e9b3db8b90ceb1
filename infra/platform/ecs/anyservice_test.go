package ecs

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/killrvideo/killrvideo-go/infra/app"
	"github.com/killrvideo/killrvideo-go/infra/plan"
	"github.com/killrvideo/killrvideo-go/infra/platform/platformtest"
)

const shell = "public.ecr.aws/docker/library/busybox@sha256:3333333333333333333333333333333333333333333333333333333333333333"

// store is the arguments of the second service.
func store() ServiceArgs {
	return ServiceArgs{App: platformtest.Store(), Region: pulumi.String("eu-west-1"), AllowHTTP: true, FilesImage: pulumi.String(shell)}
}

func plannedStore(t *testing.T, args ServiceArgs) *plan.Plan {
	t.Helper()
	return platformtest.Run(t, "test", func(ctx *pulumi.Context) error {
		_, err := NewService(ctx, "store-test", &args)
		return err
	})
}

// definitions are a plan's container definitions, as any JSON.
func definitions(t *testing.T, p *plan.Plan) any {
	t.Helper()
	text, _ := platformtest.Find(t, p, "aws:ecs/taskDefinition:TaskDefinition")[0].Inputs["containerDefinitions"].(string)
	var all any
	if err := json.Unmarshal([]byte(text), &all); err != nil {
		t.Fatal(err)
	}
	return all
}

// TestAnyService: port, command, sidecar, files and a TCP probe.
func TestAnyService(t *testing.T) {
	t.Parallel()
	p := plannedStore(t, store())
	platformtest.Promises(t, p, "test", "infra:ecs:Service store-test")
	all := definitions(t, p)
	for path, want := range map[string]any{
		"0.name": "app", "0.portMappings.0.containerPort": 3000., "0.entryPoint.0": "node", "0.command.0": "server.js", "0.healthCheck": nil,
		"0.readonlyRootFilesystem": false, "0.mountPoints.0.containerPath": "/etc/store/tls", "0.mountPoints.0.readOnly": true,
		"0.dependsOn.0.condition": "SUCCESS", "0.secrets.0.name": "API_KEY", "0.secrets.1": nil,
		"1.name": "proxy", "1.command.0": "--quiet", "1.environment.0.value": "warn", "1.secrets.0.name": "API_KEY",
		"1.cpu": 256., "1.memory": 256.,
		"2.name": "secret-files", "2.image": shell, "2.essential": false, "2.secrets.0.name": "TLS_KEY_FILE", "2.mountPoints.0.readOnly": false,
		"2.command.0": `printf %s "$TLS_KEY_FILE" > '/etc/store/tls/key.pem' && chmod 0444 '/etc/store/tls/key.pem'`,
	} {
		if got := platformtest.At(all, path); got != want {
			t.Errorf("%s is %v, want %v", path, got, want)
		}
	}
	group := platformtest.Find(t, p, "aws:lb/targetGroup:TargetGroup")[0].Inputs
	if group["port"] != 3000. || platformtest.At(group, "healthCheck.path") != "/" ||
		platformtest.At(group, "healthCheck.matcher") != "200-499" {
		t.Errorf("the balancer asks by %v", group)
	}
	if text := platformtest.Printed(t, p); strings.Contains(text, "shop") || !strings.Contains(text, "name: /store/test") {
		t.Errorf("the plan of a store names another service:\n%s", text)
	}
}

// TestAlarms: the service's own, and those that are there already, end a deployment.
func TestAlarms(t *testing.T) {
	t.Parallel()
	args := store()
	args.Alarms = pulumi.StringArray{pulumi.String("queue-is-long")}
	service := platformtest.Find(t, plannedStore(t, args), "aws:ecs/service:Service")[0].Inputs
	for path, want := range map[string]any{
		"alarms.enable": true, "alarms.rollback": true, "alarms.alarmNames.1": "queue-is-long", "alarms.alarmNames.2": nil,
	} {
		if got := platformtest.At(service, path); got != want {
			t.Errorf("%s is %v, want %v", path, got, want)
		}
	}
	if own := platformtest.At(service, "alarms.alarmNames.0"); own == nil {
		t.Error("the service's own alarm is missing")
	}
}

func TestWhatDoesNothingIsRefused(t *testing.T) {
	t.Parallel()
	for key, change := range map[string]func(*ServiceArgs){
		"app.schedules":               func(args *ServiceArgs) { args.App.Schedules = platformtest.Schedules() },
		"concurrency":                 func(args *ServiceArgs) { args.App.Scale.Concurrency = 80 },
		"app.probes.liveness.command": func(args *ServiceArgs) { args.App.Probes.Liveness.HTTPPath = "/health" },
		"app.probes.readiness":        func(args *ServiceArgs) { args.App.Probes.Readiness.Command = []string{"check"} },
		"ecs.filesImage":              func(args *ServiceArgs) { args.FilesImage = nil },
		"ecs.loadBalancer":            func(args *ServiceArgs) { args.AllowHTTP, args.LoadBalancer = false, &LoadBalancerArgs{} },
		"minInstances":                func(args *ServiceArgs) { args.App.Scale.MinInstances = 0 },
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
	const key, role = "arn:aws:kms:eu-west-1:123456789012:key/1", "arn:aws:iam::123456789012:role/store"
	const listener = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:listener/app/front/0123456789abcdef/0123456789abcdef"
	args := store()
	args.AllowHTTP, args.KMSKey, args.TaskRole = false, pulumi.String(key), pulumi.String(role)
	args.Cluster = pulumi.String("arn:aws:ecs:eu-west-1:123456789012:cluster/shared")
	args.Network = &NetworkArgs{
		VPC:            pulumi.String("vpc-01234567"),
		PrivateSubnets: pulumi.ToStringArray([]string{"subnet-01234567", "subnet-01234568"}),
	}
	args.LoadBalancer = &LoadBalancerArgs{
		Listener: pulumi.String(listener), SecurityGroup: pulumi.String("sg-01234567"), Host: "store.example.org", Priority: 10,
	}
	args.App.Image, args.App.Build = nil, &app.Build{Context: "/checkout"}
	args.Repository = pulumi.String("123456789012.dkr.ecr.eu-west-1.amazonaws.com/store")
	p := plannedStore(t, args)
	for _, r := range p.Resources {
		switch r.Type {
		case "aws:ec2/vpc:Vpc",
			"aws:ec2/subnet:Subnet",
			"aws:lb/loadBalancer:LoadBalancer",
			"aws:lb/listener:Listener",
			"aws:ecs/cluster:Cluster",
			"aws:ecr/repository:Repository":
			t.Errorf("%s is made", r.Label())
		}
	}
	rule := platformtest.Find(t, p, "aws:lb/listenerRule:ListenerRule")[0].Inputs
	if rule["listenerArn"] != listener || platformtest.At(rule, "conditions.0.hostHeader.values.0") != "store.example.org" {
		t.Errorf("the rule is %v", rule)
	}
	text := platformtest.Printed(t, p)
	for _, want := range []string{
		"resourceId: service/shared/store-test", "resourceLabel: app/front/0123456789abcdef/${store-targets-test.arnSuffix}",
		"taskRoleArn: " + role,
		"referencedSecurityGroupId: sg-01234567", "kmsKeyId: " + key, `"Action":["kms:Decrypt"]`, "repository/store",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the plan does not say %q:\n%s", want, text)
		}
	}
}

func TestTheEndOfABalancersARN(t *testing.T) {
	t.Parallel()
	if _, err := suffixOf("arn:aws:elasticloadbalancing:eu-west-1:1:loadbalancer/app/front/1"); err == nil {
		t.Error("the ARN of a balancer passes for that of a listener")
	}
}
