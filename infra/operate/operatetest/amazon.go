package operatetest

import (
	"encoding/json"
	"net/http"
	"path"
	"slices"
	"strings"
	"time"
)

// Amazon is the API of ECS and of CloudWatch Logs for the tasks of one service,
// with one container. It wants a signature for the region.
func Amazon(region, cluster, service, group, container string, instances Instances) http.Handler {
	a := amazon{cluster, service, group, container, instances}
	operations := map[string]func(object) object{
		"AmazonEC2ContainerServiceV20141113.ListTasks":              a.list,
		"AmazonEC2ContainerServiceV20141113.DescribeTasks":          a.describe,
		"AmazonEC2ContainerServiceV20141113.DescribeTaskDefinition": a.definition,
		"AmazonEC2ContainerServiceV20141113.DescribeServices":       a.services,
		"Logs_20140328.GetLogEvents":                                a.events,
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/x-amz-json-1.1")
		operation, known := operations[r.Header.Get("X-Amz-Target")]
		if !strings.Contains(r.Header.Get("Authorization"), "/"+region+"/") || !known {
			message := "no identity allows " + r.Header.Get("X-Amz-Target")
			answer(w, http.StatusBadRequest, object{"__type": "AccessDeniedException", "message": message})
			return
		}
		var asked object
		_ = json.NewDecoder(r.Body).Decode(&asked)
		told := operation(asked)
		if told == nil {
			answer(w, http.StatusBadRequest, object{"__type": "ResourceNotFoundException", "message": "there is no such thing"})
			return
		}
		answer(w, http.StatusOK, told)
	})
}

type amazon struct {
	cluster, service, group, container string
	instances                          Instances
}

func (a amazon) arn(i Instance) string { return a.cluster + "/" + i.Name }

func (a amazon) list(asked object) object {
	arns := []string{}
	for _, each := range a.instances() {
		if each.Failed == (asked["desiredStatus"] == "STOPPED") {
			arns = append(arns, a.arn(each))
		}
	}
	if asked["cluster"] != a.cluster || asked["serviceName"] != a.service {
		return nil
	}
	return object{"taskArns": arns}
}

func (a amazon) describe(asked object) object {
	arns, _ := asked["tasks"].([]any)
	tasks := []object{}
	for _, each := range a.instances() {
		if slices.Contains(arns, any(a.arn(each))) {
			tasks = append(tasks, a.task(each))
		}
	}
	return object{"tasks": tasks, "failures": []object{}}
}

func (a amazon) task(i Instance) object {
	c := object{"name": a.container, "imageDigest": i.Digest}
	t := object{
		"taskArn": a.arn(i), "taskDefinitionArn": "task-definition/shop:" + i.Revision, "createdAt": i.StartedAt.Unix(),
		"lastStatus": "PENDING", "healthStatus": "UNKNOWN", "containers": []object{c},
	}
	if i.Running || i.Failed {
		t["startedAt"] = i.StartedAt.Unix()
	}
	switch {
	case i.Failed:
		t["lastStatus"], t["stopCode"], t["stoppedReason"] = "STOPPED", "EssentialContainerExited", "Essential container in task exited"
		c["exitCode"], c["reason"] = 1, i.Reason
	case i.Running && i.Ready:
		t["lastStatus"], t["healthStatus"] = "RUNNING", "HEALTHY"
	case i.Running:
		t["lastStatus"], t["healthStatus"] = "RUNNING", "UNHEALTHY"
	}
	return t
}

func (a amazon) definition(asked object) object {
	name, _ := asked["taskDefinition"].(string)
	_, revision, _ := strings.Cut(path.Base(name), ":")
	secrets := []object{}
	for _, i := range a.instances() {
		for _, pin := range i.Pins {
			if i.Revision == revision {
				secrets = append(secrets, object{"name": "PINNED", "valueFrom": pin})
			}
		}
	}
	return object{"taskDefinition": object{"containerDefinitions": []object{
		{"name": "sidecar"}, {"name": a.container, "environment": []object{{"name": "REVISION", "value": revision}}, "secrets": secrets},
	}}}
}

// services is the one service, with a deployment for each of its instances.
func (a amazon) services(asked object) object {
	if asked["cluster"] != a.cluster || !slices.Contains(asked["services"].([]any), any(a.service)) {
		return object{"services": []object{}, "failures": []object{{"reason": "MISSING"}}}
	}
	definitions := []object{}
	for _, i := range a.instances() {
		definitions = append(definitions, object{"taskDefinition": "task-definition/shop:" + i.Revision})
	}
	newest := definitions[0]["taskDefinition"]
	return object{"services": []object{{"status": "ACTIVE", "taskDefinition": newest, "deployments": definitions}}, "failures": []object{}}
}

// page is how many lines an answer has: a log has several pages.
const page = 2

// events gives pages from the end of the log; the token is where the next begins.
func (a amazon) events(asked object) object {
	stream, _ := asked["logStreamName"].(string)
	i, known := a.instances.named(path.Base(stream))
	if !known || len(i.Log) == 0 || path.Dir(stream) != a.container+"/"+a.container || asked["logGroupName"] != a.group {
		return nil
	}
	since, _ := asked["startTime"].(float64)
	events := []object{}
	for n, line := range i.Log {
		if at := i.loggedAt(n); float64(at.UnixMilli()) >= since {
			events = append(events, object{"timestamp": at.UnixMilli(), "message": line, "ingestionTime": time.Now().UnixMilli()})
		}
	}
	end := len(events)
	if token, given := asked["nextToken"].(string); given {
		end = len(token) - 1 // a token has one letter more than lines are left
	}
	end = min(end, len(events))
	begin := max(0, end-page)
	return object{"events": events[begin:end], "nextBackwardToken": strings.Repeat("b", begin+1), "nextForwardToken": "f"}
}
