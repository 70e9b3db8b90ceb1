package gcp

import (
	"errors"
	"fmt"
	"regexp"

	"github.com/killrvideo/killrvideo-go/infra/ci"
)

var (
	projectID = regexp.MustCompile(`^[a-z][a-z0-9-]{4,28}[a-z0-9]$`)
	state     = ci.State{
		Scheme: "gs", Bucket: regexp.MustCompile(`^[a-z0-9][a-z0-9._-]{1,61}[a-z0-9]$`),
		Key:     regexp.MustCompile(`^projects/[^/]+/locations/[^/]+/keyRings/[^/]+/cryptoKeys/[^/]+$`),
		KeyName: "the name", ListKeys: "gcloud kms keys list",
	}
)

// maxSubject is what Google takes for google.subject, in bytes.
const maxSubject = 127

// check reports everything that is wrong at once.
func (a *Args) check() error {
	all := ci.CheckPreviews(a.Project, a.Repository, a.Environments)
	if !projectID.MatchString(a.GoogleProject) {
		all = append(all, fmt.Errorf("googleProject: %q is not a project's id; list them with: gcloud projects list", a.GoogleProject))
	}
	for _, environment := range a.Environments {
		if subject := a.Repository.Subjects(environment)[0]; len(subject) > maxSubject {
			all = append(all, fmt.Errorf(
				"environments: Google takes names of jobs up to %d bytes, and %s has %d; give the environment a shorter name",
				maxSubject, subject, len(subject)))
		}
	}
	return errors.Join(append(all, state.Check(a.StateBucket, a.Keys, a.Environments)...)...)
}
