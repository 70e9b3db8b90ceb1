// Package exposure lists the addresses at which a plan listens, and the callers
// who reach each. It judges nothing: the rules on what may be exposed are in
// infra/policy.
package exposure

import (
	"cmp"
	"fmt"
	"io"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/killrvideo/killrvideo-go/infra/plan"
)

// Exposure is an address at which a plan listens, and the callers who reach it.
type Exposure struct {
	Address string `json:"address"`
	// Callers are in words, such as "the internet".
	Callers string `json:"callers"`
	// Public tells that callers on the internet reach it.
	Public bool `json:"public"`
	// Resource is TYPE NAME of what opens it.
	Resource string `json:"resource"`
}

const (
	internet = "the internet"

	balancerType = "aws:lb/loadBalancer:LoadBalancer"
	ingressType  = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
)

// Of is everything in a plan that can be called, in the order of its
// resources. A resource whose type is not known here is not in it.
func Of(p *plan.Plan) (all []Exposure) {
	for _, r := range p.Resources {
		switch r.Type {
		case "gcp:cloudrunv2/service:Service":
			all = append(all, cloudRunExposes(r, p)...)
		case "aws:lb/listener:Listener":
			all = append(all, listenerExposes(r, p)...)
		case ingressType:
			all = append(all, groupExposes(r, p)...)
		case "kubernetes:core/v1:Service":
			all = append(all, clusterServiceExposes(r, p)...)
		case "kubernetes:networking.k8s.io/v1:Ingress", "kubernetes:gateway.networking.k8s.io/v1:HTTPRoute":
			all = append(all, routeExposes(r)...)
		case "astradb:index:Front", "astradb:index:Process":
			all = append(all, processExposes(r)...)
		}
	}
	return all
}

// Print writes what can be called, and by which callers.
func Print(w io.Writer, exposed []Exposure) error {
	var b strings.Builder
	if len(exposed) == 0 {
		b.WriteString("exposed: nothing that is known here\n")
	} else {
		b.WriteString("exposed:\n")
	}
	table := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	for _, one := range exposed {
		fmt.Fprintf(table, "  %s\tto %s\n", one.Address, one.Callers)
	}
	_ = table.Flush() // into memory
	_, err := io.WriteString(w, b.String())
	return err
}

// cloudRunExposes is a service's own address and those mapped to it, with the
// networks of its ingress and the principals that have the right to invoke it.
func cloudRunExposes(r plan.Resource, p *plan.Plan) []Exposure {
	name := r.Text("name")
	addresses := []string{"https://" + name + "-….run.app"}
	var invokers []string
	for _, other := range p.Resources {
		switch {
		case other.Type == "gcp:cloudrun/domainMapping:DomainMapping" && plan.At(other.Inputs, "spec.routeName") == name:
			addresses = append(addresses, "https://"+other.Text("name"))
		case !strings.HasPrefix(other.Type, "gcp:cloudrunv2/serviceIam") || other.Inputs["name"] != name:
		case other.Inputs["role"] == "roles/run.invoker":
			for _, member := range append(plan.List(other.Inputs, "members"), other.Inputs["member"]) {
				if member != nil {
					invokers = append(invokers, plan.Text(member, ""))
				}
			}
		}
	}
	network, inside := map[string]string{
		"INGRESS_TRAFFIC_INTERNAL_ONLY":          "the project's networks",
		"INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER": "the project's networks and load balancers",
	}[r.Text("ingress")]
	if !inside {
		network = internet
	}
	everyone := slices.Contains(invokers, "allUsers") || r.Inputs["invokerIamDisabled"] == true
	callers := network
	switch {
	case everyone:
	case len(invokers) == 0:
		callers += ", with a right to invoke that this plan gives to no one"
	default:
		callers += ", as " + strings.Join(invokers, ", ")
	}
	var all []Exposure
	for _, address := range addresses {
		all = append(all, Exposure{address, callers, everyone && !inside, r.Label()})
	}
	return all
}

// listenerExposes is a port of a load balancer, for the callers whom the
// balancer's security groups let in.
func listenerExposes(r plan.Resource, p *plan.Plan) []Exposure {
	scheme, port := strings.ToLower(r.Text("protocol")), plan.Number(r.Inputs, "port")
	exposure := Exposure{Resource: r.Label()}
	var balancer plan.Resource
	for _, other := range p.Resources {
		if other.Type == balancerType && r.Inputs["loadBalancerArn"] == "${"+other.Name+".arn}" {
			balancer = other
		}
	}
	host := "(DNS name of " + balancer.Name + ")"
	for _, other := range p.Resources {
		if other.Type == "aws:route53/record:Record" && plan.At(other.Inputs, "aliases.name") == "${"+balancer.Name+".dnsName}" {
			host = other.Text("name")
		}
	}
	exposure.Address = scheme + "://" + host
	if scheme == "http" && port != 80 || scheme == "https" && port != 443 {
		exposure.Address += fmt.Sprintf(":%.0f", port)
	}
	var sources []string
	for _, group := range plan.List(balancer.Inputs, "securityGroups") {
		sources = append(sources, sourcesOf(p, plan.Text(group, ""), port)...)
	}
	slices.Sort(sources)
	exposure.Callers = strings.Join(slices.Compact(sources), ", ")
	exposure.Public = slices.Contains(sources, internet) && balancer.Inputs["internal"] != true
	switch {
	case len(sources) == 0:
		exposure.Callers = "no one: no security group of this plan lets a caller in"
	case balancer.Inputs["internal"] == true:
		exposure.Callers = strings.ReplaceAll(exposure.Callers, internet, "what reaches the VPC")
	}
	if action := r.Text("defaultActions.type"); action == "redirect" {
		exposure.Callers += ", redirected to " + strings.ToLower(r.Text("defaultActions.redirect.protocol"))
	}
	return []Exposure{exposure}
}

// sourcesOf are the callers whom the rules of a security group let in to a port.
func sourcesOf(p *plan.Plan, group string, port float64) (sources []string) {
	for _, rule := range p.Resources {
		if rule.Type != ingressType || rule.Inputs["securityGroupId"] != group {
			continue
		}
		protocol := rule.Text("ipProtocol")
		if protocol == "-1" || plan.Number(rule.Inputs, "fromPort") <= port && port <= plan.Number(rule.Inputs, "toPort") {
			sources = append(sources, sourceOf(rule))
		}
	}
	return sources
}

func sourceOf(rule plan.Resource) string {
	for _, input := range []string{"cidrIpv4", "cidrIpv6", "referencedSecurityGroupId", "prefixListId"} {
		switch from := rule.Text(input); from {
		case "":
		case "0.0.0.0/0", "::/0":
			return internet
		default:
			return from
		}
	}
	return "callers that " + rule.Label() + " does not name"
}

// groupExposes is a port that a rule opens to the internet on something other
// than a load balancer, whose listeners tell of it.
func groupExposes(rule plan.Resource, p *plan.Plan) []Exposure {
	if sourceOf(rule) != internet {
		return nil
	}
	for _, r := range p.Resources {
		if r.Type == balancerType && slices.Contains(plan.List(r.Inputs, "securityGroups"), rule.Inputs["securityGroupId"]) {
			return nil
		}
	}
	address := fmt.Sprintf("ports %v to %v of %v", rule.Inputs["fromPort"], rule.Inputs["toPort"], rule.Inputs["securityGroupId"])
	return []Exposure{{address, internet, true, rule.Label()}}
}

// clusterServiceExposes is each port of a Service of Kubernetes.
func clusterServiceExposes(r plan.Resource, p *plan.Plan) (all []Exposure) {
	host := r.Text("metadata.name") + "." + r.Text("metadata.namespace")
	callers, public := insideCluster(p), false
	switch r.Text("spec.type") {
	case "LoadBalancer":
		host, callers, public = "(address of the load balancer of "+host+")", internet, true
		if ranges := plan.List(r.Inputs, "spec.loadBalancerSourceRanges"); len(ranges) > 0 && !slices.Contains(ranges, any("0.0.0.0/0")) {
			callers, public = strings.Trim(fmt.Sprint(ranges), "[]"), false
		}
	case "NodePort":
		host, callers = "(each node)", "what reaches the nodes"
	}
	for _, port := range plan.List(r.Inputs, "spec.ports") {
		all = append(all, Exposure{fmt.Sprintf("%s:%v", host, plan.At(port, "port")), callers, public, r.Label()})
	}
	return all
}

// insideCluster are the callers whom the plan's network policies admit.
func insideCluster(p *plan.Plan) string {
	var names []string
	for _, r := range p.Resources {
		if r.Type != "kubernetes:networking.k8s.io/v1:NetworkPolicy" {
			continue
		}
		for _, from := range plan.Each(r.Inputs, "spec.ingress.from.namespaceSelector.matchLabels") {
			labels, _ := from.(map[string]any)
			if name, _ := labels["kubernetes.io/metadata.name"].(string); name != "" {
				names = append(names, name)
			}
		}
	}
	if len(names) == 0 {
		return "pods of the cluster"
	}
	slices.Sort(names)
	return "pods of namespace " + strings.Join(slices.Compact(names), ", ")
}

// routeExposes is each host of an Ingress or HTTPRoute. Where its controller
// listens is the cluster's own business, so the internet is assumed.
func routeExposes(r plan.Resource) (all []Exposure) {
	if strings.HasSuffix(r.Type, ":HTTPRoute") {
		gateway := r.Text("spec.parentRefs.namespace") + "/" + r.Text("spec.parentRefs.name")
		for _, host := range plan.List(r.Inputs, "spec.hostnames") {
			callers := "what reaches the gateway " + gateway + ", assumed to be " + internet
			all = append(all, Exposure{plan.Text(host, "") + ", listener " + r.Text("spec.parentRefs.sectionName"), callers, true, r.Label()})
		}
		return all
	}
	class := cmp.Or(r.Text("spec.ingressClassName"), "the cluster's default")
	for _, rule := range plan.List(r.Inputs, "spec.rules") {
		host, scheme := cmp.Or(plan.Text(rule, "host"), "(any host)"), "http"
		if len(plan.List(r.Inputs, "spec.tls")) > 0 {
			scheme = "https"
		}
		callers := "what reaches the ingress controller (class " + class + "), assumed to be " + internet
		all = append(all, Exposure{scheme + "://" + host, callers, true, r.Label()})
	}
	return all
}

// processExposes is the address at which a process of this machine listens.
func processExposes(r plan.Resource) []Exposure {
	address := r.Text("url")
	if address == "" {
		return nil
	}
	callers := "the networks of this machine"
	if parsed, err := url.Parse(address); err == nil {
		ip, err := netip.ParseAddr(parsed.Hostname())
		if parsed.Hostname() == "localhost" || err == nil && ip.IsLoopback() {
			callers = "this machine alone"
		}
	}
	return []Exposure{{address, callers, false, r.Label()}}
}
