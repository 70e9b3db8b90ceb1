package ecs

import (
	"strings"
	"testing"

	"github.com/killrvideo/killrvideo-go/infra/platform/platformtest"
)

// TestGoingBackKeepsTheImages: what is gone back to lies in the repository
// that the builds were pushed to; AWS refuses to delete one that is not empty.
func TestGoingBackKeepsTheImages(t *testing.T) {
	t.Parallel()
	earlier := "123456789012.dkr.ecr.eu-west-1.amazonaws.com/shop-dev@sha256:" + strings.Repeat("1", 64)
	p := planned(t, "dev", earlier, settings())
	platformtest.Find(t, p, "aws:ecr/repository:Repository")
	for _, r := range p.Resources {
		if r.Type == "docker-build:index:Image" {
			t.Errorf("%s is built although the image is given", r.Label())
		}
	}
	if text := platformtest.Printed(t, p); !strings.Contains(text, earlier) {
		t.Errorf("the service does not run the image:\n%s", text)
	}
	for _, r := range planned(t, "dev", given, settings()).Resources {
		if r.Type == "aws:ecr/repository:Repository" {
			t.Error("a repository is made although the image lies elsewhere")
		}
	}
}
