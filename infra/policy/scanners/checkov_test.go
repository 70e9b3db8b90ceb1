package scanners

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"gopkg.in/yaml.v3"

	"github.com/killrvideo/killrvideo-go/infra/plan"
)

// checkov finds the program: CHECKOV, or where make puts it. Without it the
// test is skipped, or fails where CHECKOV_TESTS=1 says that it must be there.
func checkov(t *testing.T) string {
	t.Helper()
	name := os.Getenv("CHECKOV")
	if name == "" {
		name = root + "/.killrvideo/checkov/bin/checkov"
	}
	found, err := exec.LookPath(name)
	if err != nil && os.Getenv("CHECKOV_TESTS") == "1" {
		t.Fatalf("CHECKOV_TESTS=1, but: %v; run make .killrvideo/checkov/bin/checkov", err)
	}
	if err != nil {
		t.Skipf("%v; make .killrvideo/checkov/bin/checkov installs it, which needs Python", err)
	}
	absolute, err := filepath.Abs(found)
	if err != nil {
		t.Fatal(err)
	}
	return absolute
}

// run runs Checkov in a folder, without the network and not for ever. That
// checks failed is no error.
func run(t *testing.T, folder string, args ...string) []byte {
	t.Helper()
	_ = os.Getenv("SOURCES") // see test.sh
	ctx, stop := context.WithTimeout(t.Context(), 5*time.Minute)
	defer stop()
	command := exec.CommandContext(ctx, checkov(t), append(args, "--skip-download")...)
	command.Dir = folder
	// A request that it makes in spite of the flag fails.
	command.Env = append(
		os.Environ(),
		"HTTPS_PROXY=http://127.0.0.1:9",
		"HTTP_PROXY=http://127.0.0.1:9",
		"NO_PROXY=",
		"LOG_LEVEL=ERROR",
		"HOME="+t.TempDir(),
	)
	var output, complaints bytes.Buffer
	command.Stdout, command.Stderr = &output, &complaints
	var failed *exec.ExitError
	if err := command.Run(); err != nil && (!errors.As(err, &failed) || output.Len() == 0) {
		t.Fatalf("checkov %s: %v\n%s", strings.Join(args, " "), err, &complaints)
	}
	return output.Bytes()
}

// report is what Checkov says of one framework.
type report struct {
	Kind    string `json:"check_type"`
	Results struct {
		Passed []check  `json:"passed_checks"`
		Failed []check  `json:"failed_checks"`
		Errors []string `json:"parsing_errors"`
	} `json:"results"`
}

type check struct {
	ID       string `json:"check_id"`
	Name     string `json:"check_name"`
	File     string `json:"file_path"`
	Resource string `json:"resource"`
}

// verdict is every check that ran: those that passed everywhere, and those
// that failed somewhere.
type verdict struct {
	passed map[string]bool
	failed map[string][]check
}

func judge(t *testing.T, folder string, frameworks ...string) verdict {
	t.Helper()
	output := run(t, folder, "--directory", ".", "--framework", strings.Join(frameworks, ","), "--output", "json")
	var reports []report
	if err := json.Unmarshal(output, &reports); err != nil {
		reports = make([]report, 1)
		if err := json.Unmarshal(output, &reports[0]); err != nil {
			t.Fatalf("read Checkov's report: %v\n%s", err, output)
		}
	}
	v := verdict{map[string]bool{}, map[string][]check{}}
	var kinds []string
	for _, r := range reports {
		kinds = append(kinds, r.Kind)
		for _, name := range r.Results.Errors {
			t.Errorf("Checkov cannot read %s", name)
		}
		for _, c := range r.Results.Passed {
			v.passed[c.ID] = true
		}
		for _, c := range r.Results.Failed {
			v.failed[c.ID] = append(v.failed[c.ID], c)
		}
	}
	slices.Sort(kinds)
	slices.Sort(frameworks)
	if !slices.Equal(kinds, frameworks) {
		t.Errorf("Checkov judged %v, not %v", kinds, frameworks)
	}
	return v
}

// everything is a folder with all that Checkov is to judge: the plans as
// Terraform and as objects of a cluster, the Dockerfile, the workflows.
func everything(t *testing.T) string {
	t.Helper()
	folder, kinds := t.TempDir(), terraformKinds(t)
	for name, p := range plans(t) {
		if text := terraform(p, kinds); text != "" {
			write(t, filepath.Join(folder, name, "main.tf"), text)
		}
		if text := objects(t, p); text != "" {
			write(t, filepath.Join(folder, name, "objects.yaml"), text)
		}
	}
	files, err := filepath.Glob(root + "/.github/workflows/*.yml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no workflow is found (%v)", err)
	}
	for _, file := range append(files, root+"/Dockerfile") {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		write(t, filepath.Join(folder, strings.TrimPrefix(file, root)), string(text))
	}
	return folder
}

// terraformKinds are Terraform's names by type.
func terraformKinds(t *testing.T) map[string]string {
	t.Helper()
	kinds := map[string]string{}
	readYAML(t, "terraform.yaml", &kinds)
	return kinds
}

// waiver is why a check may fail, and until when.
type waiver struct {
	Reason  string
	Pass    string
	Expires string
}

func readYAML(t *testing.T, file string, into any) {
	t.Helper()
	source, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer source.Close()
	decoder := yaml.NewDecoder(source)
	decoder.KnownFields(true)
	if err := decoder.Decode(into); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// TestCheckov judges all that is deployed: no check fails without a waiver, and
// every waiver is needed.
func TestCheckov(t *testing.T) {
	t.Parallel()
	waivers := map[string]waiver{}
	readYAML(t, "waivers.yaml", &waivers)
	v := judge(t, everything(t), "dockerfile", "github_actions", "kubernetes", "terraform")
	for id, checks := range v.failed {
		if _, waived := waivers[id]; !waived {
			t.Errorf("%s (%s) fails for %s in %s, without a waiver", id, checks[0].Name, checks[0].Resource, checks[0].File)
		}
	}
	for id := range waivers {
		if len(v.failed[id]) == 0 {
			t.Errorf("the waiver of %s is not needed: the check passes", id)
		}
	}
}

// TestWaiversOfCheckov have a reason, a way to pass, and are in force.
func TestWaiversOfCheckov(t *testing.T) {
	t.Parallel()
	waivers := map[string]waiver{}
	readYAML(t, "waivers.yaml", &waivers)
	for id, w := range waivers {
		last, err := time.Parse(time.DateOnly, w.Expires)
		if w.Reason == "" || w.Pass == "" || err != nil {
			t.Errorf("the waiver of %s needs a reason, a way to pass and a date (%v)", id, err)
		} else if time.Now().After(last.AddDate(0, 0, 1)) {
			t.Errorf("the waiver of %s expired on %s; does its reason still hold: %s?", id, w.Expires, w.Reason)
		}
	}
}

// TestEveryCloudResourceReachesCheckov: a type without a name in Terraform is
// not judged.
func TestEveryCloudResourceReachesCheckov(t *testing.T) {
	t.Parallel()
	kinds := terraformKinds(t)
	for name, p := range plans(t) {
		for _, r := range p.Resources {
			cloud := strings.HasPrefix(r.Type, "aws:") || strings.HasPrefix(r.Type, "gcp:")
			if cloud && kinds[r.Type] == "" {
				t.Errorf("%s has a %s, which has no name in terraform.yaml", name, r.Type)
			}
		}
	}
}

// TestCheckovFinds shows that the way from a plan to Checkov loses nothing: a
// plan that breaks things fails for each of them.
func TestCheckovFinds(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	broken := &plan.Plan{Resources: []plan.Resource{
		{Type: "aws:ec2/vpc:Vpc", Name: "net", Inputs: map[string]any{"cidrBlock": "10.0.0.0/16"}},
		{
			Type:   "aws:lb/loadBalancer:LoadBalancer",
			Name:   "front",
			Inputs: map[string]any{"loadBalancerType": "application", "dropInvalidHeaderFields": false},
		},
		{Type: "aws:acm/certificate:Certificate", Name: "tls", DeleteFirst: true, Inputs: map[string]any{"domainName": "example.org"}},
		{
			Type:   "aws:ecs/service:Service",
			Name:   "api",
			Inputs: map[string]any{"networkConfiguration": map[string]any{"assignPublicIp": true}},
		},
		{
			Type:   "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
			Name:   "in",
			Inputs: map[string]any{"cidrIpv4": "0.0.0.0/0", "ipProtocol": "tcp", "fromPort": 443, "toPort": 443},
		},
		{
			Type: "aws:iam/role:Role",
			Name: "role",
			Inputs: map[string]any{"assumeRolePolicy": `{"Version":"2012-10-17","Statement":[{"Effect":"Allow",` +
				`"Principal":{"AWS":"arn:aws:iam::123456789012:root"},"Action":"sts:AssumeRole"}]}`},
		},
		{Type: "aws:kms/key:Key", Name: "key", Inputs: map[string]any{"enableKeyRotation": false}},
		{Type: "gcp:kms/cryptoKey:CryptoKey", Name: "key", Inputs: map[string]any{"keyRing": "ring"}},
		{
			Type: "aws:ecs/taskDefinition:TaskDefinition",
			Name: "task",
			Inputs: map[string]any{"executionRoleArn": "role", "taskRoleArn": "role",
				"containerDefinitions": `[{"name":"a","image":"b","secrets":[{"valueFrom":"${net.arn}"}]}]`},
		},
		{
			Type:   "aws:iam/rolePolicy:RolePolicy",
			Name:   "rights",
			Inputs: map[string]any{"policy": `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["*"],"Resource":["*"]}]}`},
		},
		{
			Type: "kubernetes:core/v1:Pod",
			Name: "pod",
			Inputs: map[string]any{"apiVersion": "v1", "kind": "Pod", "metadata": map[string]any{},
				"spec": map[string]any{"hostPID": true, "containers": []any{map[string]any{"name": "a", "image": "b:latest"}}}},
		},
	}}
	write(t, filepath.Join(folder, "main.tf"), terraform(broken, terraformKinds(t)))
	write(t, filepath.Join(folder, "objects.yaml"), objects(t, broken))
	v := judge(t, folder, "kubernetes", "terraform")
	for _, id := range []string{
		"CKV2_AWS_11", "CKV2_AWS_12", "CKV_AWS_131", "CKV_AWS_336", "CKV_AWS_62", "CKV_K8S_17", "CKV_K8S_14", "CKV_K8S_21",
		// These stand for rules that package policy therefore leaves out.
		"CKV_AWS_7", "CKV_AWS_23", "CKV_AWS_61", "CKV_AWS_150", "CKV_AWS_233", "CKV_AWS_249", "CKV_AWS_333", "CKV_GCP_43",
	} {
		if len(v.failed[id]) == 0 {
			t.Errorf("%s passes a plan that breaks it", id)
		}
	}
}
