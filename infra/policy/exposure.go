package policy

import (
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

const internet = "the internet"

// Exposed is everything in a plan that can be called, in the order of its
// resources. A resource whose type is not known here is not in it.
func Exposed(p *plan.Plan) (all []Exposure) {
	for _, r := range p.Resources {
		switch r.Type {
		case "gcp:cloudrunv2/service:Service":
			all = append(all, cloudRunExposes(r, p)...)
		case "aws:lb/listener:Listener":
			all = append(all, listenerExposes(r, p)...)
		case amazonIngress:
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

// PrintExposed writes what can be called, and by which callers.
func PrintExposed(w io.Writer, exposed []Exposure) error {
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
	name := text(r.Inputs["name"])
	addresses := []string{"https://" + name + "-….run.app"}
	var invokers []string
	for _, other := range p.Resources {
		switch {
		case other.Type == "gcp:cloudrun/domainMapping:DomainMapping" && at(other.Inputs, "spec.routeName") == name:
			addresses = append(addresses, "https://"+text(other.Inputs["name"]))
		case !strings.HasPrefix(other.Type, "gcp:cloudrunv2/serviceIam") || other.Inputs["name"] != name:
		case other.Inputs["role"] == "roles/run.invoker":
			for _, member := range append(list(other.Inputs["members"]), other.Inputs["member"]) {
				if member != nil {
					invokers = append(invokers, text(member))
				}
			}
		}
	}
	network, inside := map[string]string{
		"INGRESS_TRAFFIC_INTERNAL_ONLY":          "the project's networks",
		"INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER": "the project's networks and load balancers",
	}[text(r.Inputs["ingress"])]
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
	scheme, port := strings.ToLower(text(r.Inputs["protocol"])), number(r.Inputs["port"])
	exposure := Exposure{Resource: r.Label()}
	var balancer plan.Resource
	for _, other := range p.Resources {
		if other.Type == amazonBalancer && r.Inputs["loadBalancerArn"] == "${"+other.Name+".arn}" {
			balancer = other
		}
	}
	host := "(DNS name of " + balancer.Name + ")"
	for _, other := range p.Resources {
		if other.Type == "aws:route53/record:Record" && at(other.Inputs, "aliases.name") == "${"+balancer.Name+".dnsName}" {
			host = text(other.Inputs["name"])
		}
	}
	exposure.Address = scheme + "://" + host
	if scheme == "http" && port != 80 || scheme == "https" && port != 443 {
		exposure.Address += fmt.Sprintf(":%.0f", port)
	}
	var sources []string
	for _, group := range list(balancer.Inputs["securityGroups"]) {
		sources = append(sources, sourcesOf(p, text(group), port)...)
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
	if action := text(at(r.Inputs, "defaultActions.type")); action == "redirect" {
		exposure.Callers += ", redirected to " + strings.ToLower(text(at(r.Inputs, "defaultActions.redirect.protocol")))
	}
	return []Exposure{exposure}
}

// sourcesOf are the callers whom the rules of a security group let in to a port.
func sourcesOf(p *plan.Plan, group string, port float64) (sources []string) {
	for _, rule := range p.Resources {
		if rule.Type != amazonIngress || rule.Inputs["securityGroupId"] != group {
			continue
		}
		protocol := text(rule.Inputs["ipProtocol"])
		if protocol == "-1" || number(rule.Inputs["fromPort"]) <= port && port <= number(rule.Inputs["toPort"]) {
			sources = append(sources, sourceOf(rule))
		}
	}
	return sources
}

func sourceOf(rule plan.Resource) string {
	for _, input := range []string{"cidrIpv4", "cidrIpv6", "referencedSecurityGroupId", "prefixListId"} {
		switch from := text(rule.Inputs[input]); from {
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
		if r.Type == amazonBalancer && slices.Contains(list(r.Inputs["securityGroups"]), rule.Inputs["securityGroupId"]) {
			return nil
		}
	}
	address := fmt.Sprintf("ports %v to %v of %v", rule.Inputs["fromPort"], rule.Inputs["toPort"], rule.Inputs["securityGroupId"])
	return []Exposure{{address, internet, true, rule.Label()}}
}

// clusterServiceExposes is each port of a Service of Kubernetes.
func clusterServiceExposes(r plan.Resource, p *plan.Plan) (all []Exposure) {
	host := text(at(r.Inputs, "metadata.name")) + "." + text(at(r.Inputs, "metadata.namespace"))
	callers, public := insideCluster(p), false
	switch text(at(r.Inputs, "spec.type")) {
	case "LoadBalancer":
		host, callers, public = "(address of the load balancer of "+host+")", internet, true
		if ranges := list(at(r.Inputs, "spec.loadBalancerSourceRanges")); len(ranges) > 0 && !slices.Contains(ranges, any("0.0.0.0/0")) {
			callers, public = strings.Trim(fmt.Sprint(ranges), "[]"), false
		}
	case "NodePort":
		host, callers = "(each node)", "what reaches the nodes"
	}
	for _, port := range list(at(r.Inputs, "spec.ports")) {
		all = append(all, Exposure{fmt.Sprintf("%s:%v", host, at(port, "port")), callers, public, r.Label()})
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
		for _, from := range each(r.Inputs, "spec.ingress.from.namespaceSelector.matchLabels") {
			labels, _ := from.(map[string]any)
			if name := text(labels["kubernetes.io/metadata.name"]); name != "" {
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
		gateway := text(at(r.Inputs, "spec.parentRefs.namespace")) + "/" + text(at(r.Inputs, "spec.parentRefs.name"))
		for _, host := range list(at(r.Inputs, "spec.hostnames")) {
			callers := "what reaches the gateway " + gateway + ", assumed to be " + internet
			all = append(all, Exposure{text(host) + ", listener " + text(at(r.Inputs, "spec.parentRefs.sectionName")), callers, true, r.Label()})
		}
		return all
	}
	class := text(at(r.Inputs, "spec.ingressClassName"))
	if class == "" {
		class = "the cluster's default"
	}
	for _, rule := range list(at(r.Inputs, "spec.rules")) {
		host, scheme := text(at(rule, "host")), "http"
		if len(list(at(r.Inputs, "spec.tls"))) > 0 {
			scheme = "https"
		}
		if host == "" {
			host = "(any host)"
		}
		callers := "what reaches the ingress controller (class " + class + "), assumed to be " + internet
		all = append(all, Exposure{scheme + "://" + host, callers, true, r.Label()})
	}
	return all
}

// processExposes is the address at which a process of this machine listens.
func processExposes(r plan.Resource) []Exposure {
	address := text(r.Inputs["url"])
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
