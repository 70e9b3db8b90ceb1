package cloudrun

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path"
	"slices"
	"time"

	"github.com/killrvideo/killrvideo-go/infra/operate"
	"github.com/killrvideo/killrvideo-go/infra/provider/run"
)

// SecretsVariable names another address of Secret Manager, as Google's own
// provider takes it.
const SecretsVariable = "GOOGLE_SECRET_MANAGER_CUSTOM_ENDPOINT"

const (
	serviceType = "gcp:cloudrunv2/service:Service"
	secretType  = "gcp:secretmanager/secret:Secret"
	versionType = "gcp:secretmanager/secretVersion:SecretVersion"
)

// store is the versions of a stack's secrets.
type store struct {
	run, secrets *run.Client
	services     []run.Name
	// found are the secrets by their ids, and whether a version of each is
	// destroyed, some days later, and not disabled.
	found map[string]bool
}

// NewStore finds the secrets that the state has; no service is needed.
func NewStore(stack operate.Stack) (operate.Store, error) {
	s := &store{found: map[string]bool{}}
	for _, r := range stack.Resources { // one that is to be deleted still counts
		switch r.Type {
		case secretType:
			s.found[r.ID] = r.Text("versionDestroyTtl") != ""
		case serviceType:
			name, err := run.ParseName(r.ID)
			if err != nil {
				return nil, fmt.Errorf("the id of %s in the state: %w", r.Name(), err)
			}
			s.services = append(s.services, name)
		}
	}
	if len(s.found) == 0 {
		return nil, operate.ErrNotDeployed
	}
	authorized, err := run.Authorize(context.Background())
	if err != nil {
		return nil, err
	}
	if s.run, err = run.New(context.Background()); err != nil {
		return nil, err
	}
	s.secrets = run.NewAt(authorized, cmp.Or(os.Getenv(SecretsVariable), "https://secretmanager.googleapis.com/v1/"), "")
	return s, nil
}

// version is what Secret Manager tells of one without its value.
type version struct {
	Name, State string
	CreateTime  time.Time
}

// mostVersions is how many versions one call gives.
const mostVersions = 500

// versions are those of a secret that can be read. A replaced one is disabled, or
// destroyed later, and no longer of the state: it was not lost.
func (s *store) versions(ctx context.Context, secret string) (all []version, err error) {
	query := url.Values{"pageSize": {fmt.Sprint(mostVersions)}}
	for {
		var page struct {
			Versions      []version
			NextPageToken string
		}
		err := s.secrets.Get(ctx, secret+"/versions?"+query.Encode(), &page)
		if errors.Is(err, run.ErrNotFound) { // it was deleted by hand
			return nil, nil
		}
		if err != nil {
			return all, fmt.Errorf("list the versions of %s, which needs secretmanager.versions.list: %w", secret, err)
		}
		all = append(all, page.Versions...)
		if page.NextPageToken == "" {
			return slices.DeleteFunc(all, func(v version) bool { return v.State != "ENABLED" }), nil
		}
		query.Set("pageToken", page.NextPageToken)
	}
}

// Stored lists the versions that can be read.
func (s *store) Stored(ctx context.Context) (all []operate.Stored, err error) {
	used, unread := s.used(ctx)
	problems := []error{unread}
	for secret, destroys := range s.found {
		versions, err := s.versions(ctx, secret)
		problems = append(problems, err)
		for _, v := range versions {
			number := path.Base(v.Name)
			one := operate.Stored{
				Type: versionType, ID: v.Name, Created: v.CreateTime.UTC(),
				// Google names the project by its number, and a state that was imported may not.
				Alias: secret + "/versions/" + number, Name: "version " + number + " of secret " + secret,
				Removal: fmt.Sprintf("gcloud secrets versions %s %s --secret %s", verbOf(destroys), number, secret),
			}
			switch {
			case used.has(secret, number):
				one.Keep = operate.InUse
			case unread != nil:
				one.Keep = operate.MayBeInUse
			}
			all = append(all, one)
		}
	}
	slices.SortFunc(all, func(a, b operate.Stored) int { return cmp.Or(a.Created.Compare(b.Created), cmp.Compare(a.ID, b.ID)) })
	return all, errors.Join(problems...)
}

// verbOf is what the toolkit does with a replaced version.
func verbOf(destroys bool) string {
	if destroys {
		return "destroy"
	}
	return "disable"
}

// Remove does what the toolkit does with a replaced version: it disables it, or
// has Google destroy it after the days that the secret says.
func (s *store) Remove(ctx context.Context, lost operate.Stored) (string, error) {
	verb := verbOf(s.found[path.Dir(path.Dir(lost.Alias))])
	if err := s.secrets.Post(ctx, lost.Alias+":"+verb, struct{}{}, &struct{}{}); err != nil {
		return "", fmt.Errorf("%s %s, which needs secretmanager.versions.%s: %w", verb, lost.Name, verb, err)
	}
	return map[string]string{"destroy": "destroyed, after the days that its secret says", "disable": "disabled"}[verb], nil
}
