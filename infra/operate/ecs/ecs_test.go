package ecs

import (
	"errors"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/killrvideo/killrvideo-go/infra/operate"
	"github.com/killrvideo/killrvideo-go/infra/operate/operatetest"
)

const cluster = "arn:aws:ecs:eu-west-1:123456789012:cluster/shop-prod"

func stack(cluster string) operate.Stack {
	return operate.Stack{Name: "prod", Resources: []operate.Resource{
		{Type: "aws:ecs/service:Service", Outputs: map[string]any{
			"cluster": cluster, "name": "shop-prod", "loadBalancers": []any{map[string]any{"containerName": "api", "containerPort": 8000.0}},
		}},
		{Type: "aws:cloudwatch/logGroup:LogGroup", Outputs: map[string]any{"name": "/shop/prod"}},
	}}
}

func TestShops(t *testing.T) {
	server := httptest.NewServer(operatetest.Amazon("eu-west-1", cluster, "shop-prod", "/shop/prod", "api", operatetest.Shop))
	t.Cleanup(server.Close)
	// Made up for this test.
	for name, value := range map[string]string{
		"AWS_ACCESS_KEY_ID": "generated", "AWS_SECRET_ACCESS_KEY": "generated", "AWS_ENDPOINT_URL": server.URL, "AWS_REGION": "us-east-1",
		"AWS_CONFIG_FILE": "/dev/null", "AWS_SHARED_CREDENTIALS_FILE": "/dev/null", "AWS_EC2_METADATA_DISABLED": "true", "AWS_MAX_ATTEMPTS": "1",
	} {
		t.Setenv(name, value)
	}
	platform, err := New(stack(cluster))
	if err != nil {
		t.Fatal(err)
	}
	operatetest.Shops(t, platform)
	elsewhere, err := New(stack(strings.Replace(cluster, "eu-west-1", "eu-west-2", 1)))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := elsewhere.Instances(t.Context()); err == nil || !strings.Contains(err.Error(), "no identity allows") {
		t.Errorf("in another region: %v", err)
	}
	if _, err := New(operate.Stack{}); !errors.Is(err, operate.ErrNotDeployed) {
		t.Errorf("without a service: %v", err)
	}
}
