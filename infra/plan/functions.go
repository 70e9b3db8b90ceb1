package plan

import (
	"fmt"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// account is that of every plan on AWS.
const account = "123456789012"

// Call answers the functions that programs of this project use, as an account
// with three zones in a region would.
func (r *recorder) Call(args pulumi.MockCallArgs) (resource.PropertyMap, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	answer, err := Answer(args.Token, r.region())
	if err != nil {
		return nil, err
	}
	return resource.NewPropertyMapFromMap(answer), nil
}

// Answer is what a function tells in a plan, and on a stand-in cloud.
func Answer(token, region string) (map[string]any, error) {
	switch token {
	case "aws:index/getCallerIdentity:getCallerIdentity":
		return map[string]any{"accountId": account, "arn": "arn:aws:iam::" + account + ":user/plan", "userId": "plan", "id": account}, nil
	case "aws:index/getPartition:getPartition":
		return map[string]any{"partition": "aws", "dnsSuffix": "amazonaws.com", "reverseDnsPrefix": "com.amazonaws", "id": "aws"}, nil
	case "aws:index/getAvailabilityZones:getAvailabilityZones":
		names, ids, groups := []any{}, []any{}, []any{}
		for i, letter := range []string{"a", "b", "c"} {
			names, ids = append(names, region+letter), append(ids, fmt.Sprintf("%s-az%d", abbreviated(region), i+1))
			groups = append(groups, region)
		}
		return map[string]any{"names": names, "zoneIds": ids, "groupNames": groups, "id": region}, nil
	case "pulumi:pulumi:readStackOutputs": // every plan is of a stack that has deployed nothing
		return map[string]any{"outputs": map[string]any{}}, nil
	case "gcp:logging/getProjectCmekSettings:getProjectCmekSettings":
		return map[string]any{
			"id": "projects/" + account + "/cmekSettings", "serviceAccountId": "cmek-p" + account + "@gcp-sa-logging.iam.gserviceaccount.com",
		}, nil
	}
	return nil, fmt.Errorf("the function %s cannot be called in a plan", token)
}

// region is that of the provider for AWS.
func (r *recorder) region() string {
	for _, one := range r.resources {
		if region, is := one.Inputs["region"].(string); is && one.Type == "pulumi:providers:aws" {
			return region
		}
	}
	return ""
}

// abbreviated is a region as the ids of its zones begin: euw1 for eu-west-1.
func abbreviated(region string) string {
	short := strings.NewReplacer("north", "n", "south", "s", "east", "e", "west", "w", "central", "c", "gov", "g")
	return strings.ReplaceAll(short.Replace(region), "-", "")
}
