package cloudrun

import "strings"

// regions are those of Cloud Run: https://cloud.google.com/run/docs/locations,
// November 2026. Google's provider would ask the Compute API for them at every
// start, and warn where that is not enabled.
var regions = strings.Fields(`africa-south1
	asia-east1 asia-east2 asia-northeast1 asia-northeast2 asia-northeast3 asia-south1 asia-south2 asia-southeast1 asia-southeast2
	asia-southeast3
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
