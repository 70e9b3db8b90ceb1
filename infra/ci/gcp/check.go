package gcp

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"

	"github.com/killrvideo/killrvideo-go/infra/ci"
)

var (
	projectID  = regexp.MustCompile(`^[a-z][a-z0-9-]{4,28}[a-z0-9]$`)
	bucketName = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]{1,61}[a-z0-9]$`)
	keyName    = regexp.MustCompile(`^projects/[^/]+/locations/[^/]+/keyRings/[^/]+/cryptoKeys/[^/]+$`)
)

// maxSubject is what Google takes for google.subject, in bytes.
const maxSubject = 127

// check reports everything that is wrong at once.
func (a Args) check() error {
	all := []error{a.Repository.Check()}
	if !projectID.MatchString(a.Project) {
		all = append(all, fmt.Errorf("googleProject: %q is no project's id; list them with: gcloud projects list", a.Project))
	}
	if len(a.Environments) == 0 {
		all = append(all, errors.New("environments: none is named; set one with: pulumi config set --path 'environments[0]' preview-prod"))
	}
	for _, environment := range a.Environments {
		all = append(all, ci.CheckEnvironment(environment))
		if subject := a.Repository.Subjects(environment)[0]; len(subject) > maxSubject {
			all = append(all, fmt.Errorf("environments: Google takes names of jobs up to %d bytes, and %s has %d; give the environment a shorter name", maxSubject, subject, len(subject)))
		}
	}
	if a.StateBucket != "" && !bucketName.MatchString(a.StateBucket) {
		all = append(all, fmt.Errorf("stateBucket: %q is no bucket's name; give it without gs://", a.StateBucket))
	}
	for _, environment := range slices.Sorted(maps.Keys(a.Keys)) {
		if !keyName.MatchString(a.Keys[environment]) || !slices.Contains(a.Environments, environment) {
			all = append(all, fmt.Errorf("keys: %q for %q is not the name of a key for one of the environments; list them with: gcloud kms keys list", a.Keys[environment], environment))
		}
	}
	return errors.Join(all...)
}
