package stacks

import (
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/killrvideo/killrvideo-go/infra/provider/resource"
)

// FormerTypes are the types that resources had in earlier versions, by their
// type of today.
func FormerTypes() map[string]string {
	return map[string]string{
		resource.ProviderType:     "pulumi:providers:killrvideo",
		resource.RoleType:         "killrvideo:astra:Role",
		resource.TokenType:        "killrvideo:astra:Token",
		resource.SchemaType:       "killrvideo:astra:Schema",
		resource.SigningKeyType:   "killrvideo:jwt:SigningKey",
		resource.GateType:         "killrvideo:rollout:Gate",
		resource.WaitType:         "killrvideo:rollout:Wait",
		resource.ProcessType:      "killrvideo:local:Process",
		resource.FrontType:        "killrvideo:local:Front",
		resource.OwnerType:        "killrvideo:index:Owner",
		resource.OneTimeCodesType: "killrvideo:accounts:OneTimeCodes",
		resource.RandomType:       "killrvideo:secret:Random",

		"infra:credentials:Credentials": "killrvideo:index:Credentials",
		"infra:cloudrun:Service":        "killrvideo:target:CloudRun",
		"infra:ecs:Service":             "killrvideo:target:ECS",
		"infra:kubernetes:Service":      "killrvideo:target:Kubernetes",
	}
}

// CurrentType is the type of today of a resource in a state, which an earlier
// version may have written.
func CurrentType(inState string) string {
	for current, former := range FormerTypes() {
		if inState == former {
			return current
		}
	}
	return inState
}

// move is where resources of a type were in earlier versions.
type move struct {
	// below tells that they were directly below the platform's component, and
	// not in a component of their own; otherwise they had no parent.
	below bool
	// name gives the former name from today's, "" if it was the same.
	name func(today string, cfg *Config) string
}

// moves are the types whose resources have a component of their own today.
func moves() map[string]move {
	secrets := move{below: true}
	return map[string]move{
		"gcp:secretmanager/secret:Secret":                   secrets,
		"gcp:secretmanager/secretVersion:SecretVersion":     secrets,
		"gcp:secretmanager/secretIamMember:SecretIamMember": secrets,
		"aws:secretsmanager/secret:Secret":                  secrets,
		"aws:secretsmanager/secretVersion:SecretVersion":    secrets,
		"kubernetes:core/v1:Secret":                         secrets,
		"docker-build:index:Image":                          {true, func(_ string, cfg *Config) string { return "image-" + cfg.Environment }},
		"docker-build:index:Index":                          {true, func(_ string, cfg *Config) string { return "image-tag-" + cfg.Environment }},
		resource.GateType:                                   {},
		resource.ProcessType:                                {},
		resource.FrontType:                                  {false, func(_ string, cfg *Config) string { return "front-" + cfg.Stack }},
	}
}

// moveOf is the move of a resource. A wait is the drain of a gate, or belongs to
// secrets.
func moveOf(kind, name string) (move, bool) {
	if kind == resource.WaitType && strings.HasSuffix(name, "-drain") {
		return move{name: func(_ string, cfg *Config) string { return "drain-" + cfg.Stack }}, true
	}
	if kind == resource.WaitType {
		return move{below: true}, true
	}
	m, moved := moves()[kind]
	return m, moved
}

// aliasFormerNames lets a stack keep the resources that an earlier version
// made, with another type, with another parent, or named by the environment.
// They are named by the stack now, since an environment may be changed.
func aliasFormerNames(ctx *pulumi.Context, cfg *Config) error {
	return ctx.RegisterStackTransformation(func(args *pulumi.ResourceTransformationArgs) *pulumi.ResourceTransformationResult {
		aliases := formerNames(args.Type, args.Name, ctx.Project(), cfg)
		if len(aliases) == 0 {
			return nil
		}
		return &pulumi.ResourceTransformationResult{Props: args.Props, Opts: append(args.Opts, pulumi.Aliases(aliases))}
	})
}

// formerNames are all combinations of type, name and parent that a resource may
// have in a state, but for those of today.
func formerNames(kind, name, project string, cfg *Config) []pulumi.Alias {
	types, names := []string{""}, []string{""}
	parents := []pulumi.Alias{{}}
	if former := FormerTypes()[kind]; former != "" {
		types = append(types, former)
	}
	if before, named := nameByEnvironment(name, cfg.Stack, cfg.Environment); named && cfg.Environment != cfg.Stack {
		names = append(names, before)
	}
	if m, moved := moveOf(kind, name); moved {
		if m.name != nil {
			names = append(names, m.name(name, cfg))
		}
		former := pulumi.Alias{NoParent: pulumi.Bool(true)}
		if m.below {
			former = pulumi.Alias{ParentURN: formerComponent(project, cfg)}
		}
		parents = append(parents, former)
	}
	var aliases []pulumi.Alias
	for _, alias := range parents {
		for _, formerName := range names {
			for _, formerType := range types {
				one := alias
				if formerName != "" {
					one.Name = pulumi.String(formerName)
				}
				if formerType != "" {
					one.Type = pulumi.String(formerType)
				}
				if one != (pulumi.Alias{}) {
					aliases = append(aliases, one)
				}
			}
		}
	}
	return aliases
}

// formerComponent is the URN of what a platform's resources were below.
func formerComponent(project string, cfg *Config) pulumi.URN {
	kind := map[string]string{"cloudrun": "CloudRun", "ecs": "ECS", "kubernetes": "Kubernetes"}[cfg.Target]
	name := Namespace + "-" + cfg.Target + "-" + cfg.Environment
	return pulumi.URN("urn:pulumi:" + cfg.Stack + "::" + project + "::killrvideo:target:" + kind + "::" + name)
}

// nameByEnvironment is a resource's name with the environment in the place of
// the stack, if the stack is in it: at the end, or before another part.
func nameByEnvironment(name, stack, environment string) (string, bool) {
	prefix, rest, found := strings.Cut(name, "-"+stack)
	if !found || rest != "" && !strings.HasPrefix(rest, "-") {
		return "", false
	}
	return prefix + "-" + environment + rest, true
}
