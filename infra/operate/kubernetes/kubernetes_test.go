package kubernetes

import (
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/killrvideo/killrvideo-go/infra/operate"
	"github.com/killrvideo/killrvideo-go/infra/operate/operatetest"
)

// kubeconfig has a context with the token, made up for this test, and one
// without.
func kubeconfig(server *httptest.Server) string {
	authority := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	return fmt.Sprintf(`apiVersion: v1
kind: Config
current-context: other
clusters: [{name: here, cluster: {server: %q, certificate-authority-data: %s}}]
users: [{name: ada, user: {token: generated}}, {name: none, user: {}}]
contexts: [{name: laptop, context: {cluster: here, user: ada}}, {name: other, context: {cluster: here, user: none}}]
`, server.URL, base64.StdEncoding.EncodeToString(authority))
}

func stack(provider map[string]any) operate.Stack {
	return operate.Stack{Name: "prod", Resources: []operate.Resource{
		{Type: "pulumi:providers:kubernetes", URN: "urn:pulumi:prod::p::pulumi:providers:kubernetes::cluster", Inputs: provider},
		{Type: "kubernetes:apps/v1:Deployment", Outputs: map[string]any{
			"metadata": map[string]any{"namespace": "shop-prod", "name": "shop-prod", "uid": "u"},
			"spec": map[string]any{
				"selector": map[string]any{"matchLabels": map[string]any{"b": "2", "a": "1"}},
				"template": map[string]any{"spec": map[string]any{"containers": []any{map[string]any{"name": "api"}, map[string]any{"name": "proxy"}}}},
			},
		}},
	}}
}

func TestShops(t *testing.T) {
	server := httptest.NewTLSServer(operatetest.Cluster("generated", "shop-prod", "a=1,b=2", "api", operatetest.Shop))
	t.Cleanup(server.Close)
	path := filepath.Join(t.TempDir(), "config")
	if err := os.WriteFile(path, []byte(kubeconfig(server)), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("KUBECONFIG", path)
	for name, provider := range map[string]map[string]any{
		"the usual kubeconfig":   {"context": "laptop"},
		"a file":                 {"context": "laptop", "kubeconfig": path},
		"a kubeconfig as a text": {"context": "laptop", "kubeconfig": kubeconfig(server)},
	} {
		t.Run(name, func(t *testing.T) {
			platform, err := New(stack(provider))
			if err != nil {
				t.Fatal(err)
			}
			operatetest.Shops(t, platform)
		})
	}
	platform, err := New(stack(nil)) // the current context has no token
	if err != nil {
		t.Fatal(err)
	}
	if _, err := platform.Instances(t.Context()); err == nil || !strings.Contains(err.Error(), "401 Unauthorized") {
		t.Errorf("without a token: %v", err)
	}
	if _, err := New(stack(map[string]any{"context": "nowhere"})); err == nil || !strings.Contains(err.Error(), "nowhere") {
		t.Errorf("an unknown context: %v", err)
	}
	if _, err := New(stack(map[string]any{"kubeconfig": map[string]any{"ciphertext": "x"}})); err == nil ||
		!strings.Contains(err.Error(), "name a file") {
		t.Errorf("an encrypted kubeconfig: %v", err)
	}
	if _, err := New(operate.Stack{}); !errors.Is(err, operate.ErrNotDeployed) {
		t.Errorf("without a Deployment: %v", err)
	}
}
