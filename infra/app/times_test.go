package app

import (
	"strings"
	"testing"
)

// sound holds every inequality.
func sound() Times {
	return Times{
		BalancerIdle: 60, KeepAlive: 75, RequestLimit: 60, ServiceLimit: 20, Routing: 10, PreStop: 10, Timeout: 28, Stop: 30,
	}
}

func TestTheInequalitiesOfTimes(t *testing.T) {
	t.Parallel()
	if wrong := sound().Problems(); len(wrong) > 0 {
		t.Errorf("got %q", wrong)
	}
	for name, test := range map[string]struct {
		change func(*Times)
		want   string
	}{
		"keep-alive":       {func(t *Times) { t.KeepAlive = 60 }, "closes an idle connection"},
		"request limit":    {func(t *Times) { t.RequestLimit = 20 }, "the platform cuts"},
		"no preStop":       {func(t *Times) { t.PreStop = 0 }, "requests come for 10 s more"},
		"idle grace":       {func(t *Times) { t.Grace, t.Timeout, t.Stop = 5, 33, 35 }, "no longer come"},
		"killed too early": {func(t *Times) { t.Stop = 28 }, "is killed after"},
		"in flight":        {func(t *Times) { t.Timeout = 25 }, "has 19 s"},
		"deregistration":   {func(t *Times) { t.DrainsFirst, t.Deregistration = true, 20 }, "the balancer cuts"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			times := sound()
			test.change(&times)
			if wrong := times.Problems(); len(wrong) != 1 || !strings.Contains(wrong[0], test.want) {
				t.Errorf("got %q", wrong)
			}
		})
	}
}

func TestDrain(t *testing.T) {
	t.Parallel()
	for want, times := range map[int]Times{
		55: {Deregistration: 25, Stop: 30, DrainsFirst: true, RequestLimit: 60},
		40: {PreStop: 10, Stop: 30, RequestLimit: 60},
		41: {Stop: 10, RequestLimit: 31, DrainsFirst: true},
	} {
		if got := times.Drain(); got != want {
			t.Errorf("%+v drains for %d s, want %d", times, got, want)
		}
	}
}
