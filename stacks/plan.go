package stacks

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/killrvideo/killrvideo-go/infra/plan"
	"github.com/killrvideo/killrvideo-go/infra/policy"
	"github.com/killrvideo/killrvideo-go/stacks/launch/checkout"
	"github.com/killrvideo/killrvideo-go/stacks/launch/stackfile"
)

// Planned is the plan of a stack's settings file, and what had to be assumed
// because the file does not say it.
type Planned struct {
	*plan.Plan
	Assumed []string
	// Findings are what the policy says of it.
	Findings []policy.Finding
}

// Plan runs the program with the settings of a stack, as up would read them. It
// needs no account and no passphrase: a secret is made up, and so is what only
// the owner of an account knows.
func Plan(root, stack, target string, build Builder) (*Planned, error) {
	settings, err := inForce(root, stack)
	if err != nil {
		return nil, err
	}
	assumed := assume(settings, target)
	with, err := configuration(settings)
	if err != nil {
		return nil, err
	}
	with.Project, with.Name, with.Checkout = Namespace, stack, root
	unknown := &Problems{Stack: stack}
	unknown.unknown(slices.Sorted(maps.Keys(settings)))
	made, err := plan.Run(func(ctx *pulumi.Context) error { return Program(ctx, target, build, StackContext{}) }, with)
	if err != nil {
		return nil, join(stack, unknown.orNil(), err)
	}
	reader := &reader{source: fileSource{stack, with.Config, with.Secrets}, problems: &Problems{Stack: stack}}
	return &Planned{made, assumed, policy.Check(made, reader.waivers(), time.Now())}, join(stack, unknown.orNil(), nil)
}

// inForce is the config of a stack's settings file.
func inForce(root, stack string) (map[string]any, error) {
	home, err := checkout.Home(root)
	if err != nil {
		return nil, err
	}
	file, err := stackfile.Find(root, home, stack)
	if err != nil {
		return nil, err
	}
	settings, _, err := file.Read()
	if err != nil {
		return nil, err
	}
	return settings.Config(), nil
}

// FromFile is a source for the settings of a file, without Pulumi and without
// the passphrase: secrets are made up, each in the form of its setting.
func FromFile(stack string, settings stackfile.Settings) (Source, error) {
	with, err := configuration(settings.Config())
	if err != nil {
		return nil, err
	}
	return fileSource{stack, with.Config, with.Secrets}, nil
}

type fileSource struct {
	stack   string
	values  map[string]string
	secrets []string
}

func (s fileSource) Stack() string { return s.stack }

func (s fileSource) GetConfig(key string) (string, bool) {
	value, set := s.values[key]
	return value, set
}

func (s fileSource) IsConfigSecret(key string) bool { return slices.Contains(s.secrets, key) }

// assume fills in what every deployment outside this machine needs and no
// committed file has to say.
func assume(settings map[string]any, target string) (assumed []string) {
	if target == "local" {
		return nil
	}
	missing := map[string]any{
		"astraDatabaseId": "00000000-0000-4000-8000-00000000da7a", "astraRegion": "us-east1",
		"astraDeployToken": map[string]any{"secure": "made up"},
	}
	for _, key := range slices.Sorted(maps.Keys(missing)) {
		if _, set := settings[Namespace+":"+key]; !set {
			settings[Namespace+":"+key] = missing[key]
			assumed = append(assumed, key)
		}
	}
	group, is := settings[Namespace+":"+target].(map[string]any)
	if _, set := settings[Namespace+":"+target]; set && !is {
		return assumed // which is refused when it is read
	}
	group = maps.Clone(group)
	if group == nil {
		group = map[string]any{}
	}
	for key, value := range targetNamed(target).assumed {
		// A stack that asks for plain HTTP has no name to prove.
		if key != "region" && target == "ecs" && group["allowHttp"] == true {
			continue
		}
		// Only these ways in have a proxy of the cluster in front.
		way := group["expose"]
		if key == "callersNamespace" && way != nil && way != "ingress" && way != "gateway" {
			continue
		}
		if _, set := group[key]; !set {
			group[key] = value
			assumed = append(assumed, target+"."+key)
		}
	}
	settings[Namespace+":"+target] = group
	slices.Sort(assumed)
	return assumed
}

// configuration turns a file's settings into a program's. Secrets are made up,
// each in its form.
func configuration(settings map[string]any) (plan.Stack, error) {
	with := plan.Stack{Config: map[string]string{}}
	for key, value := range settings {
		object, isObject := value.(map[string]any)
		if _, encrypted := object["secure"]; isObject && encrypted && len(object) == 1 {
			with.Config[key] = madeUp(key)
			with.Secrets = append(with.Secrets, key)
			continue
		}
		text := fmt.Sprint(value)
		if isObject {
			open, secret := revealed(key, object)
			encoded, err := json.Marshal(open)
			if err != nil {
				return with, fmt.Errorf("the setting %s: %w", key, err)
			}
			text = string(encoded)
			if secret {
				with.Secrets = append(with.Secrets, key)
			}
		}
		with.Config[key] = text
	}
	return with, nil
}

// revealed puts a made-up secret in the place of each encrypted member, and
// tells whether there was one: then the whole group is secret.
func revealed(group string, members map[string]any) (open map[string]any, secret bool) {
	open = maps.Clone(members)
	for name, value := range members {
		if object, is := value.(map[string]any); is && len(object) == 1 && object["secure"] != nil {
			open[name], secret = madeUp(group+"."+name), true
		}
	}
	return open, secret
}

// madeUp is a secret that opens nothing and passes the rules of its setting.
// It is the same in every plan, so that plans can be compared.
func madeUp(key string) string {
	sum := sha256.Sum256([]byte("made up for a plan: " + key))
	switch key {
	case Namespace + ":astraDeployToken", Namespace + ":astraToken", Namespace + ":astraReadOnlyToken":
		return "AstraCS:plan:" + hex.EncodeToString(sum[:])
	}
	if key == Namespace+":otlpHeaders" {
		return "api-key=" + hex.EncodeToString(sum[:])
	}
	if key == Namespace+":kubernetes.dockerConfig" {
		return `{"auths":{"registry.example.org":{"auth":"` + base64.StdEncoding.EncodeToString(sum[:]) + `"}}}`
	}
	return base64.StdEncoding.EncodeToString(sum[:])
}
