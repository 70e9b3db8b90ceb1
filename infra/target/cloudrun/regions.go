package cloudrun

import (
	"slices"
	"strings"

	"github.com/killrvideo/killrvideo-go/infra/target"
)

// regions are those of Cloud Run: https://cloud.google.com/run/docs/locations,
// November 2026. Google's provider would ask the Compute API for them at every
// start, and warn where that is not enabled.
var regions = strings.Fields(`africa-south1
	asia-east1 asia-east2 asia-northeast1 asia-northeast2 asia-northeast3 asia-south1 asia-south2 asia-southeast1 asia-southeast2 asia-southeast3
	australia-southeast1 australia-southeast2
	europe-central2 europe-north1 europe-north2 europe-southwest1 europe-west1 europe-west2 europe-west3 europe-west4 europe-west6 europe-west8
	europe-west9 europe-west10 europe-west12
	me-central1 me-central2 me-west1
	northamerica-northeast1 northamerica-northeast2 northamerica-south1 southamerica-east1 southamerica-west1
	us-central1 us-east1 us-east4 us-east5 us-south1 us-west1 us-west2 us-west3 us-west4`)

// mapped are the regions with domain mappings:
// https://cloud.google.com/run/docs/mapping-custom-domains
var mapped = strings.Fields(`asia-east1 asia-northeast1 asia-southeast1 europe-north1 europe-west1 europe-west4
	us-central1 us-east1 us-east4 us-west1`)

// checkRegion refuses what Google would, and a domain where it maps none.
func (s *Settings) checkRegion(p *target.Problems) {
	if regionName.MatchString(s.Region) && !slices.Contains(regions, s.Region) {
		p.Add("cloudrun.region", "europe-west1", "%q is no region of Cloud Run that is known here (infra/target/cloudrun/regions.go): %s", s.Region, strings.Join(regions, ", "))
		return
	}
	if s.Domain != "" && regionName.MatchString(s.Region) && !slices.Contains(mapped, s.Region) {
		p.Add("cloudrun.domain", "", "Google maps domains in %s only, not in %s; put a load balancer of yours in front, or choose one of these regions",
			strings.Join(mapped, ", "), s.Region)
		(*p)[len(*p)-1].Unread = true
	}
}
