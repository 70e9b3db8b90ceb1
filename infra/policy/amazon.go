package policy

import (
	"fmt"
	"slices"
	"strings"

	"github.com/killrvideo/killrvideo-go/infra/plan"
)

const (
	amazonCertificate = "aws:acm/certificate:Certificate"
	amazonGroup       = "aws:ec2/securityGroup:SecurityGroup"
	amazonAddress     = "aws:ec2/eip:Eip"
	amazonRoute       = "aws:ec2/route:Route"
	amazonRecord      = "aws:route53/record:Record"
)

// amazonAccount are the demands on what an account has beside the service:
// names, certificates, addresses and rights.
func amazonAccount() []Rule {
	return []Rule{
		{Name: "a certificate is for one name", IDs: []string{"CKV2_AWS_71", "CKV_AWS_234"}, Types: []string{amazonCertificate},
			Cure: "name the domain in full, and leave it in the public log of certificates",
			Check: func(r plan.Resource, _ *plan.Plan) []string {
				return append(when(strings.Contains(text(r.Inputs["domainName"]), "*"), "it is good for every name below the domain"),
					when(text(at(r.Inputs, "options.certificateTransparencyLoggingPreference")) == "DISABLED", "nobody would see a forged one")...)
			}},
		{Name: "a certificate is replaced new first", IDs: []string{"CKV_AWS_233"}, Types: []string{amazonCertificate}, Cure: "never set deleteBeforeReplace on it",
			Check: func(r plan.Resource, _ *plan.Plan) []string {
				return when(r.DeleteFirst, "the listener would lose it first")
			}},
		{Name: "no policy of Amazon's own", IDs: []string{"CKV_AWS_274", "CKV2_AWS_56"}, Cure: "write down the rights that are needed",
			Check: func(r plan.Resource, _ *plan.Plan) []string {
				if !strings.HasPrefix(r.Type, "aws:iam/") {
					return nil
				}
				managed := text(r.Inputs["policyArn"]) != "" || len(list(r.Inputs["managedPolicyArns"])) > 0
				return when(managed, "it takes rights that somebody else may widen")
			}},
		{Name: "security groups say what they are for", IDs: []string{"AWS-0099"}, Types: []string{amazonGroup}, Cure: "set description, and open ports by rules of their own",
			Check: func(r plan.Resource, _ *plan.Plan) []string {
				return append(when(text(r.Inputs["description"]) == "", "nobody knows what it is for"),
					when(len(list(r.Inputs["ingress"]))+len(list(r.Inputs["egress"])) > 0, "it opens ports in passing")...)
			}},
		{Name: "what is made is used", IDs: []string{"CKV2_AWS_5", "CKV2_AWS_19"}, Types: []string{amazonGroup, amazonAddress}, Cure: "take it out of the program", Check: used},
		{Name: "a name points at something made", IDs: []string{"CKV2_AWS_23"}, Types: []string{amazonRecord}, Cure: "point it at the load balancer or a certificate's proof",
			Check: func(r plan.Resource, _ *plan.Plan) []string {
				return when(len(list(r.Inputs["aliases"]))+len(list(r.Inputs["records"])) == 0, "whoever gets the address next gets the name")
			}},
		{Name: "the way out is a gateway", IDs: []string{"CKV2_AWS_35", "CKV2_AWS_44"}, Types: []string{amazonRoute}, Cure: "route by a NAT or an internet gateway",
			Check: func(r plan.Resource, _ *plan.Plan) []string {
				return when(text(r.Inputs["natGatewayId"]) == "" && text(r.Inputs["gatewayId"]) == "", "it goes through a machine or another network")
			}},
		{Name: "a task keeps nothing", IDs: []string{"CKV_AWS_97", "AWS-0035"}, Types: []string{amazonTask}, Cure: "the API has no use for a volume",
			Check: func(r plan.Resource, _ *plan.Plan) []string {
				return when(len(list(r.Inputs["volumes"])) > 0, "it mounts a volume, which nobody says is encrypted on its way")
			}},
	}
}

// used wants something else to name the resource; a rule of a security group
// or a default does not use it.
func used(r plan.Resource, in *plan.Plan) []string {
	users := []string{amazonBalancer, amazonService, "aws:ec2/natGateway:NatGateway"}
	named := slices.ContainsFunc(in.Resources, func(other plan.Resource) bool {
		return slices.Contains(users, other.Type) && strings.Contains(fmt.Sprint(other.Inputs), "${"+r.Name+".")
	})
	return when(!named, "nothing uses it")
}
