package cloudrun

import (
	"errors"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/killrvideo/killrvideo-go/infra/operate"
	"github.com/killrvideo/killrvideo-go/infra/operate/operatetest"
	"github.com/killrvideo/killrvideo-go/infra/provider/run"
)

const name = "projects/example/locations/europe-west1/services/shop-prod"

func stack(id string) operate.Stack {
	return operate.Stack{Name: "prod", Resources: []operate.Resource{{Type: "gcp:cloudrunv2/service:Service", ID: id}}}
}

func TestShops(t *testing.T) {
	server := httptest.NewServer(operatetest.Google("generated", name, operatetest.Shop))
	t.Cleanup(server.Close)
	t.Setenv(run.TokenVariable, "generated") // made up for this test
	t.Setenv(run.EndpointVariable, server.URL+"/run/")
	t.Setenv(run.LoggingVariable, server.URL+"/logging/")
	platform, err := New(stack(name))
	if err != nil {
		t.Fatal(err)
	}
	operatetest.Shops(t, platform)
	if _, err := New(stack("shop")); err == nil || !strings.Contains(err.Error(), `"shop"`) {
		t.Errorf("another id: %v", err)
	}
	if _, err := New(operate.Stack{}); !errors.Is(err, operate.ErrNotDeployed) {
		t.Errorf("without a service: %v", err)
	}
	t.Setenv(run.TokenVariable, "another")
	if platform, err = New(stack(name)); err != nil {
		t.Fatal(err)
	}
	if _, err := platform.Instances(t.Context()); err == nil || !strings.Contains(err.Error(), "403") ||
		!strings.Contains(err.Error(), "does not have permission") {
		t.Errorf("with another token: %v", err)
	}
}
