package app

import "fmt"

// Times are the seconds of a platform that decide whether a request is lost
// when an instance goes, or when a connection is closed from two sides at once.
// Each platform has one table of them, which its plan is made from; a test holds
// the plans to it and to Problems.
type Times struct {
	// BalancerIdle is how long what is in front keeps an idle connection to an
	// instance, and KeepAlive how long the service does.
	BalancerIdle, KeepAlive int
	// RequestLimit is what the platform lets a request take; ServiceLimit is the
	// service's own.
	RequestLimit, ServiceLimit int
	// Routing is how long requests still come to an instance that is to stop,
	// counted from when the platform decides so or, where the platform stops
	// them first, 0.
	Routing int
	// Deregistration is what requests in flight get before the instance is told.
	Deregistration int
	// PreStop is the wait between the decision and SIGTERM.
	PreStop int
	// Grace is how long the service takes new requests after SIGTERM, and
	// Timeout is how long it takes in all to end, grace and background work
	// included.
	Grace, Timeout int
	// Stop is the time from SIGTERM to SIGKILL.
	Stop int
	// DrainsFirst tells that the platform lets requests in flight end before
	// SIGTERM.
	DrainsFirst bool
}

// DeclaredTimes are the times that a plan carries, read back from it by the test
// of each target.
type DeclaredTimes map[string]int

// Compare tells which of the declared times are not those of the table.
func (t Times) Compare(declared DeclaredTimes) (wrong []string) {
	table := map[string]int{
		"idle time-out of the balancer": t.BalancerIdle, "keep-alive": t.KeepAlive, "request limit": t.RequestLimit,
		"deregistration": t.Deregistration, "preStop": t.PreStop, "grace": t.Grace, "time-out": t.Timeout, "stop": t.Stop,
	}
	for name, got := range declared {
		want, known := table[name]
		if !known || got != want {
			wrong = append(wrong, fmt.Sprintf("%s is %d in the plan and %d in the table", name, got, want))
		}
	}
	return wrong
}

// tidyShare of the time after the grace is left for background work to end.
const tidyShare = 4

// InFlight is what a request under way at SIGTERM has left.
func (t Times) InFlight() int {
	left := t.Timeout - t.Grace
	return left - left/tidyShare
}

// Drain is how long an old instance may answer once the new ones have taken
// over; until then it needs its credentials.
func (t Times) Drain() int {
	drain := t.Deregistration + t.PreStop + t.Stop
	if t.DrainsFirst && t.Deregistration == 0 {
		drain += t.RequestLimit
	}
	return drain
}

// Problems are the inequalities that do not hold.
func (t Times) Problems() (wrong []string) {
	want := func(holds bool, what string, args ...any) {
		if !holds {
			wrong = append(wrong, fmt.Sprintf(what, args...))
		}
	}
	want(t.KeepAlive > t.BalancerIdle, "the service closes an idle connection after %d s, and what is in front uses it for %d s",
		t.KeepAlive, t.BalancerIdle)
	want(t.RequestLimit > t.ServiceLimit, "the platform cuts a request after %d s, and the service may take %d s to answer",
		t.RequestLimit, t.ServiceLimit)
	want(t.PreStop+t.Grace >= t.Routing, "requests come for %d s more, and the service takes them for %d s", t.Routing, t.PreStop+t.Grace)
	want(t.Grace <= max(0, t.Routing-t.PreStop), "the service waits %d s for requests that no longer come", t.Grace)
	want(t.Timeout < t.Stop, "the service needs up to %d s to end, and is killed after %d s", t.Timeout, t.Stop)
	switch {
	case !t.DrainsFirst:
		want(t.InFlight() >= t.ServiceLimit, "a request under way has %d s to end, and may take %d s", t.InFlight(), t.ServiceLimit)
	case t.Deregistration > 0:
		want(t.Deregistration > t.ServiceLimit, "the balancer cuts a request after %d s that may take %d s", t.Deregistration, t.ServiceLimit)
	}
	return wrong
}
