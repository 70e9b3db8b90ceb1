package policy

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/killrvideo/killrvideo-go/infra/plan"
)

// The types of AWS that the rules look at.
const (
	amazonBalancer = "aws:lb/loadBalancer:LoadBalancer"
	amazonListener = "aws:lb/listener:Listener"
	amazonTargets  = "aws:lb/targetGroup:TargetGroup"
	amazonService  = "aws:ecs/service:Service"
	amazonTask     = "aws:ecs/taskDefinition:TaskDefinition"
	amazonIngress  = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
	amazonEgress   = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"
	amazonRole     = "aws:iam/role:Role"
	amazonRights   = "aws:iam/rolePolicy:RolePolicy"
)

// fargate are the demands on ECS and what is around it.
func fargate() []Rule {
	return slices.Concat(fargateFront(), fargateWalls(), []Rule{
		{Name: "logs do not stay for ever", IDs: []string{"CKV_AWS_66"}, Types: []string{"aws:cloudwatch/logGroup:LogGroup"}, Cure: "set retentionInDays",
			Check: func(r plan.Resource, _ *plan.Plan) []string {
				return when(number(r.Inputs["retentionInDays"]) < 1, "they are never deleted")
			}},
		{Name: "images in ECR stay what they are", IDs: []string{"CKV_AWS_51", "CKV_AWS_163", "AWS-0030", "AWS-0031"}, Types: []string{"aws:ecr/repository:Repository"},
			Cure: "set imageTagMutability to IMMUTABLE and scanOnPush", Check: func(r plan.Resource, _ *plan.Plan) []string {
				return append(when(text(r.Inputs["imageTagMutability"]) != "IMMUTABLE", "a tag can be moved"),
					when(at(r.Inputs, "imageScanningConfiguration.scanOnPush") != true, "nothing looks for known weaknesses")...)
			}},
		{Name: "the cluster is observed", IDs: []string{"CKV_AWS_65", "AWS-0034"}, Types: []string{"aws:ecs/cluster:Cluster"}, Cure: "enable containerInsights",
			Check: func(r plan.Resource, _ *plan.Plan) []string {
				return when(text(at(r.Inputs, "settings.name")) != "containerInsights" || text(at(r.Inputs, "settings.value")) != "enabled", "it has no metrics")
			}},
		{Name: "ECS rolls out safely", IDs: []string{"CKV_AWS_333", "CKV_AWS_223", "CKV_AWS_224"}, Types: []string{amazonService}, Cure: "compare infra/target/ecs/service.go", Check: rollsOut},
		{Name: "a task is hardened", IDs: []string{"CKV_AWS_249", "CKV_AWS_334", "CKV_AWS_335", "CKV_AWS_336", "AWS-0036"}, Types: []string{amazonTask},
			Cure: "compare infra/target/ecs/container.go", Check: hardened},
		{Name: "a role names who takes it on", IDs: []string{"CKV_AWS_60", "CKV_AWS_61", "CKV_AWS_358", "CKV_AWS_393"}, Types: []string{amazonRole}, Cure: "let ecs-tasks.amazonaws.com alone assume it with aws:SourceAccount, or one environment of one GitHub repository", Check: trusted},
		{Name: "rights name what they are for", IDs: []string{"CKV_AWS_62", "CKV_AWS_63", "CKV_AWS_286", "CKV_AWS_287", "CKV_AWS_288", "CKV_AWS_289", "CKV_AWS_290", "CKV_AWS_355", "CKV2_AWS_40", "AWS-0057", "AWS-0342", "AWS-0345", "CIS-AWS-1.16"},
			Types: []string{amazonRights}, Cure: "name each action, and each resource by its ARN", Check: narrow},
	})
}

func fargateFront() []Rule {
	return []Rule{
		{Name: "the load balancer drops bad headers", IDs: []string{"CKV_AWS_131", "CKV_AWS_328", "AWS-0052"}, Types: []string{amazonBalancer}, Cure: "set dropInvalidHeaderFields, and desyncMitigationMode to defensive",
			Check: func(r plan.Resource, _ *plan.Plan) []string {
				mode := text(r.Inputs["desyncMitigationMode"])
				return append(when(r.Inputs["dropInvalidHeaderFields"] != true, "it hands them on"),
					when(mode != "defensive" && mode != "strictest", "one request could be read as two")...)
			}},
		{Name: "production keeps its load balancer", Types: []string{amazonBalancer}, Cure: "set ecs.protect to true",
			Check: func(r plan.Resource, _ *plan.Plan) []string {
				return when(text(at(r.Inputs, "tags.environment")) == "prod" && r.Inputs["enableDeletionProtection"] != true, "it can be deleted by mistake")
			}},
		{Name: "requests come by HTTPS", IDs: []string{"CKV_AWS_2", "CKV_AWS_103", "CKV2_AWS_20", "AWS-0054"}, Types: []string{amazonListener},
			Cure: "redirect to HTTPS", Check: redirected},
		{Name: "TLS is 1.2 or newer", IDs: []string{"CKV2_AWS_74", "AWS-0047"}, Types: []string{amazonListener},
			Cure: "give it a certificate and a TLS 1.2 policy", Check: encrypted},
		{Name: "targets are asked for their health", IDs: []string{"CKV_AWS_261"}, Types: []string{amazonTargets}, Cure: "set healthCheck.path",
			Check: func(r plan.Resource, _ *plan.Plan) []string {
				return when(!strings.HasPrefix(text(at(r.Inputs, "healthCheck.path")), "/"), "nobody asks the service")
			}},
	}
}

func fargateWalls() []Rule {
	return []Rule{
		{Name: "ports are opened one by one", IDs: []string{"CKV_AWS_23", "CKV_AWS_24", "CKV_AWS_25", "CKV_AWS_277", "CKV_AWS_382", "AWS-0107", "AWS-0124", "CIS-AWS-5.2", "CIS-AWS-5.3"},
			Types: []string{amazonIngress, amazonEgress}, Cure: "open one port of TCP and say what for", Check: onePort},
		{Name: "the default security group is closed", IDs: []string{"CKV2_AWS_12", "AWS-0173", "CIS-AWS-5.4"}, Types: []string{"aws:ec2/defaultSecurityGroup:DefaultSecurityGroup"}, Cure: "give it no rule",
			Check: func(r plan.Resource, _ *plan.Plan) []string {
				return when(len(list(r.Inputs["ingress"]))+len(list(r.Inputs["egress"])) > 0, "it lets something through")
			}},
		{Name: "subnets give no public address", IDs: []string{"CKV_AWS_130", "AWS-0164"}, Types: []string{"aws:ec2/subnet:Subnet"}, Cure: "leave mapPublicIpOnLaunch off",
			Check: func(r plan.Resource, _ *plan.Plan) []string {
				return when(r.Inputs["mapPublicIpOnLaunch"] == true, "whatever starts in it can be reached")
			}},
	}
}

// redirected lets a listener without TLS do nothing but redirect.
func redirected(r plan.Resource, _ *plan.Plan) []string {
	to := at(r.Inputs, "defaultActions.redirect")
	redirects := text(at(to, "protocol")) == "HTTPS" && text(at(to, "statusCode")) == "HTTP_301"
	return when(text(r.Inputs["protocol"]) != "HTTPS" && !redirects, "it answers in clear")
}

func encrypted(r plan.Resource, _ *plan.Plan) []string {
	if text(r.Inputs["protocol"]) != "HTTPS" {
		return nil
	}
	policy := text(r.Inputs["sslPolicy"])
	return append(when(text(r.Inputs["certificateArn"]) == "", "it has no certificate"),
		when(!strings.HasPrefix(policy, "ELBSecurityPolicy-TLS13-1-2-"), "the policy "+policy+" allows old versions of TLS")...)
}

// onePort knows what AWS does not check before it is asked: a protocol by its
// name and a range that is one port.
func onePort(r plan.Resource, _ *plan.Plan) []string {
	from, to := number(r.Inputs["fromPort"]), number(r.Inputs["toPort"])
	wrong := when(text(r.Inputs["description"]) == "", "nobody says what it is for")
	if text(r.Inputs["ipProtocol"]) != "tcp" || from != to || from < 1 || from > 65535 {
		return append(wrong, fmt.Sprintf("it opens %v to %v of %v", r.Inputs["fromPort"], r.Inputs["toPort"], r.Inputs["ipProtocol"]))
	}
	everybody := text(r.Inputs["cidrIpv4"]) == "0.0.0.0/0" || text(r.Inputs["cidrIpv6"]) == "::/0"
	return append(wrong, when(r.Type == amazonIngress && everybody && from != 80 && from != 443, fmt.Sprintf("everybody reaches port %.0f", from))...)
}

func rollsOut(r plan.Resource, _ *plan.Plan) (wrong []string) {
	for path, want := range map[string]any{
		"networkConfiguration.assignPublicIp": false, "enableExecuteCommand": false, "waitForSteadyState": true,
		"deploymentCircuitBreaker.enable": true, "deploymentCircuitBreaker.rollback": true,
	} {
		wrong = append(wrong, when(at(r.Inputs, path) != want, fmt.Sprintf("%s is not %v", path, want))...)
	}
	slices.Sort(wrong)
	return wrong
}

// containers are the definitions of a task, as far as rules ask for them.
type containers []struct {
	Name, Image, User      string
	Privileged             bool
	ReadonlyRootFilesystem bool
	PortMappings           []struct{ ContainerPort float64 }
	Environment            []struct{ Name string }
	Secrets                []struct{ Name, ValueFrom string }
}

func hardened(r plan.Resource, _ *plan.Plan) (wrong []string) {
	var all containers
	if err := json.Unmarshal([]byte(text(r.Inputs["containerDefinitions"])), &all); err != nil || len(all) == 0 {
		return []string{"its containers cannot be read"}
	}
	wrong = append(wrong, when(r.Inputs["executionRoleArn"] == r.Inputs["taskRoleArn"], "it may do what starts it may do")...)
	wrong = append(wrong, when(r.Inputs["pidMode"] != nil, "it sees the processes of others")...)
	for _, c := range all {
		wrong = append(wrong, when(!pinnedImage(c.Image), fmt.Sprintf("the image %q can move", c.Image))...)
		wrong = append(wrong, when(c.Privileged, "it is privileged")...)
		wrong = append(wrong, when(!c.ReadonlyRootFilesystem, "its file system can be written")...)
		wrong = append(wrong, when(c.User == "" || strings.HasPrefix(c.User, "0") || strings.HasPrefix(c.User, "root"), "it runs as root")...)
		for _, variable := range c.Environment {
			wrong = append(wrong, when(inClear(variable.Name), variable.Name+" stands in clear")...)
		}
		for _, secret := range c.Secrets {
			_, version, _ := strings.Cut(secret.ValueFrom, ":::")
			wrong = append(wrong, when(version == "", secret.Name+" is not pinned to a version")...)
		}
	}
	return wrong
}

// document is a policy of AWS, as this house writes them.
type document struct {
	Statement []struct {
		Principal        map[string]string
		Action, Resource []string
		Condition        map[string]map[string]any
	}
}

func documentOf(value any) (d document, wrong []string) {
	if err := json.Unmarshal([]byte(text(value)), &d); err != nil || len(d.Statement) == 0 {
		return d, []string{"its document has no statement"}
	}
	return d, nil
}

// trusted lets a service of AWS take on a role, or whom an identity provider
// vouches for by its full name.
func trusted(r plan.Resource, _ *plan.Plan) []string {
	d, wrong := documentOf(r.Inputs["assumeRolePolicy"])
	for _, s := range d.Statement {
		service := s.Principal["Service"] == "ecs-tasks.amazonaws.com"
		wrong = append(wrong, when(service && !ownAccount.MatchString(text(s.Condition["StringEquals"]["aws:SourceAccount"])),
			"ECS could be made to use it for another account")...)
		federated := s.Principal["Federated"] != "" && exactly(s.Condition["StringEquals"])
		wrong = append(wrong, when(len(s.Principal) != 1 || !service && !federated, fmt.Sprintf("%v may assume it", s.Principal))...)
	}
	return wrong
}

// ownAccount is the number of one account.
var ownAccount = regexp.MustCompile(`^[0-9]{12}$`)

// exactly tells whether a condition names subjects, each in full.
func exactly(equals map[string]any) bool {
	for key, value := range equals {
		if !strings.HasSuffix(key, ":sub") {
			continue
		}
		named := subjects(value)
		return len(named) > 0 && !slices.ContainsFunc(named, func(subject any) bool {
			return text(subject) == "" || strings.Contains(text(subject), "*")
		})
	}
	return false
}

// subjects are the values of a condition: AWS takes one of them or a list.
func subjects(value any) []any {
	if many := list(value); many != nil {
		return many
	}
	return []any{value}
}

// wholeAccount are the actions for which AWS knows no finer resource than the
// account: logging in to its registry, and reading the names of its zones.
var wholeAccount = []string{"ecr:GetAuthorizationToken", "ec2:DescribeAvailabilityZones"}

// narrow lets these actions be allowed on everything, each by itself.
func narrow(r plan.Resource, _ *plan.Plan) []string {
	d, wrong := documentOf(r.Inputs["policy"])
	for _, s := range d.Statement {
		// NotAction and NotResource are all but what they name.
		wrong = append(wrong, when(len(s.Action) == 0 || len(s.Resource) == 0, "it names no action, or nothing that it is on")...)
		for _, action := range s.Action {
			wrong = append(wrong, when(strings.Contains(action, "*"), action+" is more than one action")...)
		}
		whole := len(s.Action) == 1 && slices.Contains(wholeAccount, s.Action[0])
		wrong = append(wrong, when(slices.Contains(s.Resource, "*") && !whole, fmt.Sprintf("%v is allowed on everything", s.Action))...)
	}
	return wrong
}
