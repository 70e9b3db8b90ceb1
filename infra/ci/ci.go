// Package ci knows how a job of GitHub Actions names itself to a cloud: by the
// claims of a token that GitHub signs, without any stored key. Which rights a
// name gets is said below, in a package for each cloud, so that no program loads
// the SDK of two. Credentials may not enter; there are none.
package ci

import (
	"errors"
	"fmt"
	"regexp"
)

// Issuer signs the tokens of GitHub's jobs.
const Issuer = "https://token.actions.githubusercontent.com"

// Repository is one on GitHub. The numbers stay with it when it is renamed and
// never come back for another one.
type Repository struct {
	Owner, Name string
	// OwnerID and ID are GitHub's numbers: gh api repos/OWNER/NAME --jq '.owner.id, .id'
	OwnerID, ID string
}

var (
	ownerName       = regexp.MustCompile(`^[A-Za-z0-9](-?[A-Za-z0-9]){0,38}$`)
	repositoryName  = regexp.MustCompile(`^[A-Za-z0-9._-]{1,100}$`)
	number          = regexp.MustCompile(`^[1-9][0-9]{0,19}$`)
	environmentName = regexp.MustCompile(`^preview(-[a-z0-9]+)+$`)
)

// Check reports every part that GitHub would not know. A wildcard is one:
// what trusts a pattern trusts repositories that others can make.
func (r Repository) Check() error {
	var all []error
	for _, part := range []struct {
		name, value, example string
		shape                *regexp.Regexp
	}{
		{"owner", r.Owner, "octo-org", ownerName},
		{"repository", r.Name, "videos", repositoryName},
		{"ownerId", r.OwnerID, "12345678", number},
		{"repositoryId", r.ID, "123456789", number},
	} {
		if !part.shape.MatchString(part.value) {
			all = append(all, fmt.Errorf("%s: %q is none; set it with: pulumi config set %s %s", part.name, part.value, part.name, part.example))
		}
	}
	return errors.Join(all...)
}

// CheckEnvironment refuses what is no environment for previews. Their jobs run
// the code of a pull request, so an environment that may deploy must never be
// trusted with the same words.
func CheckEnvironment(name string) error {
	if !environmentName.MatchString(name) {
		return fmt.Errorf("environment: %q is none for previews; name it preview-STACK, in lower case: "+
			"its jobs read the state of that stack", name)
	}
	return nil
}

// Subjects are the names that a job of the environment may have: with the
// numbers, as GitHub writes it for repositories made since July 2026 and for
// those that asked for it, and without.
func (r Repository) Subjects(environment string) []string {
	return []string{
		fmt.Sprintf("repo:%s@%s/%s@%s:environment:%s", r.Owner, r.OwnerID, r.Name, r.ID, environment),
		fmt.Sprintf("repo:%s/%s:environment:%s", r.Owner, r.Name, environment),
	}
}

// CheckPreviews reports what is wrong with the project of the stacks, with the
// repository and with the environments that may be previewed.
func CheckPreviews(project string, repository Repository, environments []string) []error {
	all := []error{repository.Check()}
	if project == "" {
		all = append(all, errors.New("project: is not set; it is the name in the stacks' Pulumi.yaml"))
	}
	if len(environments) == 0 {
		all = append(all, errors.New("environments: none is named; set one with: pulumi config set --path 'environments[0]' preview-prod"))
	}
	for _, environment := range environments {
		all = append(all, CheckEnvironment(environment))
	}
	return all
}
