package standin

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
)

// listed are the versions that a cloud's API tells of, by its own words for them.
func listed(t *testing.T, c *Cloud, path, target, asked string) string {
	t.Helper()
	request := httptest.NewRequest(map[bool]string{true: http.MethodPost, false: http.MethodGet}[target != ""], path, strings.NewReader(asked))
	request.Header.Set("Authorization", "Bearer "+platformToken)
	if target != "" {
		request.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=generated/20261129/eu-west-1/secretsmanager/aws4_request")
		request.Header.Set("X-Amz-Target", target)
	}
	answer := httptest.NewRecorder()
	c.handler().ServeHTTP(answer, request)
	return answer.Body.String()
}

// TestVersionsOfAmazonHaveLabels: the newest one is current, and the one before it
// is kept by its label though it was deleted. Another one is deprecated.
func TestVersionsOfAmazonHaveLabels(t *testing.T) {
	t.Parallel()
	c, _ := Start(t, Amazon())
	secret := made(t, c, amazonSecret, "key", nil)
	var versions []Thing
	for range 3 {
		versions = append(versions, made(t, c, amazonVersion, "key", map[string]any{"secretId": secret.ID}))
	}
	if err := c.remove(amazonVersion, "key", versions[1].ID); err != nil {
		t.Fatal(err)
	}
	list := func() string {
		return listed(t, c, platformPath+"/", "secretsmanager.ListSecretVersionIds", fmt.Sprintf(`{"SecretId":%q}`, secret.ID))
	}
	got := list()
	if !strings.Contains(got, `"AWSPREVIOUS"`) || strings.Count(got, "VersionId") != 2 || strings.Contains(got, "000000000001") {
		t.Errorf("listed is %s", got)
	}
	if !c.Deprecated(versions[0]) || c.Deprecated(versions[1]) || c.Deprecated(versions[2]) || c.Deprecated(secret) {
		t.Error("the first version alone is deprecated")
	}
	if c.Lose(t, amazonSecret); !strings.Contains(list(), "ResourceNotFoundException") {
		t.Errorf("of a secret that is gone, listed is %s", list())
	}
}

// TestVersionsOfGoogleAreDisabled, and told of as such until their secret is gone.
func TestVersionsOfGoogleAreDisabled(t *testing.T) {
	t.Parallel()
	c, _ := Start(t, Google())
	secret := made(t, c, googleSecret, "key", map[string]any{"secretId": "key"})
	old := made(t, c, googleVersion, "key", map[string]any{"secret": secret.ID, "deletionPolicy": "DISABLE"})
	again := c.Repeat(t, googleVersion)
	if err := c.remove(googleVersion, "key", old.ID); err != nil {
		t.Fatal(err)
	}
	got := listed(t, c, platformPath+"/secretmanager/"+secret.ID+"/versions", "", "")
	if strings.Count(got, "DISABLED") != 1 || strings.Count(got, "ENABLED") != 1 || !strings.Contains(got, "versions/2") {
		t.Errorf("listed is %s", got)
	}
	if !strings.HasSuffix(again, "/versions/2") || !slices.ContainsFunc(c.Left(), func(thing Thing) bool { return thing.ID == again }) {
		t.Errorf("the second version is %s", again)
	}
	c.Forbid("secretmanager.versions.list")
	if got := listed(t, c, platformPath+"/secretmanager/"+secret.ID+"/versions", "", ""); !strings.Contains(got, "PERMISSION_DENIED") {
		t.Errorf("without the right, listed is %s", got)
	}
}
