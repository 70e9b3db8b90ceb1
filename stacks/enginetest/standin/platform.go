package standin

import (
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/killrvideo/killrvideo-go/infra/operate/operatetest"
)

// platformPath is where the API of the platform is below the cloud's URL.
const platformPath = "/platform"

// platformToken is what the API wants, made up for tests.
const platformToken = "generated-for-the-stand-in"

// UsePlatform makes this process find the API of the platform at the cloud.
func (c *Cloud) UsePlatform(t *testing.T) {
	t.Helper()
	url, kubeconfig := c.URL()+platformPath, filepath.Join(t.TempDir(), "kubeconfig")
	for name, value := range map[string]string{
		"KUBECONFIG": kubeconfig, "GOOGLE_OAUTH_ACCESS_TOKEN": platformToken,
		"GOOGLE_CLOUD_RUN_V2_CUSTOM_ENDPOINT": url + "/run/", "GOOGLE_LOGGING_CUSTOM_ENDPOINT": url + "/logging/",
		"GOOGLE_SECRET_MANAGER_CUSTOM_ENDPOINT": url + "/secretmanager/", "AWS_ENDPOINT_URL": url, "AWS_MAX_ATTEMPTS": "1",
		"AWS_ACCESS_KEY_ID": "generated", "AWS_SECRET_ACCESS_KEY": "generated",
		"AWS_CONFIG_FILE": os.DevNull, "AWS_SHARED_CREDENTIALS_FILE": os.DevNull, "AWS_EC2_METADATA_DISABLED": "true",
	} {
		t.Setenv(name, value)
	}
	// A token is sent by TLS alone.
	secure := httptest.NewTLSServer(c.server.Config.Handler)
	t.Cleanup(secure.Close)
	text := fmt.Sprintf(`{apiVersion: v1, kind: Config, clusters: [{name: here, cluster: {server: %q, insecure-skip-tls-verify: true}}],
users: [{name: ada, user: {token: %s}}], contexts: [{name: laptop, context: {cluster: here, user: ada}}]}`,
		secure.URL+platformPath, platformToken)
	if err := os.WriteFile(kubeconfig, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// FailInstance adds an instance of the next revision that failed, with what it
// logged; no reason takes it away.
func (c *Cloud) FailInstance(reason string, log ...string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.failed = nil
	if reason != "" {
		c.failed = &operatetest.Instance{
			Name: "killrvideo-00009-failed", Revision: "0000000000ff", Failed: true, Reason: reason, StartedAt: time.Now(), Log: log,
		}
	}
}

// Edit changes a property of the thing of a type whose name is the first by its
// letters, as people do by hand.
func (c *Cloud) Edit(t *testing.T, kind, key string, change func(any) any) {
	t.Helper()
	c.mu.Lock()
	defer c.mu.Unlock()
	at := -1
	for i, thing := range c.things {
		if thing.Type == kind && (at < 0 || thing.Name < c.things[at].Name) {
			at = i
		}
	}
	if at < 0 {
		t.Fatalf("there is no %s", kind)
	}
	thing := &c.things[at]
	thing.Props, thing.edited = maps.Clone(thing.Props), maps.Clone(thing.edited)
	if thing.edited == nil {
		thing.edited = map[string]any{}
	}
	thing.Props[key] = change(thing.Props[key])
	thing.edited[key] = thing.Props[key]
}

// platform is the API of the platform that the service runs on.
func (c *Cloud) platform(w http.ResponseWriter, r *http.Request) {
	c.mu.Lock()
	instances := c.instances()
	handler := http.NotFoundHandler()
	if found := c.find(c.kind.Service, nil); len(found) > 0 && c.kind.platform != nil {
		service := found[0]
		for _, other := range found {
			if strings.Contains(r.URL.Path, other.ID) {
				service = other
			}
		}
		handler = c.kind.platform(c, service, func() []operatetest.Instance { return instances })
	}
	c.mu.Unlock()
	if c.kind.stores != nil {
		handler = c.kind.stores(c, handler)
	}
	http.StripPrefix(platformPath, handler).ServeHTTP(w, r)
}

// instances are two that serve, or a revision where a platform tells of these alone,
// and what failed.
func (c *Cloud) instances() (all []operatetest.Instance) {
	if c.failed != nil {
		all = append(all, *c.failed)
	}
	const digest = "sha256:1111111111111111111111111111111111111111111111111111111111111111"
	names := []string{"killrvideo-00001-b", "killrvideo-00001-a"}
	if c.kind.routes != nil {
		names = nil
		for name, of := range c.revisions {
			if of.revision == c.serving.revision {
				names = []string{name}
			}
		}
	}
	for _, name := range names {
		at := c.servedSince
		line := func(second int, level, text string) string {
			return fmt.Sprintf(`{"time":%q,"level":%q,"msg":%q,"request_id":"r-%d"}`,
				at.Add(time.Duration(second)*time.Second).Format(time.RFC3339), level, text, second)
		}
		all = append(all, operatetest.Instance{
			Name: name, Revision: c.serving.revision, Digest: digest, Running: true, Ready: !c.mute, StartedAt: at,
			Pins: c.serving.pins(),
			Log:  []string{line(0, "INFO", name+" listens"), line(1, "WARN", name+" is slow"), line(2, "INFO", "AstraCS:made:up")},
		})
	}
	return all
}

func googlePlatform(c *Cloud, service Thing, instances operatetest.Instances) http.Handler {
	return c.trafficOf(service, operatetest.Google(platformToken, service.ID, instances))
}

func amazonPlatform(c *Cloud, service Thing, instances operatetest.Instances) http.Handler {
	groups := c.find("aws:cloudwatch/logGroup:LogGroup", nil)
	return c.deployments(operatetest.Amazon("eu-west-1", text(service.Props, "cluster"), text(service.Props, "name"),
		text(groups[0].Props, "name"), text(service.Props, "loadBalancers", 0, "containerName"), instances))
}

func clusterPlatform(c *Cloud, deployment Thing, instances operatetest.Instances) http.Handler {
	labels, _ := at(deployment.Props, "spec", "selector", "matchLabels").(map[string]any)
	var selector []string
	for _, name := range slices.Sorted(maps.Keys(labels)) {
		selector = append(selector, fmt.Sprintf("%s=%v", name, labels[name]))
	}
	return c.rollouts(operatetest.Cluster(platformToken, text(deployment.Props, "metadata", "namespace"),
		strings.Join(selector, ","), text(deployment.Props, "spec", "template", "spec", "containers", 0, "name"), instances))
}
