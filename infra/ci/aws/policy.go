package aws

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"

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
		return "", fmt.Errorf("encode the trust of the previews: %w", err)
	}
	return string(text), nil
}

func claim(name string) string { return ci.Issuer[len("https://"):] + ":" + name }

// rights are all that a preview does on AWS: it reads the state of its own stack,
// decrypts its secrets, and asks for the names of the zones. It sees the names of
// other stacks' objects, since S3 tells an absent object from a forbidden one
// only to those who can list.
func (a *Args) rights(environment string) (all []statement) {
	if a.StateBucket != "" {
		bucket := "arn:aws:s3:::" + a.StateBucket
		objects := []string{bucket + "/" + ci.StateFile}
		for _, prefix := range ci.StatePrefixes(a.Project, environment) {
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
	state = ci.State{
		Scheme: "s3", Bucket: regexp.MustCompile(`^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$`),
		Key:     regexp.MustCompile(`^arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]{36,}$`),
		KeyName: "the ARN", ListKeys: "aws kms list-keys",
	}
	providerARN = regexp.MustCompile(`^arn:aws[a-z-]*:iam::[0-9]{12}:oidc-provider/token\.actions\.githubusercontent\.com$`)
)

// check reports everything that is wrong at once.
func (a *Args) check() error {
	all := ci.CheckPreviews(a.Project, a.Repository, a.Environments)
	if a.Provider != "" && !providerARN.MatchString(a.Provider) {
		all = append(all, fmt.Errorf(
			"provider: %q is not the ARN of GitHub's identity provider; list them with: aws iam list-open-id-connect-providers", a.Provider))
	}
	return errors.Join(append(all, state.Check(a.StateBucket, a.Keys, a.Environments)...)...)
}
