// Package app describes one service in terms that every platform understands:
// image, port, environment variables, pinned secrets, probes, scale. It must
// know no platform and no cloud SDK, and nothing of any particular service.
package app

import (
	"cmp"
	"maps"
	"path"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/killrvideo/killrvideo-go/infra/secret"
)

// App is one HTTP service. The smallest one is a name, an environment and an
// image; Validate lists everything that is wrong with it.
type App struct {
	// Name and Environment are part of every name and label that a platform
	// makes: lower-case letters, digits and dashes, beginning with a letter, 2
	// to 30 and 20 characters. Required.
	Name, Environment string
	// Title names the service in descriptions for people. Default Name.
	Title string
	// Container names the service's container, and what runs it. Default app.
	Container string

	// Image is the container image, by digest. Without it Build is built.
	Image pulumi.StringInput
	// Build is a Dockerfile to build the image from, for amd64 and arm64.
	Build *Build
	// Port is where the service listens, 1 to 65535. Default 8080. It finds the
	// port in the variable PORT.
	Port int
	// Command replaces the image's entry point, and Args its command.
	Command, Args []string
	// User is the numeric user and group of the process. Default 65532. Root,
	// which is 0, is refused.
	User int
	// WritableRoot lets the service write to its own file system, which is
	// otherwise read-only on ECS and Kubernetes.
	WritableRoot bool

	// Env are plain environment variables. A value may come from a resource.
	Env pulumi.StringMap
	// PlatformEnv gives the variables that depend on where the service runs. It
	// is called once; names that Env has too keep the value of Env.
	PlatformEnv func(Facts) pulumi.StringMap
	// Secrets are values that a platform stores, pins to a version and serves
	// as a variable or as a file.
	Secrets []secret.Secret
	// Sidecars run beside the service in each instance.
	Sidecars []Sidecar
	// EgressPorts are TCP ports that the service connects to elsewhere, beside
	// 443. Platforms with a firewall let out nothing else.
	EgressPorts []int
	// AllowAddress, if not nil, is called for each fixed address that the service
	// calls from.
	AllowAddress AllowAddress
	// Schedules are requests that the platform sends to the service; Cloud Run
	// alone does.
	Schedules []Schedule

	Probes Probes
	Proof  Proof
	Scale  Scale
	// RequestSeconds is the longest that the service takes to answer, 1 to
	// 3000. Default 30. Time-outs of balancers and of shutdown follow from it.
	RequestSeconds int

	// RedeployCommand is the command that makes another revision of the same
	// app, for the message when a platform did not get one ready. Optional.
	RedeployCommand string
}

// Build is a Dockerfile.
type Build struct {
	// Context is the build's folder. Required.
	Context string
	// Dockerfile is its path. Default Dockerfile in Context.
	Dockerfile string
	// Args are build arguments. Secrets must not be among them.
	Args pulumi.StringMap
}

// Sidecar is a container beside the service. It shares the service's network.
type Sidecar struct {
	// Name is a lower-case name, unique in the app. Required.
	Name string
	// Image is a reference by digest. Required.
	Image pulumi.StringInput
	// Command replaces the image's entry point, and Args its command.
	Command, Args []string
	// Env are its plain variables; Secrets are variables of App.Secrets, which
	// it gets too.
	Env     pulumi.StringMap
	Secrets []string
	// CPU and Memory are what it may use, in the units of Scale. On ECS they are
	// part of the task's. Default 0.25 and 256Mi; on Cloud Run CPU is 1.
	CPU, Memory string
}

// Scale bounds what the service may use. A platform refuses what it does not
// have; 0 leaves it to the platform.
type Scale struct {
	// MinInstances and MaxInstances bound the number of instances. The most is 3
	// by default, and the least 0, which Cloud Run alone can have.
	MinInstances, MaxInstances int
	// Concurrency is how many requests one instance gets at a time, 1 to 1000;
	// Cloud Run alone has it.
	Concurrency int
	// CPUPercent is the average use of processors that an autoscaler keeps, 10
	// to 95, default 70: ECS and Kubernetes.
	CPUPercent int
	// RequestsPerMinute is how many requests one instance gets before another
	// is started, default 3000: ECS.
	RequestsPerMinute int
	// CPU is in cores, such as "1" (the default) or "0.5".
	CPU string
	// Memory is in binary units, such as "512Mi". Default the least that the
	// platform sells with so many cores, 512Mi or more.
	Memory string
}

// Proof is how the deployed revision is recognised. The service finds its
// revision in the variable REVISION.
type Proof struct {
	// Path is asked under the service's URL and answers 200. Default the path
	// of the readiness probe, or /.
	Path string
	// JSONField of the body, or Header of the answer, holds the revision.
	// Without either the status alone counts, and the platform's API must say
	// that the image with that digest is what serves.
	JSONField, Header string
}

// Facts are what only a platform knows of where the service runs.
type Facts struct {
	// Platform is local, cloudrun, ecs or kubernetes.
	Platform string
	// Host is the address to listen on, "" for all.
	Host string
	// Project is the Google Cloud project, nil elsewhere.
	Project pulumi.StringInput
	// TrustedProxies are the networks whose X-Forwarded-For can be believed:
	// ranges separated by commas, private (every private network) or none.
	TrustedProxies string
	// Times are the seconds that decide whether requests are lost.
	Times Times
}

// The variables that every platform sets itself.
const (
	PortVariable     = "PORT"
	RevisionVariable = "REVISION"
)

// WithDefaults fills in what is not set.
func (a App) WithDefaults() App {
	a.Title = cmp.Or(a.Title, a.Name)
	a.Container = cmp.Or(a.Container, "app")
	a.Port = cmp.Or(a.Port, 8080)
	a.User = cmp.Or(a.User, 65532)
	a.RequestSeconds = cmp.Or(a.RequestSeconds, 30)
	a.Probes = a.Probes.withDefaults()
	a.Scale.MaxInstances = cmp.Or(a.Scale.MaxInstances, max(3, a.Scale.MinInstances))
	a.Scale.CPU = cmp.Or(a.Scale.CPU, "1")
	a.Proof.Path = cmp.Or(a.Proof.Path, a.Probes.Readiness.HTTPPath, "/")
	return a
}

// Environ are all plain variables that the service gets on a platform, by name,
// beside PORT and REVISION.
func (a App) Environ(facts Facts) pulumi.StringMap {
	all := pulumi.StringMap{}
	if a.PlatformEnv != nil {
		maps.Copy(all, a.PlatformEnv(facts))
	}
	maps.Copy(all, a.Env)
	for _, s := range a.Secrets {
		if s.Path() != "" {
			all[s.Env()] = pulumi.String(s.Path())
		}
	}
	return all
}

// SecretFolders are the folders of the secrets that are files, each once.
func (a App) SecretFolders() (all []string) {
	for _, s := range a.Secrets {
		if folder := path.Dir(s.Path()); s.Path() != "" && !slices.Contains(all, folder) {
			all = append(all, folder)
		}
	}
	return all
}

// Times begins a platform's table of times.
func (a App) Times() Times { return Times{ServiceLimit: a.RequestSeconds} }

// Size is what a sidecar may use, by default as given.
func (s Sidecar) Size(cpu, memory string) (string, string) {
	return cmp.Or(s.CPU, cpu), cmp.Or(s.Memory, memory)
}

// AllowAddress registers what lets a service in where it calls, for one address
// that it calls from: an entry of a database's access list, say. The name tells
// the address apart from others of the app. What it returns is there before the
// address is used, and goes after it.
type AllowAddress func(name string, address pulumi.StringInput, opts ...pulumi.ResourceOption) (pulumi.Resource, error)
