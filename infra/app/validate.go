package app

import (
	"regexp"
	"slices"
	"strings"

	"github.com/killrvideo/killrvideo-go/infra/secret"
)

var (
	name         = regexp.MustCompile(`^[a-z][a-z0-9-]*[a-z0-9]$`)
	variableName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)
	byDigest     = regexp.MustCompile(`@sha256:[0-9a-f]{64}$`)
)

// Validate lists, as Problems, everything that no platform can run. It judges
// values that are known before any resource is made.
func (a App) Validate() error {
	var p Problems
	a = a.WithDefaults()
	for key, value := range map[string]string{"app.name": a.Name, "app.environment": a.Environment} {
		if most := map[string]int{"app.name": 30, "app.environment": 20}[key]; !name.MatchString(value) || len(value) > most {
			p.Add(key, "shop", "%q must be 2 to %d lower-case letters, digits and dashes, beginning with a letter", value, most)
		}
	}
	if a.Port < 0 || a.Port > 65535 {
		p.Add("app.port", "8080", "%d must be from 1 to 65535", a.Port)
	}
	if !name.MatchString(a.Container) || len(a.Container) > 20 {
		p.Add("app.container", "app", "%q must be a lower-case name", a.Container)
	}
	if a.User < 0 {
		p.Add("app.user", "65532", "%d must be above 0", a.User)
	}
	if a.RequestSeconds < 0 || a.RequestSeconds > 3000 {
		p.Add("app.requestSeconds", "30", "%d must be from 1 to 3000", a.RequestSeconds)
	}
	if a.Image != nil && a.Build != nil {
		p.AddUnread("app.build", "does nothing beside an image")
	}
	if a.Build != nil && a.Build.Context == "" {
		p.Add("app.build.context", ".", "is not set")
	}
	if image, known := Known(a.Image); known && !byDigest.MatchString(image) {
		p.Add("app.image", "NAME@sha256:DIGEST", "%q must be a reference by digest; tags can move", image)
	}
	a.validateVariables(&p)
	a.validateSidecars(&p)
	a.validateSchedules(&p)
	a.validateProbes(&p)
	a.Scale.validate(&p)
	return p.OrNil()
}

func (a App) validateVariables(p *Problems) {
	seen := map[string]string{PortVariable: "set by the platform", RevisionVariable: "set by the platform"}
	add := func(name, as string) {
		switch {
		case !variableName.MatchString(name):
			p.Add("app.env", "LOG_LEVEL", "%q must be the name of an environment variable", name)
		case seen[name] != "":
			p.AddUnread("app.env", "%s is %s; it cannot be %s too", name, seen[name], as)
		}
		seen[name] = as
	}
	for name := range a.Env {
		add(name, "a plain variable")
	}
	for _, s := range a.Secrets {
		add(s.Env(), "a secret")
		if file := s.Path(); file != "" && (!strings.HasPrefix(file, "/") || strings.Count(file, "/") < 2 || strings.HasSuffix(file, "/")) {
			p.Add("app.secrets", "/etc/tls/key.pem", "%s: %q must be an absolute path of a file in a folder", s.Env(), file)
		}
		if s.Path() != "" && !strings.HasSuffix(s.Env(), "_FILE") {
			p.Add("app.secrets", s.Env()+"_FILE", "%s holds the path of a file, so its name must end in _FILE", s.Env())
		}
	}
}

func (a App) validateSidecars(p *Problems) {
	seen := map[string]bool{"": true, a.Container: true}
	for _, s := range a.Sidecars {
		if !name.MatchString(s.Name) || seen[s.Name] {
			p.Add("app.sidecars", "proxy", "%q must be a lower-case name that no other container of the app has", s.Name)
		}
		seen[s.Name] = true
		if image, known := Known(s.Image); s.Image == nil || known && !byDigest.MatchString(image) {
			p.Add("app.sidecars", "NAME@sha256:DIGEST", "%s: the image must be a reference by digest", s.Name)
		}
		for _, name := range s.Secrets {
			if !slices.ContainsFunc(a.Secrets, func(of secret.Secret) bool { return of.Env() == name && of.Path() == "" }) {
				p.Add("app.sidecars", "API_KEY", "%s: %q is not a secret variable of the app", s.Name, name)
			}
		}
	}
}

func (a App) validateProbes(p *Problems) {
	path := func(key, path string) {
		if path != "" && !strings.HasPrefix(path, "/") {
			p.Add(key, "/health", "%q must begin with a slash", path)
		}
	}
	path("app.probes.liveness", a.Probes.Liveness.HTTPPath)
	path("app.probes.readiness", a.Probes.Readiness.HTTPPath)
	if a.Proof.Path != a.Probes.Readiness.HTTPPath { // which is the default
		path("app.proof.path", a.Proof.Path)
	}
	if a.Proof.JSONField != "" && a.Proof.Header != "" {
		p.AddUnread("app.proof.header", "does nothing beside jsonField")
	}
	if a.Probes.StartupSeconds < 0 {
		p.Add("app.probes.startupSeconds", "30", "%d must be above 0", a.Probes.StartupSeconds)
	}
}

func (s Scale) validate(p *Problems) {
	if s.MinInstances < 0 || s.MinInstances > s.MaxInstances {
		p.Add("minInstances", "1", "%d must be from 0 to maxInstances, which is %d", s.MinInstances, s.MaxInstances)
	}
	if s.CPUPercent != 0 && (s.CPUPercent < 10 || s.CPUPercent > 95) {
		p.Add("cpuPercent", "70", "%d must be from 10 to 95", s.CPUPercent)
	}
	if s.RequestsPerMinute < 0 {
		p.Add("requestsPerMinute", "3000", "%d must be above 0", s.RequestsPerMinute)
	}
}
