package aws

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"

	"github.com/killrvideo/killrvideo-go/infra/ci"
)

const version = "2012-10-17"

// policy is a document of IAM.
type policy struct {
	Version   string
	Statement []statement
}

type statement struct {
	Effect    string
	Principal map[string]string              `json:",omitempty"`
	Action    []string                       `json:",omitempty"`
	Resource  []string                       `json:",omitempty"`
	Condition map[string]map[string][]string `json:",omitempty"`
}

// trust lets jobs with exactly these names be the role; no pattern, so that no
// branch, tag or other environment comes in by its name.
func trust(provider string, subjects []string) (string, error) {
	text, err := json.Marshal(policy{Version: version, Statement: []statement{{
		Effect:    "Allow",
		Principal: map[string]string{"Federated": provider},
		Action:    []string{"sts:AssumeRoleWithWebIdentity"},
		Condition: map[string]map[string][]string{"StringEquals": {
			claim("aud"): {audience},
			claim("sub"): subjects,
		}},
	}}})
	if err != nil {
		return "", fmt.Errorf("encode who may preview: %w", err)
	}
	return string(text), nil
}

func claim(name string) string { return ci.Issuer[len("https://"):] + ":" + name }

// rights are all that a preview does on AWS: it reads the state of its own stack,
// decrypts its secrets, and asks for the names of the zones. It sees the names of
// other stacks' objects, since S3 tells an absent object from a forbidden one
// only to who may list.
func (a Args) rights(environment string) (all []statement) {
	if a.StateBucket != "" {
		bucket := "arn:aws:s3:::" + a.StateBucket
		objects := []string{bucket + "/" + ci.StateFile}
		for _, prefix := range ci.StatePrefixes(environment) {
			objects = append(objects, bucket+"/"+prefix+"*")
		}
		all = append(all,
			statement{Effect: "Allow", Action: []string{"s3:ListBucket"}, Resource: []string{bucket}},
			statement{Effect: "Allow", Action: []string{"s3:GetObject"}, Resource: objects})
	}
	if key := a.Keys[environment]; key != "" {
		all = append(all, statement{Effect: "Allow", Action: []string{"kms:Decrypt"}, Resource: []string{key}})
	}
	// AWS knows no finer resource for them.
	return append(all, statement{Effect: "Allow", Action: []string{"ec2:DescribeAvailabilityZones"}, Resource: []string{"*"}})
}

var (
	bucketName  = regexp.MustCompile(`^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$`)
	keyARN      = regexp.MustCompile(`^arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]{36,}$`)
	providerARN = regexp.MustCompile(`^arn:aws[a-z-]*:iam::[0-9]{12}:oidc-provider/token\.actions\.githubusercontent\.com$`)
)

// check reports everything that is wrong at once.
func (a Args) check() error {
	all := []error{a.Repository.Check()}
	if len(a.Environments) == 0 {
		all = append(all, errors.New("environments: none is named; set one with: pulumi config set --path 'environments[0]' preview-prod"))
	}
	for _, environment := range a.Environments {
		all = append(all, ci.CheckEnvironment(environment))
	}
	if a.Provider != "" && !providerARN.MatchString(a.Provider) {
		all = append(all, fmt.Errorf("provider: %q is not the ARN of GitHub's identity provider; list them with: aws iam list-open-id-connect-providers", a.Provider))
	}
	if a.StateBucket != "" && !bucketName.MatchString(a.StateBucket) {
		all = append(all, fmt.Errorf("stateBucket: %q is no bucket's name; give it without s3://", a.StateBucket))
	}
	for _, environment := range slices.Sorted(maps.Keys(a.Keys)) {
		if !keyARN.MatchString(a.Keys[environment]) || !slices.Contains(a.Environments, environment) {
			all = append(all, fmt.Errorf("keys: %q for %q is not the ARN of a key for one of the environments; list them with: aws kms list-keys", a.Keys[environment], environment))
		}
	}
	return errors.Join(all...)
}
