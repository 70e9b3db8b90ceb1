package main

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/killrvideo/killrvideo-go/infra/plan"
	"github.com/killrvideo/killrvideo-go/infra/policy/policytest"
)

const (
	bucket = "arn:aws:s3:::octo-state"
	key    = "arn:aws:kms:eu-west-1:111122223333:key/00000000-0000-4000-8000-000000000000"
)

func settings(change map[string]string) plan.Stack {
	config := map[string]string{
		"owner": "octo-org", "repository": "videos", "ownerId": "42", "repositoryId": "4242",
		"environments": `["preview-staging","preview-prod"]`, "stateBucket": "octo-state", "keys": `{"preview-staging":"` + key + `"}`,
	}
	for name, value := range change {
		config[name] = value
	}
	stack := plan.Stack{Project: "killrvideo-ci-aws", Name: "account", Config: map[string]string{}}
	for name, value := range config {
		stack.Config["killrvideo-ci-aws:"+name] = value
	}
	return stack
}

func planned(t *testing.T, change map[string]string) map[string]plan.Resource {
	t.Helper()
	made, err := plan.Run(program, settings(change))
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]plan.Resource{}
	for _, r := range made.Resources {
		if !r.Component && !strings.HasPrefix(r.Type, "pulumi:") && r.Parent != "infra:ci:AWS killrvideo-ci-aws" {
			t.Errorf("%s is below %q", r.Label(), r.Parent)
		}
		all[r.Name] = r
	}
	return all
}

// document is an IAM policy as IAM reads it.
type document struct {
	Statement []struct {
		Effect           string
		Principal        map[string]string
		Action, Resource []string
		Condition        map[string]map[string][]string
	}
}

func read(t *testing.T, text any) (d document) {
	t.Helper()
	if err := json.Unmarshal([]byte(text.(string)), &d); err != nil {
		t.Fatalf("%v: %v", err, text)
	}
	return d
}

// TestPreviewIdentities: a role is for the jobs of one environment of one
// repository, by whole names; a pattern would let others in.
func TestPreviewIdentities(t *testing.T) {
	t.Parallel()
	provider := "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"
	all := planned(t, map[string]string{"provider": provider})
	for _, environment := range []string{"preview-staging", "preview-prod"} {
		trust := read(t, all["killrvideo-"+environment].Inputs["assumeRolePolicy"]).Statement
		if len(trust) != 1 || trust[0].Principal["Federated"] != provider ||
			!slices.Equal(trust[0].Action, []string{"sts:AssumeRoleWithWebIdentity"}) {
			t.Fatalf("the role of %s trusts %+v", environment, trust)
		}
		want := map[string]map[string][]string{"StringEquals": {
			"token.actions.githubusercontent.com:aud": {"sts.amazonaws.com"},
			"token.actions.githubusercontent.com:sub": {
				"repo:octo-org@42/videos@4242:environment:" + environment, "repo:octo-org/videos:environment:" + environment},
		}}
		if !reflect.DeepEqual(trust[0].Condition, want) {
			t.Errorf("the role of %s is for %v", environment, trust[0].Condition)
		}
	}
	if _, made := all["github"]; made {
		t.Error("a second identity provider is made; an account takes one")
	}
}

// TestWhatAPreviewMayDo is every right that the account grants. Production's
// environment has no key in this example, and so decrypts nothing.
func TestWhatAPreviewMayDo(t *testing.T) {
	t.Parallel()
	all := planned(t, nil)
	state := func(stack string) string {
		return "s3:GetObject " + strings.Join([]string{bucket + "/.pulumi/meta.yaml", bucket + "/.pulumi/stacks/killrvideo/" + stack + ".*",
			bucket + "/.pulumi/history/killrvideo/" + stack + "/*", bucket + "/.pulumi/locks/organization/killrvideo/" + stack + "/*"}, ",")
	}
	const zones = "ec2:DescribeAvailabilityZones *"
	for environment, want := range map[string][]string{
		"preview-staging": {"s3:ListBucket " + bucket, state("staging"), "kms:Decrypt " + key, zones},
		"preview-prod":    {"s3:ListBucket " + bucket, state("prod"), zones},
	} {
		var got []string
		for _, s := range read(t, all["killrvideo-"+environment+"-reads"].Inputs["policy"]).Statement {
			got = append(got, strings.Join(s.Action, ",")+" "+strings.Join(s.Resource, ","))
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s may %q", environment, got)
		}
	}
	for name, r := range all {
		known := []string{
			"aws:iam/role:Role",
			"aws:iam/rolePolicy:RolePolicy",
			"aws:iam/openIdConnectProvider:OpenIdConnectProvider",
			"infra:ci:AWS",
		}
		if !slices.Contains(known, r.Type) {
			t.Errorf("%s is a %s, which this test does not know", name, r.Type)
		}
		if r.Inputs["managedPolicyArns"] != nil || r.Inputs["inlinePolicies"] != nil {
			t.Errorf("%s has rights that this test does not read", name)
		}
	}
}

func TestTheIdentityProvider(t *testing.T) {
	t.Parallel()
	inputs := planned(t, nil)["github"].Inputs
	if inputs["url"] != "https://token.actions.githubusercontent.com" ||
		!reflect.DeepEqual(inputs["clientIdLists"], []any{"sts.amazonaws.com"}) {
		t.Errorf("got %v", inputs)
	}
	trust := read(t, planned(t, nil)["killrvideo-preview-prod"].Inputs["assumeRolePolicy"]).Statement[0]
	if trust.Principal["Federated"] != "${github.arn}" {
		t.Errorf("the roles believe %v", trust.Principal)
	}
}

// TestReviewed holds the plan to the policy and to the files beside.
// Rewrite them with: go test ./stacks/ci/aws -update
func TestReviewed(t *testing.T) {
	t.Parallel()
	made, err := plan.Run(program, settings(nil))
	if err != nil {
		t.Fatal(err)
	}
	policytest.Plan(t, "testdata", made, nil)
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ key, value, word string }{
		"a pattern":                    {"repository", "*", "repository:"},
		"no environment":               {"environments", "", "environments:"},
		"one that deploys":             {"environments", `["prod"]`, "environment:"},
		"no list":                      {"environments", "prod", "environments:"},
		"a bucket's address":           {"stateBucket", "s3://octo-state", "without s3://"},
		"another issuer":               {"provider", "arn:aws:iam::111122223333:oidc-provider/example.org", "provider:"},
		"an alias for a key":           {"keys", `{"preview-prod":"alias/prod"}`, "keys:"},
		"a key without an environment": {"keys", `{"preview-dev":"` + key + `"}`, "keys:"},
		"a wildcard for all keys":      {"keys", `{"preview-prod":"*"}`, "keys:"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := plan.Run(program, settings(map[string]string{test.key: test.value}))
			if err == nil || !strings.Contains(err.Error(), test.word) {
				t.Errorf("got %v", err)
			}
		})
	}
}
