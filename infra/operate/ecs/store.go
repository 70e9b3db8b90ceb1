package ecs

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	secrettypes "github.com/aws/aws-sdk-go-v2/service/secretsmanager/types"

	"github.com/killrvideo/killrvideo-go/infra/operate"
)

const (
	serviceType = "aws:ecs/service:Service"
	secretType  = "aws:secretsmanager/secret:Secret"
	versionType = "aws:secretsmanager/secretVersion:SecretVersion"
)

// The labels that AWS gives by itself.
const (
	current  = "AWSCURRENT"
	previous = "AWSPREVIOUS"
)

// store is the versions of a stack's secrets.
type store struct {
	secrets  *secretsmanager.Client
	tasks    *ecs.Client
	services []operate.Resource
	// known are the ARNs of the secrets, each with the version that the state has,
	// "" for none.
	known map[string]string
	// labels are those of the versions that were listed, by ID.
	labels map[string][]string
}

// NewStore finds the secrets that the state has; no service is needed.
func NewStore(stack operate.Stack) (operate.Store, error) {
	s := &store{known: map[string]string{}, labels: map[string][]string{}}
	for _, r := range stack.Resources { // one that is to be deleted still counts
		switch r.Type {
		case secretType:
			s.known[r.ID] = cmp.Or(s.known[r.ID], "")
		case serviceType:
			s.services = append(s.services, r)
		case versionType:
			if arn, version, is := strings.Cut(r.ID, "|"); is && (s.known[arn] == "" || !r.Delete) {
				s.known[arn] = version
			}
		}
	}
	if len(s.known) == 0 {
		return nil, operate.ErrNotDeployed
	}
	region := strings.Split(slices.Sorted(maps.Keys(s.known))[0]+":::", ":")[3]
	settings, err := config.LoadDefaultConfig(context.Background(), config.WithRegion(region))
	if err != nil {
		return nil, fmt.Errorf("find credentials of AWS: %w", err)
	}
	s.secrets, s.tasks = secretsmanager.NewFromConfig(settings), ecs.NewFromConfig(settings)
	return s, nil
}

// versions are those of a secret that have a label. AWS deletes the others by
// itself.
func (s *store) versions(ctx context.Context, arn string) (all []secrettypes.SecretVersionsListEntry, err error) {
	pages := secretsmanager.NewListSecretVersionIdsPaginator(s.secrets, &secretsmanager.ListSecretVersionIdsInput{SecretId: &arn})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		var missing *secrettypes.ResourceNotFoundException
		if errors.As(err, &missing) { // it was deleted by hand
			return nil, nil
		}
		if err != nil {
			return all, fmt.Errorf("list the versions of %s, which needs secretsmanager:ListSecretVersionIds: %w", arn, err)
		}
		all = append(all, page.Versions...)
	}
	return slices.DeleteFunc(all, func(v secrettypes.SecretVersionsListEntry) bool { return len(v.VersionStages) == 0 }), nil
}

// Stored lists the versions that have a label.
func (s *store) Stored(ctx context.Context) (all []operate.Stored, err error) {
	used, unread := s.used(ctx)
	problems := []error{unread}
	for _, arn := range slices.Sorted(maps.Keys(s.known)) {
		versions, err := s.versions(ctx, arn)
		problems = append(problems, err)
		for _, v := range versions {
			id := aws.ToString(v.VersionId)
			one := operate.Stored{
				Type: versionType, ID: arn + "|" + id, Created: aws.ToTime(v.CreatedDate).UTC(), Removal: s.removal(arn, id, v.VersionStages),
				Name: fmt.Sprintf("version %s (%s) of secret %s", id, strings.Join(v.VersionStages, ", "), arn),
			}
			switch {
			case used.has(arn, id):
				one.Keep = operate.InUse
			case unread != nil:
				one.Keep = operate.MayBeInUse
			case slices.Contains(v.VersionStages, current) && s.known[arn] == "":
				one.Keep = "AWS takes " + current + " from a version only for another one, which the next up makes"
			}
			s.labels[one.ID] = v.VersionStages
			all = append(all, one)
		}
	}
	return all, errors.Join(problems...)
}

// removal is the command for the first label.
func (s *store) removal(arn, id string, labels []string) string {
	command := fmt.Sprintf("aws secretsmanager update-secret-version-stage --secret-id %s --version-stage %s --remove-from-version-id %s",
		arn, labels[0], id)
	if labels[0] == current {
		command += " --move-to-version-id " + s.known[arn]
	}
	return command
}

// Remove takes the labels of a version away. AWS has no call that deletes one: it
// deletes those without a label by itself, a day after they were made or later.
// AWSCURRENT goes to the version that the state has, for which AWS gives the lost
// one AWSPREVIOUS.
func (s *store) Remove(ctx context.Context, lost operate.Stored) (string, error) {
	arn, id, _ := strings.Cut(lost.ID, "|")
	labels := slices.Clone(s.labels[lost.ID])
	if slices.Contains(labels, current) {
		if err := s.move(ctx, arn, current, id, s.known[arn]); err != nil {
			return "", err
		}
		labels = append(slices.DeleteFunc(labels, func(label string) bool { return label == current || label == previous }), previous)
	}
	for _, label := range labels {
		if err := s.move(ctx, arn, label, id, ""); err != nil {
			return "", err
		}
	}
	return "without a label now; AWS deletes it by itself", nil
}

// move takes a label from a version and gives it to another, "" for none.
func (s *store) move(ctx context.Context, arn, label, from, to string) error {
	asked := &secretsmanager.UpdateSecretVersionStageInput{SecretId: &arn, VersionStage: &label, RemoveFromVersionId: &from}
	if to != "" {
		asked.MoveToVersionId = &to
	}
	if _, err := s.secrets.UpdateSecretVersionStage(ctx, asked); err != nil {
		return fmt.Errorf("take the label %s from version %s of %s, which needs secretsmanager:UpdateSecretVersionStage: %w",
			label, from, arn, err)
	}
	return nil
}
