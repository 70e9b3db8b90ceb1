package provider_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/property"

	"github.com/killrvideo/killrvideo-go/infra/provider"
	"github.com/killrvideo/killrvideo-go/infra/provider/resource"
)

// TestWaitWaitsWhenATriggerChanges, and neither in a preview nor for words.
func TestWaitWaitsWhenATriggerChanges(t *testing.T) {
	t.Parallel()
	var waits []time.Duration
	s := newStack(t, newServer(t, nil, provider.WithPause(func(_ context.Context, d time.Duration) error {
		waits = append(waits, d)
		return nil
	})), resource.WaitType)
	inputs := func(words, trigger string) map[string]property.Value {
		return map[string]property.Value{
			"for": str(words), "triggers": property.New([]property.Value{str(trigger)}),
			"firstSeconds": property.New(120.0), "changedSeconds": property.New(55.0),
		}
	}
	must(t, s.create(inputs("old tasks", "1")))
	for _, change := range []struct {
		trigger string
		dryRun  bool
	}{{"1", false}, {"2", true}, {"2", false}} {
		_, err := s.update(inputs("old instances", change.trigger), change.dryRun)
		must(t, err)
	}
	if d := s.diff(inputs("old instances", "2")); d.HasChanges {
		t.Errorf("a second up changes %v", d.DetailedDiff)
	}
	if want := []time.Duration{120 * time.Second, 55 * time.Second}; !slices.Equal(waits, want) {
		t.Errorf("waited %v, want %v", waits, want)
	}
	bad := inputs("x", "1")
	bad["firstSeconds"] = property.New(7201.0)
	if _, failures := s.check(bad); len(failures) != 1 {
		t.Errorf("a wait of more than two hours: %v", failures)
	}
}

// TestWaitOnlyForNewTriggers: a grant that is taken away needs no wait.
func TestWaitOnlyForNewTriggers(t *testing.T) {
	t.Parallel()
	var waits int
	s := newStack(t, newServer(t, nil, provider.WithPause(func(context.Context, time.Duration) error { waits++; return nil })),
		resource.WaitType)
	inputs := func(triggers ...property.Value) map[string]property.Value {
		return map[string]property.Value{
			"for": str("grants"), "triggers": property.New(triggers), "onlyNew": property.New(true), "changedSeconds": property.New(120.0),
		}
	}
	must(t, s.create(inputs(str("1"), str("2"))))
	for _, change := range []struct {
		triggers []property.Value
		waits    int
	}{
		{[]property.Value{str("2")}, 0}, {[]property.Value{str("2"), str("3")}, 1}, {[]property.Value{str("3"), str("2")}, 1},
		{[]property.Value{str("4")}, 2}, {nil, 2},
	} {
		_, err := s.update(inputs(change.triggers...), false)
		must(t, err)
		if waits != change.waits {
			t.Errorf("after %v: %d waits, want %d", change.triggers, waits, change.waits)
		}
	}
}

func TestRandomIsMadeOncePerGeneration(t *testing.T) {
	t.Parallel()
	s := newStack(t, newServer(t, nil), resource.RandomType)
	inputs := map[string]property.Value{"generation": str("1")}
	must(t, s.create(inputs))
	first := s.text("value")
	if len(first) < 43 {
		t.Errorf("the secret has %d characters, fewer than 256 bits need", len(first))
	}
	if d := s.diff(inputs); d.HasChanges {
		t.Errorf("a second up changes %v", d.DetailedDiff)
	}
	if d := s.diff(map[string]property.Value{"generation": str("2")}); !d.HasChanges {
		t.Error("another generation keeps the secret")
	}
	other := newStack(t, newServer(t, nil), resource.RandomType)
	must(t, other.create(inputs))
	if other.text("value") == first {
		t.Error("two stacks have the same secret")
	}
}
