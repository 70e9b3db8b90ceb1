// Package rights reads from a plan which permissions it grants: to which
// principal, for which action, on which resource, and why one is wider than one of
// each. It judges nothing: the rule on wide rights is in infra/policy, and reviewed
// tables hold the rest.
package rights

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/killrvideo/killrvideo-go/infra/plan"
)

// Right is one permission of a principal.
type Right struct{ Principal, Action, Resource string }

// oneStack are the objects of the state of one stack.
var oneStack = regexp.MustCompile(`/\.pulumi/(stacks/[^/*]+/[^/*]+\.|history/[^/*]+/[^/*]+/|locks/organization/[^/*]+/[^/*]+/)\*$`)

// Reason is why a right is wider than one principal, one action and one
// resource; empty if it is not. A wider one without a reason is a mistake.
func (r Right) Reason() string {
	switch {
	case r.Action == "ecr:GetAuthorizationToken" && r.Resource == "*":
		return "AWS knows no finer resource for logging in to its registry"
	case r.Action == "ec2:DescribeAvailabilityZones" && r.Resource == "*":
		return "AWS knows no finer resource for the names of its zones"
	case strings.HasPrefix(r.Action, "logs:") && strings.HasSuffix(r.Resource, ":log-stream:*"):
		return "AWS names a stream of the log group only when a task starts"
	case r.Action == "kms:*" && strings.HasPrefix(r.Principal, "AWS arn:") && strings.HasSuffix(r.Principal, ":root"):
		return "AWS's own default for a key: the policies of the account's principals decide"
	case r.Action == "s3:GetObject" && oneStack.MatchString(r.Resource):
		return "Pulumi names the objects of a stack's state as it makes them"
	case r.Principal == "allUsers" && r.Action == "roles/run.invoker" && !strings.Contains(r.Resource, "*"):
		return "the stack's own setting opens the API to the internet"
	}
	return ""
}

// Wide tells whether it is open to the internet, or holds for more than one
// action or resource.
func (r Right) Wide() bool {
	return strings.Contains(r.Principal+r.Action+r.Resource, "*") || strings.HasPrefix(r.Principal, "all")
}

func (r Right) String() string {
	line := fmt.Sprintf("%s may %s on %s", r.Principal, r.Action, r.Resource)
	if why := r.Reason(); why != "" {
		line += " (" + why + ")"
	}
	return line
}

// Of is every right that a plan gives, sorted. A role on Astra that names no
// actions has the least ones.
func Of(p *plan.Plan, least []string) (all []Right) {
	for _, r := range p.Resources {
		granted := Granted(r, least)
		// A pool is empty until a provider accepts tokens. Whatever else grants is wide until Granted knows it.
		pool := r.Type == "gcp:iam/workloadIdentityPool:WorkloadIdentityPool"
		if granted == nil && !pool && strings.Contains(strings.ToLower(r.Type), "iam") {
			granted = []Right{{r.Name, "use " + r.Type, "*"}}
		}
		all = append(all, granted...)
	}
	slices.SortFunc(all, func(a, b Right) int { return strings.Compare(a.String(), b.String()) })
	return slices.Compact(all)
}

// Granted is what one resource gives. Of a type that is not known here it is
// nothing.
func Granted(r plan.Resource, least []string) (all []Right) {
	switch in := r.Inputs; {
	case strings.HasPrefix(r.Type, "gcp:") && in["member"] != nil:
		return []Right{{plan.Text(in, "member"), roleOf(plan.Text(in, "role")), grantedOn(r)}}
	case strings.HasPrefix(r.Type, "gcp:") && in["members"] != nil:
		return binding(in, grantedOn(r))
	case strings.HasPrefix(r.Type, "gcp:") && in["policyData"] != nil:
		return bindings(in["policyData"], grantedOn(r))
	case r.Type == "gcp:serviceaccount/key:Key":
		return []Right{{"a copy of its key, for ever,", "act as " + plan.Text(in, "serviceAccountId"), "*"}}
	case r.Type == "gcp:iam/workloadIdentityPoolProvider:WorkloadIdentityPoolProvider":
		condition := plan.Text(in, "attributeCondition")
		tokens := "tokens of " + plan.Text(in, "oidc.issuerUri") + " with " + condition
		if condition != plan.Unknown && !exactJobs.MatchString(condition) {
			tokens = "* among " + tokens
		}
		return []Right{{tokens, "be believed", "the pool " + plan.Text(in, "workloadIdentityPoolId")}}
	case r.Type == "aws:iam/rolePolicy:RolePolicy":
		return statements(in["policy"], "the role "+plan.Text(in, "role"), "")
	case policyOfPrincipals[r.Type]:
		return statements(in["policy"], "who has "+r.Name, "")
	case policyOfResource[r.Type] != "" && in["policy"] != nil:
		return statements(in["policy"], "", policyOfResource[r.Type]+" "+r.Name)
	case r.Type == "aws:iam/role:Role":
		for _, managed := range plan.List(in, "managedPolicyArns") {
			all = append(all, managedPolicy(in["name"], managed))
		}
		return append(all, statements(in["assumeRolePolicy"], "", "the role "+plan.Text(in, "name"))...)
	case r.Type == "aws:iam/openIdConnectProvider:OpenIdConnectProvider":
		return []Right{{"tokens of " + plan.Text(in, "url"), "be believed", "the account"}}
	case strings.HasPrefix(r.Type, "aws:iam/") && in["policyArn"] != nil:
		return []Right{managedPolicy(in["role"], in["policyArn"])}
	case r.Type == "kubernetes:core/v1:ServiceAccount":
		return []Right{{"the pods of " + plan.Text(in, "metadata.name"), "do nothing", "the cluster"}}
	case strings.HasPrefix(r.Type, "kubernetes:rbac"):
		return []Right{{r.Name, "*", "the cluster"}}
	case r.Type == "astradb:index:Role":
		return onAstra(r, least)
	}
	return nil
}

// policyOfPrincipals are types with a policy for those who have it attached.
var policyOfPrincipals = map[string]bool{
	"aws:iam/policy:Policy": true, "aws:iam/userPolicy:UserPolicy": true, "aws:iam/groupPolicy:GroupPolicy": true,
}

// policyOfResource are types with a policy of a resource, which names principals,
// and what the resource is.
var policyOfResource = map[string]string{
	"aws:kms/key:Key": "the key", "aws:kms/keyPolicy:KeyPolicy": "the key", "aws:ecr/repositoryPolicy:RepositoryPolicy": "the repository",
	"aws:secretsmanager/secretPolicy:SecretPolicy": "the secret", "aws:s3/bucketPolicy:BucketPolicy": "the bucket",
	"aws:sns/topicPolicy:TopicPolicy": "the topic", "aws:sqs/queuePolicy:QueuePolicy": "the queue",
}

// binding is what all members of a role may on a resource of Google.
func binding(of any, on string) (all []Right) {
	if plan.At(of, "members") == plan.Unknown {
		return nil
	}
	for _, member := range orAll(texts(plan.List(of, "members"))) {
		all = append(all, Right{member, roleOf(plan.Text(of, "role")), on})
	}
	return all
}

// bindings are those of a whole policy of Google. What cannot be read may grant
// anything.
func bindings(policy any, on string) (all []Right) {
	if policy == plan.Unknown {
		return nil
	}
	var document struct{ Bindings []map[string]any }
	if err := json.Unmarshal([]byte(plan.Text(policy, "")), &document); err != nil || len(document.Bindings) == 0 {
		return []Right{{"*", "*", on}}
	}
	for _, one := range document.Bindings {
		all = append(all, binding(one, on)...)
	}
	return all
}

func texts(list []any) []string {
	all := make([]string, len(list))
	for i, one := range list {
		all[i] = plan.Text(one, "")
	}
	return all
}

// managedPolicy grants all that AWS may put into a policy of its own.
func managedPolicy(role, policy any) Right {
	return Right{"the role " + plan.Text(role, ""), "use all of " + plan.Text(policy, ""), "*"}
}

var (
	// exactJobs matches a condition that identifies jobs by immutable ids: the
	// number of one repository, and whole subjects.
	exactJobs = regexp.MustCompile(`^[^|*]*assertion\.repository_id == '[^|*]*assertion\.sub in \['repo:[^|*]*$`)
	// ofOneService matches a predefined role of one service of Google: not a
	// basic role, which is one of all, and not a role that others may widen.
	ofOneService = regexp.MustCompile(`^roles/[a-z]+\.[A-Za-z.]+$`)
	// grantKind matches the end of a type of Google that grants.
	grantKind = regexp.MustCompile(`I(am|AM)(Member|Binding|Policy)$`)
	// ownAccount matches the number of one account.
	ownAccount = regexp.MustCompile(`^[0-9]{12}$`)
)

func roleOf(role string) string {
	if role == plan.Unknown || ofOneService.MatchString(role) {
		return role
	}
	return "* (" + role + ")"
}

// grantedOn is the one thing that a grant of Google is on.
func grantedOn(r plan.Resource) string {
	if _, is := r.Inputs["serviceAccountId"]; is {
		return "* as " + r.Text("serviceAccountId")
	}
	kind := r.Type[strings.LastIndex(r.Type, ":")+1:]
	if on := r.Text("secretId", "repository", "bucket", "cryptoKeyId", "name"); on != "" {
		return grantKind.ReplaceAllString(kind, "") + " " + on
	}
	return "the project *"
}

// document is an IAM policy.
type document struct {
	Statement oneOrMore[struct {
		Effect           string
		Principal        principalNames
		Action, Resource oneOrMore[string]
		Condition        map[string]map[string]any
	}]
}

// oneOrMore is a list, or its only element, as AWS takes both.
type oneOrMore[T any] []T

// UnmarshalJSON implements [json.Unmarshaler].
func (o *oneOrMore[T]) UnmarshalJSON(text []byte) error {
	if bytes.HasPrefix(text, []byte{'['}) {
		return json.Unmarshal(text, (*[]T)(o))
	}
	*o = make([]T, 1)
	return json.Unmarshal(text, &(*o)[0])
}

// principalNames are the principals of each kind.
type principalNames map[string]oneOrMore[string]

// UnmarshalJSON implements [json.Unmarshaler] for the star of all too.
func (p *principalNames) UnmarshalJSON(text []byte) error {
	if string(text) == `"*"` {
		*p = principalNames{"AWS": {"*"}}
		return nil
	}
	return json.Unmarshal(text, (*map[string]oneOrMore[string])(p))
}

// statements are the rights that a policy of AWS gives. What cannot be read may
// grant anything.
func statements(policy any, principal, resource string) (all []Right) {
	if policy == plan.Unknown {
		return nil
	}
	var d document
	if err := json.Unmarshal([]byte(plan.Text(policy, "")), &d); err != nil || len(d.Statement) == 0 {
		return []Right{{cmp.Or(principal, "*"), "*", cmp.Or(resource, "*")}}
	}
	all = []Right{} // none, where it only denies
	for _, s := range d.Statement {
		if s.Effect == "Deny" {
			continue
		}
		who, on := []string{principal}, s.Resource
		if principal == "" {
			who, on = nil, []string{resource}
			assumes := slices.Contains(s.Action, "sts:AssumeRole")
			for kind, names := range s.Principal {
				for _, name := range names {
					who = append(who, principals(kind, name, s.Condition["StringEquals"], assumes)...)
				}
			}
		}
		for _, one := range orAll(who) {
			for _, action := range orAll(s.Action) {
				for _, thing := range orAll(on) {
					all = append(all, Right{one, action, thing})
				}
			}
		}
	}
	return all
}

// orAll is everything where nothing is named: a document may say NotPrincipal,
// NotAction or NotResource instead.
func orAll(names []string) []string {
	if len(names) == 0 {
		return []string{"*"}
	}
	return names
}

// principals is a principal with each of the subjects that a condition wants.
// An issuer of tokens serves all subjects without one, and a service of AWS that
// assumes a role serves all accounts unless its own is named.
func principals(kind, name string, equals map[string]any, assumes bool) (all []string) {
	principal := kind + " " + name
	for key, value := range equals {
		if strings.HasSuffix(key, ":sub") {
			subjects, several := value.([]any)
			if !several {
				subjects = []any{value}
			}
			for _, subject := range subjects {
				all = append(all, principal+" for "+cmp.Or(plan.Text(subject, ""), "*"))
			}
		}
	}
	switch {
	case all != nil:
		return all
	case kind == "Federated":
		return []string{principal + " for *"}
	case kind == "Service" && assumes && !ownAccount.MatchString(plan.Text(equals, "aws:SourceAccount")):
		return []string{principal + " for * accounts"}
	}
	return []string{principal}
}

func onAstra(r plan.Resource, least []string) (all []Right) {
	actions := least
	if named := plan.List(r.Inputs, "actions"); len(named) > 0 {
		actions = nil
		for _, action := range named {
			actions = append(actions, plan.Text(action, ""))
		}
	}
	for _, action := range actions {
		all = append(all, Right{"a token with " + r.Name, action, "keyspace " + r.Text("keyspace") + " of its database"})
	}
	return all
}
