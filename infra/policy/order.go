package policy

import (
	"slices"
	"strings"

	"github.com/killrvideo/killrvideo-go/infra/plan"
)

// gateways are what traffic leaves by, from reserved addresses.
var (
	gateways  = []string{"aws:ec2/natGateway:NatGateway", "gcp:compute/routerNat:RouterNat"}
	addresses = []string{"aws:ec2/eip:Eip", "gcp:compute/address:Address"}
)

// orderRules are about two resources each.
func orderRules() []Rule {
	return []Rule{
		servicesWait(),
		{
			Name: "an address is let in before it is used", Types: gateways, Fix: "pass the entry of the access list with pulumi.DependsOn",
			Check: waitsFor(sharesAddress, entry),
		},
		{
			Name: "an access list is in force after the proof", Types: []string{accessList},
			Fix:   "pass Proved of the gate and all entries with pulumi.DependsOn",
			Check: enforcedLast,
		},
	}
}

// servicesWait demands that a service depends on all that it reads when it
// starts: neither Google nor Amazon orders that by itself.
func servicesWait() Rule {
	return Rule{
		Name: "services wait for their secrets", Types: []string{runService, amazonService},
		Fix: "pass secret versions and grants with pulumi.DependsOn",
		Check: waitsFor(func(r, other plan.Resource) bool { return other.Parent == r.Parent },
			googleVersion, googleGrant, amazonVersion, amazonRights),
	}
}

// waitsFor demands that a resource depends on all those of some types that
// concern it.
func waitsFor(concerns func(r, other plan.Resource) bool, types ...string) func(plan.Resource, []plan.Resource) []string {
	return func(r plan.Resource, known []plan.Resource) (wrong []string) {
		for _, other := range known {
			needed := slices.Contains(types, other.Type) && concerns(r, other)
			wrong = append(wrong, when(needed && !waits(r, other), "it does not wait for "+other.Label())...)
		}
		return wrong
	}
}

// waits tells whether a resource depends on another. On the component that the
// other is in is not enough: Pulumi's SDK takes that for the children that happen
// to be registered already.
func waits(r, other plan.Resource) bool { return slices.Contains(r.After, other.Label()) }

// sharesAddress tells whether a gateway and an entry both depend on an address.
func sharesAddress(r, other plan.Resource) bool {
	return slices.ContainsFunc(other.After, func(label string) bool {
		kind, _, _ := strings.Cut(label, " ")
		return slices.Contains(addresses, kind) && slices.Contains(r.After, label)
	})
}

// enforcedLast is about a list that entries of others are in too: the exclusive one
// has its entries itself.
func enforcedLast(r plan.Resource, known []plan.Resource) []string {
	if r.Inputs["exclusive"] != false {
		return nil
	}
	isGate := func(other plan.Resource) bool { return other.Type == gate }
	proved := func(other plan.Resource) bool { return isGate(other) && waits(r, other) }
	unproved := slices.ContainsFunc(known, isGate) && !slices.ContainsFunc(known, proved)
	return append(waitsFor(func(plan.Resource, plan.Resource) bool { return true }, entry)(r, known),
		when(unproved, "it does not wait for the gate")...)
}
