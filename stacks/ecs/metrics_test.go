package main

import (
	"testing"

	"github.com/killrvideo/killrvideo-go/stacks/plantest"
)

func TestMetricsTakeAToken(t *testing.T) { plantest.Metrics(t, "ecs", "", build) }
