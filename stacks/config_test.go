package stacks

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

// source is a stack's settings in memory.
type source struct {
	values  map[string]string
	secrets map[string]bool
}

func (s source) Stack() string { return "dev" }
func (s source) GetConfig(key string) (string, bool) {
	value, ok := s.values[strings.TrimPrefix(key, Namespace+":")]
	return value, ok
}
func (s source) IsConfigSecret(key string) bool {
	return s.secrets[strings.TrimPrefix(key, Namespace+":")]
}

func TestDefaultsAreFine(t *testing.T) {
	t.Parallel()
	cfg, err := Load(source{})
	if err != nil {
		t.Fatal(err)
	}
	if cfg.Target != "local" || cfg.Environment != "dev" || cfg.Keyspace != "killrvideo" || cfg.JWTExpiryMinutes != 60 ||
		cfg.Variables["LOG_LEVEL"] != "INFO" {
		t.Errorf("unexpected defaults: %+v", cfg)
	}
}

// The engine hands over the defaults of Pulumi.yaml too.
func TestDefaultsThatAreHandedOverAreFine(t *testing.T) {
	t.Parallel()
	values := map[string]string{}
	for _, key := range Keys() {
		if !key.Secret && key.Default != "" {
			values[key.Name] = key.Default
		}
	}
	if _, err := Load(source{values: values}); err != nil || values["minInstances"] == "" {
		t.Errorf("%v: %v", values, err)
	}
	values["maxInstances"] = "2"
	if _, err := Load(source{values: values}); err == nil || !strings.Contains(err.Error(), "maxInstances") {
		t.Errorf("a setting that does nothing is accepted: %v", err)
	}
}

func TestEverySettingIsHeldToItsRule(t *testing.T) {
	t.Parallel()
	for key, bad := range map[string]string{
		"target": "mars", "environment": "Dev!", "image": "killrvideo:latest", "minInstances": "-1",
		"maxInstances": "0", "concurrency": "many", "cpu": "banana", "memory": "64", "logLevel": "LOUD",
		"corsOrigins": "example.org/path", "jwtExpiryMinutes": "0", "moderatorEmails": "no-address",
		"defaultRoles": "king", "astraDatabaseId": "mydb", "astraRegion": "Mars 1", "keyspace": "a-b",
		"gate": "maybe", "gateTimeoutSeconds": "1", "allowBroadAstraToken": "perhaps",
	} {
		t.Run(key, func(t *testing.T) {
			t.Parallel()
			_, err := Load(source{values: map[string]string{key: bad}})
			var problems *Problems
			if !errors.As(err, &problems) {
				t.Fatalf("%s=%s is accepted", key, bad)
			}
			if problems.List[0].Key != key || problems.List[0].Fix == "" {
				t.Errorf("the first problem is %+v", problems.List[0])
			}
		})
	}
}

func TestAllProblemsAtOnce(t *testing.T) {
	t.Parallel()
	_, err := Load(source{values: map[string]string{"maxInstances": "0", "logLevel": "LOUD", "keyspace": "a b", "gate": "off"}})
	var problems *Problems
	if !errors.As(err, &problems) || len(problems.List) != 4 {
		t.Fatalf("got %v", err)
	}
	for _, want := range []string{"4 problems", `stack "dev"`, "maxInstances", "logLevel", "keyspace", "gateReason",
		"pulumi config set logLevel INFO --stack dev"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q is missing in:\n%v", want, err)
		}
	}
}

func TestCombinations(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		values map[string]string
		want   string
	}{
		"min over max":      {map[string]string{"target": "ecs", "minInstances": "5", "maxInstances": "2"}, "more than maxInstances"},
		"image on local":    {map[string]string{"image": "x/y@sha256:" + strings.Repeat("a", 64)}, "programs that were built on this machine"},
		"broad outside dev": {map[string]string{"environment": "prod", "allowBroadAstraToken": "true"}, "only environment dev"},
		"cloud, no account": {map[string]string{"target": "ecs"}, "needs the database"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := Load(source{values: test.values})
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Fatalf("got %v, want %q", err, test.want)
			}
		})
	}
}

func TestSecretsInPlaintextAreRefusedAndNeverShown(t *testing.T) {
	t.Parallel()
	for key, weak := range map[string]string{
		"jwtSecretKey": "hunter2hunter2", "astraToken": "not-a-token-canary", "astraDeployToken": "canary:x", "nvidiaApiKey": "a b canary",
		"youtubeApiKey": "c d canary", "otlpHeaders": "canary-without-a-name",
	} {
		for _, secret := range []bool{true, false} {
			_, err := Load(source{values: map[string]string{key: weak}, secrets: map[string]bool{key: secret}})
			if err == nil || !strings.Contains(err.Error(), key) {
				t.Fatalf("%s is accepted (secret: %v): %v", key, secret, err)
			}
			if strings.Contains(err.Error(), weak) {
				t.Errorf("the problem with %s shows its value", key)
			}
		}
	}
}

func TestOnlyMissingSecretsAreAClassOfTheirOwn(t *testing.T) {
	t.Parallel()
	_, err := Load(source{values: map[string]string{
		"target": "ecs", "astraRegion": "us-east1", "astraDatabaseId": "00000000-0000-4000-8000-000000000001",
	}})
	var problems *Problems
	if !errors.As(err, &problems) || !problems.OnlyMissing() {
		t.Fatalf("got %v", err)
	}
}

func TestGroupRefusesUnknownMembers(t *testing.T) {
	t.Parallel()
	var settings struct {
		Port int `json:"port"`
	}
	if err := Group(source{values: map[string]string{"local": `{"port":8010}`}}, "local", &settings); err != nil || settings.Port != 8010 {
		t.Fatalf("got %d, %v", settings.Port, err)
	}
	err := Group(source{values: map[string]string{"local": `{"prot":8010}`}}, "local", &settings)
	if err == nil || !strings.Contains(err.Error(), "prot") {
		t.Fatalf("an unknown member gave %v", err)
	}
}

func TestMemoryThatIsNotSetGoesWithTheProcessors(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ target, cpu, want string }{
		{"local", "1", "512Mi"}, {"kubernetes", "4", "512Mi"},
		{"ecs", "0.25", "512Mi"}, {"ecs", "0.5", "1024Mi"}, {"ecs", "1", "2048Mi"}, {"ecs", "16", "32768Mi"}, {"ecs", "banana", "2048Mi"},
		{"cloudrun", "1", "512Mi"}, {"cloudrun", "2", "512Mi"}, {"cloudrun", "4", "2Gi"}, {"cloudrun", "6", "4Gi"}, {"cloudrun", "8", "4Gi"},
	} {
		if got := leastMemory(c.target, c.cpu); got != c.want {
			t.Errorf("%s with %s processors: got %s, want %s", c.target, c.cpu, got, c.want)
		}
	}
}

func TestPolicyWaivers(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ value, problem string }{
		"complete":     {`{"keys outlive mistakes": {"reason": "migration", "expires": "2027-01-31", "resource": "key"}}`, ""},
		"no reason":    {`{"keys outlive mistakes": {"expires": "2027-01-31"}}`, "has no reason"},
		"no date":      {`{"keys outlive mistakes": {"reason": "migration"}}`, "needs expires as YYYY-MM-DD"},
		"unknown rule": {`{"no role": {"reason": "migration", "expires": "2027-01-31"}}`, "unknown rule"},
		"unknown part": {`{"keys outlive mistakes": {"why": "migration", "expires": "2027-01-31"}}`, "unknown field"},
		"no group":     {`["keys outlive mistakes"]`, "is a group of settings"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			source := fileSource{stack: "dev", values: map[string]string{Namespace + ":policyWaivers": test.value}}
			r := &reader{source: source, problems: &Problems{Stack: "dev"}}
			waivers, text := r.waivers(), fmt.Sprint(r.problems.orNil())
			if (len(waivers) == 1) != (test.problem == "") || !strings.Contains(text, test.problem) {
				t.Errorf("%d waivers, %s", len(waivers), text)
			}
		})
	}
}
