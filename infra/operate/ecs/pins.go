package ecs

import (
	"context"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// pins are the versions that are read, as ARN|VERSION; without a version any one
// may be.
type pins map[string]bool

func (p pins) has(arn, version string) bool { return p[arn+"|"+version] || p[arn+"|"] }

// add takes a reference of a task definition: the secret's ARN, a key of its
// value, a label and a version, of which all but the first may be empty or missing.
func (p pins) add(from *string) {
	const parts = 7 // of an ARN
	all := strings.Split(aws.ToString(from), ":")
	if len(all) < parts {
		return
	}
	version := ""
	if len(all) == parts+3 {
		version = all[parts+2]
	}
	p[strings.Join(all[:parts], ":")+"|"+version] = true
}

func (p pins) task(of types.TaskDefinition) {
	for _, c := range of.ContainerDefinitions {
		for _, one := range c.Secrets {
			p.add(one.ValueFrom)
		}
		if c.LogConfiguration != nil {
			for _, one := range c.LogConfiguration.SecretOptions {
				p.add(one.ValueFrom)
			}
		}
		if c.RepositoryCredentials != nil {
			p.add(c.RepositoryCredentials.CredentialsParameter)
		}
	}
}

// used are the versions that the tasks of the services read, the old ones of a
// deployment that is under way too.
func (s *store) used(ctx context.Context) (pins, error) {
	used := pins{}
	for _, r := range s.services {
		cluster, name := r.Text("cluster"), r.Text("name")
		found, err := s.tasks.DescribeServices(ctx, &ecs.DescribeServicesInput{Cluster: &cluster, Services: []string{name}})
		if err != nil {
			return used, fmt.Errorf("describe service %s, which needs ecs:DescribeServices: %w", name, err)
		}
		definitions := map[string]bool{}
		for _, service := range found.Services {
			definitions[aws.ToString(service.TaskDefinition)] = true
			for _, deployment := range service.Deployments {
				definitions[aws.ToString(deployment.TaskDefinition)] = true
			}
		}
		for definition := range definitions {
			if definition == "" {
				continue
			}
			described, err := s.tasks.DescribeTaskDefinition(ctx, &ecs.DescribeTaskDefinitionInput{TaskDefinition: &definition})
			if err != nil {
				return used, fmt.Errorf("describe the task definition %s, which needs ecs:DescribeTaskDefinition: %w", definition, err)
			}
			if described.TaskDefinition != nil {
				used.task(*described.TaskDefinition)
			}
		}
	}
	return used, nil
}
