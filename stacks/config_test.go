package stacks

import (
	"errors"
	"os"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
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
	if cfg.Target != "local" || cfg.Environment != "dev" || cfg.Keyspace != "killrvideo" || cfg.JWTExpiryMinutes != 60 {
		t.Errorf("unexpected defaults: %+v", cfg)
	}
}

func TestEverySettingIsHeldToItsRule(t *testing.T) {
	t.Parallel()
	for key, bad := range map[string]string{
		"target": "mars", "environment": "Dev!", "image": "killrvideo:latest", "minInstances": "-1",
		"maxInstances": "0", "concurrency": "many", "cpu": "banana", "memory": "64", "logLevel": "LOUD",
		"corsOrigins": "example.org/path", "jwtExpiryMinutes": "0", "moderatorEmails": "nobody",
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
			if problems.List[0].Key != key || problems.List[0].Cure == "" {
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
	for _, want := range []string{"4 problems", `stack "dev"`, "maxInstances", "logLevel", "keyspace", "gateReason", "pulumi config set logLevel INFO --stack dev"} {
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
		"min over max":      {map[string]string{"minInstances": "5", "maxInstances": "2"}, "more than maxInstances"},
		"image on local":    {map[string]string{"image": "x/y@sha256:" + strings.Repeat("a", 64)}, "target local builds"},
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

func TestSecretsAreRefusedInClearAndNeverShown(t *testing.T) {
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

func TestKeysAreThoseOfTheProjectFile(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../Pulumi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var project struct {
		Config map[string]struct {
			Secret      bool
			Description string
		}
	}
	if err := yaml.Unmarshal(text, &project); err != nil {
		t.Fatal(err)
	}
	for _, key := range Keys() {
		declared, ok := project.Config[key.Name]
		if !ok || declared.Secret != key.Secret || declared.Description == "" {
			t.Errorf("%s is declared as %+v", key.Name, declared)
		}
		delete(project.Config, key.Name)
	}
	for name := range project.Config {
		t.Errorf("Pulumi.yaml declares %s, which the program does not read", name)
	}
}
