package ecs

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/killrvideo/killrvideo-go/infra/platform/platformtest"
)

// TestImagesThatRunAreNotCleanedUp: the usual clean-up takes untagged images
// after days, running or not. Each image has a tag, and the repository a policy
// of its own.
func TestImagesThatRunAreNotCleanedUp(t *testing.T) {
	t.Parallel()
	p := planned(t, "dev", "", settings())
	tag := platformtest.Find(t, p, "docker-build:index:Index")[0]
	if tag.Inputs["tag"] != "${shop-images-dev.repositoryUrl}:${shop-image-dev.digest}" || tag.Inputs["push"] != true {
		t.Errorf("the image is tagged by %v", tag.Inputs)
	}
	if got := platformtest.Find(t, p, "aws:ecs/taskDefinition:TaskDefinition")[0]; !slices.Contains(got.After, tag.Label()) {
		t.Errorf("the task may run before its image is tagged: it waits for %v", got.After)
	}
	var kept lifecycle
	text, _ := platformtest.Find(t, p, "aws:ecr/lifecyclePolicy:LifecyclePolicy")[0].Inputs["policy"].(string)
	if err := json.Unmarshal([]byte(text), &kept); err != nil || len(kept.Rules) != 1 {
		t.Fatalf("%v: %s", err, text)
	}
	rule := kept.Rules[0]
	if rule.Selection["tagStatus"] != "any" || rule.Selection["countType"] != "imageCountMoreThan" ||
		rule.Selection["countNumber"] != 100.0 {
		t.Errorf("it keeps %v", rule.Selection)
	}
}
