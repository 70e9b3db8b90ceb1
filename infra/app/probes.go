package app

import "cmp"

// Probe asks whether an instance is well. More than one way may be given: a
// platform uses the first that it has, in the order of the fields, and refuses
// a probe of which it has none.
type Probe struct {
	// HTTPPath answers 200.
	HTTPPath string
	// TCP is well when the port accepts a connection.
	TCP bool
	// Command runs inside the container and ends with 0.
	Command []string

	// PeriodSeconds, TimeoutSeconds and Failures are the pause between two
	// questions, the wait for an answer, and how many failures in a row count.
	// 0 leaves them to the platform: 5 to 10, 3 to 5, 2 to 3.
	PeriodSeconds, TimeoutSeconds, Failures int
}

// IsZero tells that there is no such probe.
func (p Probe) IsZero() bool { return p.HTTPPath == "" && !p.TCP && len(p.Command) == 0 }

// Timing are the probe's numbers, or the platform's own where it says none.
func (p Probe) Timing(period, timeout, failures int) (int, int, int) {
	or := func(own, otherwise int) int {
		if own > 0 {
			return own
		}
		return otherwise
	}
	return or(p.PeriodSeconds, period), or(p.TimeoutSeconds, timeout), or(p.Failures, failures)
}

// Probes are the questions to an instance.
type Probes struct {
	// Liveness restarts an instance that fails it. Without one only the end of
	// the process does.
	Liveness Probe
	// Readiness keeps requests from an instance that fails it. Default TCP.
	Readiness Probe
	// StartupSeconds is how long an instance may take to start. Default 30.
	StartupSeconds int
}

func (p Probes) withDefaults() Probes {
	if p.Readiness.IsZero() {
		p.Readiness.TCP = true
	}
	p.StartupSeconds = cmp.Or(p.StartupSeconds, 30)
	return p
}

// Startup is asked until an instance has started: the liveness probe, or the
// readiness probe where there is none.
func (p Probes) Startup() Probe {
	if p.Liveness.IsZero() {
		return p.Readiness
	}
	return p.Liveness
}

// StartupFailures are how many failures a start may have at one question every
// period seconds.
func (p Probes) StartupFailures(period int) int { return (p.StartupSeconds + period - 1) / period }
