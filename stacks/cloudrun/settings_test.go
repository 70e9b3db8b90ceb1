package main

import (
	"slices"
	"strings"
	"testing"

	"github.com/killrvideo/killrvideo-go/infra/platform/cloudrun"
	"github.com/killrvideo/killrvideo-go/stacks/plantest"
)

// TestBadSettingsAreRefusedInAPlan: before Google is asked for anything.
func TestBadSettingsAreRefusedInAPlan(t *testing.T) {
	cases := plantest.General()
	for i := range cases {
		cases[i].Group = "{public: true}"
	}
	cases = slices.Concat(cases, sizes(), group())
	plantest.Refused(t, "cloudrun", build, cases)
	plantest.Complete(t, "cloudrun", build, cloudrun.Settings{}, cases,
		map[string]string{"target": "it chooses this test; stacks refuses others"})
}

// sizes are the processors and memory that Cloud Run does not offer.
func sizes() []plantest.Case {
	const open = "{public: true}"
	return []plantest.Case{
		{Name: "no patience", Group: "{public: true, domainWaitSeconds: 59, permissionSeconds: 901, requestTimeoutSeconds: 20}",
			Keys: []string{"cloudrun.domainWaitSeconds", "cloudrun.permissionSeconds", "cloudrun.requestTimeoutSeconds"}},
		{Name: "three processors", General: "cpu: 3", Group: open, Keys: []string{"cpu"}},
		{Name: "sixteen processors", General: "cpu: 16", Group: open, Keys: []string{"cpu"}},
		{Name: "a twentieth of one", General: "cpu: \"0.05\"", Group: open, Keys: []string{"cpu"}},
		{Name: "half of one", General: "cpu: \"0.5\"\nconcurrency: 1", Group: open, Keys: []string{"cpu"}},
		{Name: "one and eight gibibytes", General: "memory: 8Gi", Group: open, Keys: []string{"memory"}},
		{Name: "two and sixteen", General: "cpu: 2\nmemory: 16Gi", Group: open, Keys: []string{"memory"}},
		{Name: "four and one", General: "cpu: 4\nmemory: 1Gi", Group: open, Keys: []string{"memory"}},
		{Name: "eight and two", General: "cpu: 8\nmemory: 2Gi", Group: open, Keys: []string{"memory"}},
		{Name: "eight and sixty-four", General: "cpu: 8\nmemory: 64Gi", Group: open, Keys: []string{"memory"}},
	}
}

func group() []plantest.Case {
	return []plantest.Case{
		{Name: "closed to the gate", Keys: []string{"cloudrun.public"}},
		{Name: "closed to the gate on purpose", Group: "{public: false}", Keys: []string{"cloudrun.public"}},
		{Name: "open inside only", Group: "{public: true, ingress: internal}", Keys: []string{"cloudrun.ingress"}},
		{Name: "open to a load balancer only", Group: "{public: true, ingress: internal-and-load-balancer}", Keys: []string{"cloudrun.ingress"}},
		{Name: "an ingress in Google's words", Group: "{public: true, ingress: INGRESS_TRAFFIC_ALL}", Keys: []string{"cloudrun.ingress"}},
		{Name: "a project's name", Group: "{public: true, project: My Project}", Keys: []string{"cloudrun.project"}},
		{Name: "a project's number", Group: "{public: true, project: 12345}", Keys: []string{"cloudrun.project"}},
		{Name: "a zone for a region", Group: "{public: true, region: europe-west1-b}", Keys: []string{"cloudrun.region"}},
		{Name: "a zone for the scheduler's region", Group: "{public: true, schedulerRegion: europe-west1-b}",
			Keys: []string{"cloudrun.schedulerRegion"}},
		{Name: "an unknown region", Group: "{public: true, region: banana}", Keys: []string{"cloudrun.region"}},
		{Name: "a key's short name", General: "kmsKey: mine", Group: "{public: true}", Keys: []string{"kmsKey"}},
		{Name: "a key elsewhere", General: "kmsKey: projects/p/locations/global/keyRings/r/cryptoKeys/k", Group: "{public: true}",
			Keys: []string{"kmsKey"}},
		{Name: "longer than Google keeps logs", General: "logRetentionDays: 3651", Group: "{public: true}", Keys: []string{"logRetentionDays"}},
		{Name: "one image", General: "retainedImages: 1", Group: "{public: true}", Keys: []string{"retainedImages"}},
		{Name: "images elsewhere", General: "retainedImages: 30\nimage: r.example.org/x@sha256:" + strings.Repeat("0", 64),
			Group: "{public: true}", Keys: []string{"retainedImages"}},
		{Name: "addresses of no network", General: "egressAddresses: 192.0.2.7\naccessList: 198.51.100.0/24", Group: "{public: true}",
			Keys: []string{"egressAddresses"}},
		{Name: "a URL for a domain", Group: "{public: true, domain: 'https://api.example.org'}", Keys: []string{"cloudrun.domain"}},
		{Name: "no time to answer", Group: "{public: true, requestTimeoutSeconds: -1}", Keys: []string{"cloudrun.requestTimeoutSeconds"}},
		{Name: "more than an hour to answer", Group: "{public: true, requestTimeoutSeconds: 3601}",
			Keys: []string{"cloudrun.requestTimeoutSeconds"}},
		{Name: "steps downwards", Group: "{public: true, trafficSteps: [50, 10]}", Keys: []string{"cloudrun.trafficSteps"}},
		{Name: "no time for a step", Group: "{public: true, trafficStepSeconds: -1}", Keys: []string{"cloudrun.trafficStepSeconds"}},
		{Name: "steps that are not proved", General: "gate: \"off\"\ngateReason: a trial", Group: "{public: true, trafficSteps: [10]}",
			Keys: []string{"cloudrun.trafficSteps"}},
		{Name: "steps that no one can ask", Group: "{public: true, ingress: internal, trafficSteps: [10]}",
			Keys: []string{"cloudrun.ingress", "cloudrun.trafficSteps"}},
		{Name: "a label's key in capitals", Group: "{public: true, labels: {Team: x}}", Keys: []string{"cloudrun.labels"}},
		{Name: "a label's value in capitals", Group: "{public: true, labels: {team: X}}", Keys: []string{"cloudrun.labels"}},
		{Name: "a label of ours", Group: "{public: true, labels: {app: x}}", Keys: []string{"cloudrun.labels"}},
		{Name: "no group", Group: "europe-west1", Keys: []string{"cloudrun", "cloudrun.project", "cloudrun.public", "cloudrun.region"}},
		{Name: "wrong types", Group: "{public: 'yes', alwaysCpu: 2, protect: never, requestTimeoutSeconds: '30', labels: [a], ingress: {a: b}}",
			Keys: []string{"cloudrun.alwaysCpu", "cloudrun.ingress", "cloudrun.labels", "cloudrun.protect", "cloudrun.public",
				"cloudrun.requestTimeoutSeconds"}},
		{Name: "members that are none", Group: "{public: true, regoin: europe-west1, cpuAlways: true}",
			Keys: []string{"cloudrun.cpuAlways", "cloudrun.regoin"}},
		{Name: "all at once", General: "cpu: 3\nlogLevel: LOUD\nmemori: 1Gi", Group: "{region: x, requestTimeoutSeconds: 9999, ingres: all}",
			Keys: []string{"cloudrun.ingres", "cloudrun.public", "cloudrun.region", "cloudrun.requestTimeoutSeconds", "cpu", "logLevel", "memori"}},
	}
}
