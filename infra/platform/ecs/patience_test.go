package ecs

import (
	"slices"
	"testing"

	"github.com/killrvideo/killrvideo-go/infra/platform/platformtest"
)

// TestTheAutoscalerDecidesHowManyRun: an up in between must not set the number
// back.
func TestTheAutoscalerDecidesHowManyRun(t *testing.T) {
	t.Parallel()
	service := platformtest.Find(t, planned(t, "prod", given, settings()), "aws:ecs/service:Service")[0]
	if !slices.Contains(service.Ignored, "desiredCount") {
		t.Errorf("up sets desiredCount; it ignores only %v", service.Ignored)
	}
}
