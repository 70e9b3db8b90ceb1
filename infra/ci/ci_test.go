package ci

import (
	"slices"
	"strings"
	"testing"
)

func example() Repository {
	return Repository{Owner: "octo-org", Name: "videos", OwnerID: "42", ID: "4242"}
}

func TestSubjects(t *testing.T) {
	t.Parallel()
	want := []string{"repo:octo-org@42/videos@4242:environment:preview-prod", "repo:octo-org/videos:environment:preview-prod"}
	if got := example().Subjects("preview-prod"); !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
}

func TestCheck(t *testing.T) {
	t.Parallel()
	if err := example().Check(); err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		change func(*Repository)
		word   string
	}{
		"any owner":         {func(r *Repository) { r.Owner = "*" }, "owner"},
		"any repository":    {func(r *Repository) { r.Name = "*" }, "repository"},
		"a path":            {func(r *Repository) { r.Name = "videos:environment:preview/x" }, "repository"},
		"no owner number":   {func(r *Repository) { r.OwnerID = "" }, "ownerId"},
		"a name for an id":  {func(r *Repository) { r.ID = "videos" }, "repositoryId"},
		"a quote in the id": {func(r *Repository) { r.ID = "1' || true || '" }, "repositoryId"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := example()
			test.change(&r)
			if err := r.Check(); err == nil || !strings.Contains(err.Error(), test.word+":") ||
				!strings.Contains(err.Error(), "pulumi config set "+test.word) {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestEveryProblemAtOnce(t *testing.T) {
	t.Parallel()
	if got := strings.Count((Repository{}).Check().Error(), "pulumi config set"); got != 4 {
		t.Errorf("%d problems are named, want 4", got)
	}
}

func TestOnlyEnvironmentsForPreviews(t *testing.T) {
	t.Parallel()
	for name, good := range map[string]bool{
		"preview-staging": true, "preview-prod": true, "preview-prod-eu": true,
		"preview": false, "prod": false, "": false, "*": false, "preview*": false, "Preview": false, "preview-": false, "deploy-preview": false,
	} {
		if err := CheckEnvironment(name); (err == nil) != good {
			t.Errorf("%q: %v", name, err)
		}
	}
}

// TestAPreviewReadsTheStateOfItsStackAlone: production's environment must not
// be named in what staging may read, nor a stack whose name only begins alike.
func TestAPreviewReadsTheStateOfItsStackAlone(t *testing.T) {
	t.Parallel()
	for object, want := range map[string]bool{
		".pulumi/stacks/shop/staging.json": true, ".pulumi/stacks/shop/staging.json.gz": true, ".pulumi/stacks/shop/staging.pulumi-tags": true,
		".pulumi/history/shop/staging/staging-1.history.json": true, ".pulumi/locks/organization/shop/staging/1.json": true,
		".pulumi/stacks/shop/prod.json": false, ".pulumi/stacks/shop/staging-eu.json": false, ".pulumi/backups/shop/staging/1": false,
		".pulumi/history/shop/staging-eu/1": false, ".pulumi/stacks/other/staging.json": false,
	} {
		got := slices.ContainsFunc(
			StatePrefixes("shop", "preview-staging"), func(prefix string) bool { return strings.HasPrefix(object, prefix) },
		)
		if got != want {
			t.Errorf("%s: %v", object, got)
		}
	}
}
