package control

import "net/http"

// region is a place where a serverless database can be.
type region struct {
	Classification            string `json:"classification"`
	CloudProvider             string `json:"cloudProvider"`
	DisplayName               string `json:"displayName"`
	Enabled                   bool   `json:"enabled"`
	Name                      string `json:"name"`
	RegionType                string `json:"region_type"`
	ReservedForQualifiedUsers bool   `json:"reservedForQualifiedUsers"`
	Zone                      string `json:"zone"`
}

// allRegions is read only. Those of another class than standard are not enabled
// for a new organization.
var allRegions = []region{
	standard("AWS", "us-east-2", "US East (Ohio)", "na"),
	standard("AWS", "us-west-2", "US West (Oregon)", "na"),
	standard("AWS", "eu-west-1", "Europe (Ireland)", "emea"),
	standard("AWS", "ap-south-1", "Asia Pacific (Mumbai)", "apac"),
	standard("GCP", "us-east1", "Moncks Corner, South Carolina", "na"),
	standard("GCP", "us-east4", "Ashburn, Virginia", "na"),
	standard("GCP", "europe-west4", "Eemshaven, Netherlands", "emea"),
	standard("AZURE", "westus3", "Phoenix, Arizona", "na"),
	standard("AZURE", "northeurope", "Northern Europe", "emea"),
	premium("AWS", "ap-southeast-1", "Asia Pacific (Singapore)", "apac"),
	premium("GCP", "southamerica-east1", "São Paulo, Brazil", "sa"),
	premium("AZURE", "eastus", "Washington, Virginia", "na"),
}

func standard(provider, name, display, zone string) region {
	return region{Classification: "standard", CloudProvider: provider, DisplayName: display, Enabled: true, Name: name,
		RegionType: "vector", Zone: zone}
}

func premium(provider, name, display, zone string) region {
	r := standard(provider, name, display, zone)
	r.Classification, r.Enabled = "premium", false
	return r
}

func zone(name string) string {
	for _, r := range allRegions {
		if r.Name == name {
			return r.Zone
		}
	}
	return "na"
}

func (h *Handler) regions(r *http.Request) (int, any, error) {
	out := []region{}
	for _, one := range allRegions {
		if one.Enabled || r.URL.Query().Get("filter-by-org") != "enabled" {
			out = append(out, one)
		}
	}
	return http.StatusOK, out, nil
}
