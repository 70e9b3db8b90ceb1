package policy

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/killrvideo/killrvideo-go/infra/plan"
)

// Right is one thing that somebody may do.
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
	case r.Action == "s3:GetObject" && oneStack.MatchString(r.Resource):
		return "Pulumi names the objects of a stack's state as it makes them"
	case r.Principal == "allUsers" && r.Action == "roles/run.invoker":
		return "the stack's own setting opens the API to everybody"
	}
	return ""
}

// Wide tells whether it is open to everybody, or holds for more than one
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

// Access is every right that a plan gives, sorted. A role on Astra that names
// no actions has the least ones.
func Access(p *plan.Plan, least []string) (all []Right) {
	for _, r := range p.Resources {
		all = append(all, rights(r, least)...)
	}
	slices.SortFunc(all, func(a, b Right) int { return strings.Compare(a.String(), b.String()) })
	return slices.Compact(all)
}

func rights(r plan.Resource, least []string) (all []Right) {
	switch {
	case strings.HasPrefix(r.Type, "gcp:") && r.Inputs["member"] != nil:
		return []Right{{text(r.Inputs["member"]), text(r.Inputs["role"]), grantedOn(r)}}
	case r.Type == amazonRights:
		return statements(r.Inputs["policy"], "the role "+text(r.Inputs["role"]), "")
	case r.Type == amazonRole:
		return statements(r.Inputs["assumeRolePolicy"], "", "the role "+text(r.Inputs["name"]))
	case r.Type == "aws:iam/openIdConnectProvider:OpenIdConnectProvider":
		return []Right{{"tokens of " + text(r.Inputs["url"]), "be believed", "the account"}}
	case r.Type == "gcp:iam/workloadIdentityPool:WorkloadIdentityPool":
		return nil // it is empty until a provider lets somebody in
	case r.Type == "gcp:iam/workloadIdentityPoolProvider:WorkloadIdentityPoolProvider":
		return []Right{{"tokens of " + text(at(r.Inputs, "oidc.issuerUri")) + " with " + text(r.Inputs["attributeCondition"]), "be believed", "the pool " + text(r.Inputs["workloadIdentityPoolId"])}}
	case strings.HasPrefix(r.Type, "aws:iam/") && r.Inputs["policyArn"] != nil:
		return []Right{{"the role " + text(r.Inputs["role"]), "use all of " + text(r.Inputs["policyArn"]), "*"}}
	case r.Type == "kubernetes:core/v1:ServiceAccount":
		return []Right{{"the pods of " + text(at(r.Inputs, "metadata.name")), "do nothing", "the cluster"}}
	case strings.HasPrefix(r.Type, "kubernetes:rbac"):
		return []Right{{r.Name, "*", "the cluster"}}
	case r.Type == "killrvideo:astra:Role":
		return onAstra(r, least)
	case strings.Contains(strings.ToLower(r.Type), "iam"):
		// Whatever else grants is wide until somebody reads it here.
		return []Right{{r.Name, "use " + r.Type, "*"}}
	}
	return nil
}

// grantedOn is the one thing that a grant of Google is on.
func grantedOn(r plan.Resource) string {
	for _, name := range []string{"secretId", "repository", "serviceAccountId", "bucket", "cryptoKeyId", "name"} {
		if on := text(r.Inputs[name]); on != "" {
			kind := r.Type[strings.LastIndex(r.Type, ":")+1:]
			return strings.TrimSuffix(strings.TrimSuffix(kind, "IamMember"), "IAMMember") + " " + on
		}
	}
	return "the project *"
}

func statements(document any, principal, resource string) (all []Right) {
	d, _ := documentOf(document)
	for _, s := range d.Statement {
		who, on := []string{principal}, s.Resource
		if principal == "" {
			who, on = nil, []string{resource}
			for kind, name := range s.Principal {
				who = append(who, named(kind+" "+name, s.Condition["StringEquals"])...)
			}
		}
		for _, one := range who {
			for _, action := range orAll(s.Action) {
				for _, thing := range orAll(on) {
					all = append(all, Right{one, action, thing})
				}
			}
		}
	}
	return all
}

// orAll is everything where nothing is named: a document may say NotAction or
// NotResource instead.
func orAll(names []string) []string {
	if len(names) == 0 {
		return []string{"*"}
	}
	return names
}

// named is a principal with each of the subjects that a condition wants.
func named(principal string, equals map[string]any) (all []string) {
	for key, value := range equals {
		if strings.HasSuffix(key, ":sub") {
			for _, subject := range subjects(value) {
				all = append(all, principal+" for "+text(subject))
			}
		}
	}
	if all == nil {
		return []string{principal}
	}
	return all
}

func onAstra(r plan.Resource, least []string) (all []Right) {
	actions := least
	if named := list(r.Inputs["actions"]); len(named) > 0 {
		actions = nil
		for _, action := range named {
			actions = append(actions, text(action))
		}
	}
	for _, action := range actions {
		all = append(all, Right{"a token with " + r.Name, action, "keyspace " + text(r.Inputs["keyspace"]) + " of its database"})
	}
	return all
}
