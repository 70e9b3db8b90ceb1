package cloudrun

import (
	"strings"
	"testing"

	"github.com/killrvideo/killrvideo-go/infra/platform/platformtest"
)

// TestGoingBackKeepsTheImages: what is gone back to lies in the repository
// that the builds were pushed to.
func TestGoingBackKeepsTheImages(t *testing.T) {
	t.Parallel()
	earlier := "europe-west1-docker.pkg.dev/example-project/shop-dev/shop@sha256:" + strings.Repeat("1", 64)
	p := planned(t, "dev", earlier, settings())
	platformtest.Find(t, p, "gcp:artifactregistry/repository:Repository")
	for _, r := range p.Resources {
		if r.Type == "docker-build:index:Image" {
			t.Errorf("%s is built although the image is given", r.Label())
		}
	}
	if text := platformtest.Printed(t, p); !strings.Contains(text, earlier) {
		t.Errorf("the service does not run the image:\n%s", text)
	}
}
