package standin

import (
	"bytes"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
)

// definitionType is the type of task definitions.
const definitionType = "aws:ecs/taskDefinition:TaskDefinition"

// deployments answers for the service and its task definitions, and leaves the
// rest to another handler.
func (c *Cloud) deployments(rest http.Handler) http.Handler {
	operations := map[string]func(body) body{
		"DescribeServices": c.describeServices, "ListTaskDefinitions": c.listDefinitions, "DescribeTaskDefinition": c.describeDefinition,
		"UpdateService": c.updateService,
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		text, _ := io.ReadAll(r.Body)
		r.Body = io.NopCloser(bytes.NewReader(text))
		_, operation, _ := strings.Cut(r.Header.Get("X-Amz-Target"), "AmazonEC2ContainerServiceV20141113.")
		var asked body
		_ = json.Unmarshal(text, &asked)
		if do := operations[operation]; do != nil && strings.Contains(r.Header.Get("Authorization"), "/eu-west-1/") {
			if told := do(asked); told != nil {
				w.Header().Set("Content-Type", "application/x-amz-json-1.1")
				_ = json.NewEncoder(w).Encode(told)
				return
			}
		}
		rest.ServeHTTP(w, r)
	})
}

// service is as ECS describes one whose tasks all run.
func (c *Cloud) service() (Thing, body) {
	found := c.find(c.kind.Service, nil)
	if len(found) == 0 {
		return Thing{}, nil
	}
	deployments := c.watch()
	return found[0], body{
		"serviceArn": found[0].ID, "taskDefinition": c.serving.task, "status": "ACTIVE", "desiredCount": 1, "runningCount": 1,
		"deployments": deployments,
	}
}

func (c *Cloud) describeServices(body) body {
	c.mu.Lock()
	defer c.mu.Unlock()
	_, described := c.service()
	return body{"services": []body{described}, "failures": []body{}}
}

func (c *Cloud) listDefinitions(asked body) body {
	c.mu.Lock()
	defer c.mu.Unlock()
	arns := []string{}
	for _, thing := range slices.Backward(c.find(definitionType, map[string]any{"family": asked["familyPrefix"]})) {
		arns = append(arns, text(thing.Props, "arn"))
	}
	return body{"taskDefinitionArns": arns}
}

// describeDefinition is nil for one that is made up for an instance.
func (c *Cloud) describeDefinition(asked body) body {
	c.mu.Lock()
	defer c.mu.Unlock()
	found := c.find(definitionType, map[string]any{"arn": asked["taskDefinition"]})
	if len(found) == 0 {
		return nil
	}
	var containers []any
	_ = json.Unmarshal([]byte(text(found[0].Props, "containerDefinitions")), &containers)
	return body{"taskDefinition": body{"taskDefinitionArn": asked["taskDefinition"], "containerDefinitions": containers}}
}

// updateService deploys a task definition, whose tasks are there at once.
func (c *Cloud) updateService(asked body) body {
	c.mu.Lock()
	defer c.mu.Unlock()
	thing, _ := c.service()
	thing.Props = maps.Clone(thing.Props)
	thing.Props["taskDefinition"] = asked["taskDefinition"]
	running, err := amazonRuns(c, thing)
	if err != nil {
		return nil
	}
	c.things[c.index(thing.Type, thing.ID)] = thing
	c.serve(running)
	c.note("deploy", thing)
	_, described := c.service()
	return body{"service": described}
}
