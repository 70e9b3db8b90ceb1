package api

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

const definitions = "arn:aws:ecs:eu-west-1:123456789012:task-definition/shop-prod:"

// shop is a service that runs the task definition, and of which AWS goes back to
// the second one if the circuit breaker trips.
type shop struct {
	runs    string
	trips   bool
	watched bool // the alarms of its deployment are
}

func (s *shop) start(t *testing.T) Service {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var asked map[string]any
		_ = json.NewDecoder(r.Body).Decode(&asked)
		_, operation, _ := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
		w.Header().Set("Content-Type", "application/x-amz-json-1.1")
		_ = json.NewEncoder(w).Encode(s.answer(operation, asked))
	}))
	t.Cleanup(server.Close)
	client := ecs.New(ecs.Options{ // made up for this test
		Region: "eu-west-1", BaseEndpoint: aws.String(server.URL),
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "made", SecretAccessKey: "up"}, nil
		}),
	})
	const cluster = "arn:aws:ecs:eu-west-1:123456789012:cluster/shop"
	return Service{Client: client, Cluster: cluster, Name: "shop", Container: "api", Patience: time.Minute}
}

func (s *shop) answer(operation string, asked map[string]any) map[string]any {
	switch operation {
	case "UpdateService":
		if s.runs, _ = asked["taskDefinition"].(string); s.trips {
			s.runs = definitions + "2"
		}
		return map[string]any{"service": map[string]any{}}
	case "ListTaskDefinitions":
		if asked["familyPrefix"] != "shop-prod" || asked["sort"] != "DESC" || asked["status"] != "ACTIVE" {
			return map[string]any{}
		}
		return map[string]any{"taskDefinitionArns": []any{definitions + "2", definitions + "1"}}
	case "DescribeTaskDefinition":
		_, number, _ := strings.Cut(asked["taskDefinition"].(string), "shop-prod:")
		return map[string]any{"taskDefinition": map[string]any{"containerDefinitions": []any{
			map[string]any{"name": "proxy", "environment": []any{map[string]any{"name": "REVISION", "value": "of-the-proxy"}}},
			map[string]any{"name": "api", "environment": []any{map[string]any{"name": "REVISION", "value": "r" + number}}},
		}}}
	}
	return map[string]any{"services": []any{map[string]any{
		"status": "ACTIVE", "taskDefinition": s.runs, "desiredCount": 1, "runningCount": 1, "deployments": []any{s.deployment()},
	}}}
}

func (s *shop) deployment() map[string]any {
	state := "COMPLETED"
	if s.watched {
		state = "IN_PROGRESS"
	}
	return map[string]any{"status": "PRIMARY", "taskDefinition": s.runs, "rolloutState": state}
}

// TestSettle: a deployment is complete, still watched, or replaced.
func TestSettle(t *testing.T) {
	t.Parallel()
	s := &shop{runs: definitions + "2"}
	service := s.start(t)
	if problem, err := service.Settle(t.Context(), definitions+"2"); problem != "" || err != nil {
		t.Errorf("a complete one: %q, %v", problem, err)
	}
	if problem, err := service.Settle(t.Context(), definitions+"3"); !strings.HasPrefix(problem, "ECS went back from shop-prod:3") ||
		err != nil {
		t.Errorf("one that is not deployed: %q, %v", problem, err)
	}
	s.watched, service.Patience = true, 0
	if problem, err := service.Settle(t.Context(), definitions+"2"); !strings.Contains(problem, "still watches") || err != nil {
		t.Errorf("a watched one: %q, %v", problem, err)
	}
	ended, cancel := context.WithCancel(t.Context())
	service.Patience = time.Minute
	time.AfterFunc(50*time.Millisecond, cancel)
	if problem, err := service.Settle(ended, definitions+"2"); problem != "" || err == nil {
		t.Errorf("after an interrupt: %q, %v", problem, err)
	}
}

func TestAServiceReturnsToARevision(t *testing.T) {
	t.Parallel()
	s := &shop{runs: definitions + "2"}
	service := s.start(t)
	if changed, err := service.Run(t.Context(), "r2"); changed || err != nil {
		t.Errorf("the revision that runs: %v, %v", changed, err)
	}
	if _, err := service.Run(t.Context(), "r9"); err == nil || !strings.Contains(err.Error(), "family shop-prod has revision r9 any more") {
		t.Errorf("an unknown revision: %v", err)
	}
	if changed, err := service.Run(t.Context(), "r1"); !changed || err != nil || s.runs != definitions+"1" {
		t.Errorf("%v, %v, and %s runs", changed, err, s.runs)
	}
}

// TestAServiceThatGoesBackByItself was not returned.
func TestAServiceThatGoesBackByItself(t *testing.T) {
	t.Parallel()
	s := &shop{runs: definitions + "2", trips: true}
	if _, err := s.start(t).Run(t.Context(), "r1"); err == nil || !strings.Contains(err.Error(), "runs shop-prod:2 and not shop-prod:1") {
		t.Errorf("err = %v", err)
	}
}

// TestWhetherAServiceGoesBack is known once its deployment is complete.
func TestWhetherAServiceGoesBack(t *testing.T) {
	t.Parallel()
	deployment := func(status, task, state, reason string) types.Deployment {
		return types.Deployment{
			Status: &status, TaskDefinition: aws.String(definitions + task),
			RolloutState: types.DeploymentRolloutState(state), RolloutStateReason: &reason,
		}
	}
	for name, test := range map[string]struct {
		deployments []types.Deployment
		state       types.DeploymentRolloutState
		reason      string
	}{
		"complete":   {[]types.Deployment{deployment("PRIMARY", "2", "COMPLETED", "")}, "COMPLETED", ""},
		"watched":    {[]types.Deployment{deployment("PRIMARY", "2", "IN_PROGRESS", ""), deployment("ACTIVE", "1", "", "")}, "IN_PROGRESS", ""},
		"stateless":  {[]types.Deployment{deployment("PRIMARY", "2", "", "")}, "COMPLETED", ""},
		"ends by it": {[]types.Deployment{deployment("PRIMARY", "2", "FAILED", "alarm")}, "FAILED", "alarm"},
		"goes back": {
			[]types.Deployment{deployment("PRIMARY", "1", "IN_PROGRESS", ""), deployment("ACTIVE", "2", "FAILED", "alarm")}, "FAILED", "alarm",
		},
		"replaced": {[]types.Deployment{deployment("PRIMARY", "3", "COMPLETED", "")}, "FAILED", "another task definition is deployed"},
	} {
		state, reason := stateOf([]types.Service{{Deployments: test.deployments}}, definitions+"2")
		if state != test.state || reason != test.reason {
			t.Errorf("%s: %s, %q", name, state, reason)
		}
	}
	if state, _ := stateOf(nil, definitions+"2"); state != types.DeploymentRolloutStateFailed {
		t.Errorf("a service that is gone: %s", state)
	}
}
