package cloudrun

import (
	"context"
	"errors"
	"fmt"
	"path"

	"github.com/killrvideo/killrvideo-go/infra/provider/run"
)

// template is what a service or a revision says of the secrets that it reads.
type template struct {
	Containers []struct {
		Env []struct {
			ValueSource struct {
				SecretKeyRef struct{ Secret, Version string }
			}
		}
	}
	Volumes []struct {
		Secret struct {
			Secret string
			Items  []struct{ Version string }
		}
	}
}

// pins are the versions that are read, as SECRET/VERSION by their short names.
type pins map[string]bool

// has tells of one version; a service that asks for the latest may read any.
func (p pins) has(secret, version string) bool {
	return p[path.Base(secret)+"/"+version] || p[path.Base(secret)+"/latest"]
}

func (p pins) add(t template) {
	pin := func(secret, version string) {
		if secret != "" {
			p[path.Base(secret)+"/"+version] = true
		}
	}
	for _, container := range t.Containers {
		for _, variable := range container.Env {
			from := variable.ValueSource.SecretKeyRef
			pin(from.Secret, from.Version)
		}
	}
	for _, volume := range t.Volumes {
		for _, item := range volume.Secret.Items {
			pin(volume.Secret.Secret, item.Version)
		}
		if len(volume.Secret.Items) == 0 {
			pin(volume.Secret.Secret, "latest")
		}
	}
}

// used are the versions that the services' next instances read, and those of each
// revision that has traffic or a tag.
func (s *store) used(ctx context.Context) (pins, error) {
	used := pins{}
	for _, name := range s.services {
		var service struct {
			run.Service
			Template template
		}
		err := s.run.Get(ctx, name.String(), &service)
		if errors.Is(err, run.ErrNotFound) { // it was deleted by hand
			continue
		}
		if err != nil {
			return used, fmt.Errorf("read the service %s, which needs run.services.get: %w", name, err)
		}
		used.add(service.Template)
		serving := map[string]bool{path.Base(service.LatestReadyRevision): true}
		for _, target := range append(service.Traffic, service.TrafficStatuses...) {
			serving[path.Base(target.Revision)] = true
		}
		for revision := range serving {
			if revision == "" || revision == "." {
				continue
			}
			var of template
			err := s.run.Get(ctx, name.String()+"/revisions/"+revision, &of)
			if err != nil && !errors.Is(err, run.ErrNotFound) {
				return used, fmt.Errorf("read the revision %s, which needs run.revisions.get: %w", revision, err)
			}
			used.add(of)
		}
	}
	return used, nil
}
