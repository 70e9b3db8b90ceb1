package kubernetes

import "github.com/killrvideo/killrvideo-go/infra/platform"

// checkProduction refuses what the cluster alone decides.
func (s Settings) checkProduction(p *platform.Problems) {
	s.Production.Refuse(p, map[string]string{
		"kmsKey": "does nothing on Kubernetes: encryption at rest is the cluster's own (EncryptionConfiguration of its API server, or a " +
			"setting of its cloud), and images and logs are the registry's and the cluster's",
		"logRetentionDays":  "does nothing on Kubernetes, where the logs are the cluster's",
		"retainedImages":    "does nothing on Kubernetes: the registry is yours, and so is its clean-up",
		"secretVersionDays": "does nothing on Kubernetes: a replaced Secret is deleted once no pod uses it",
	})
	if s.Production.MakesAddresses() {
		p.Add("egressAddresses", "203.0.113.7", "is made, and the addresses that a cluster calls from are not a stack's; name them")
	}
}
