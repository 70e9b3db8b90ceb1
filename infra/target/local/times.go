package local

import "github.com/killrvideo/killrvideo-go/infra/target"

// Times are those of a process of this machine. Nothing cuts its requests, and
// what it is stopped by waits longer than it needs.
func (t *Target) Times() target.Times {
	times := target.ServiceTimes()
	times.BalancerIdle, times.KeepAlive = 90, 120 // a Go proxy's default
	times.RequestLimit = 3600
	times.Routing, times.Grace = 1, 1
	times.Timeout, times.Stop = 29, stopSeconds
	return times
}

// Protected is false: what this machine keeps, it keeps by its files.
func (t *Target) Protected() bool { return false }
