// Package table has every setting of the service as data: name, rule, default,
// secrecy and documentation. The service, the stacks, -help, Pulumi.yaml,
// .env.example and the READMEs read this one table. It uses the standard library
// and the rule for signing keys only, so that a stack can import it; reading the
// environment belongs into package config.
package table

import "strings"

// Setting is one setting: of the service, where Name is an environment variable,
// or of a stack, where Name is a key of Pulumi.<stack>.yaml.
type Setting struct {
	Name string
	// StackKey is the setting of a stack that sets this variable, such as logLevel
	// or service.docs; "" if a stack computes the value or has no say.
	StackKey string
	Rule     Rule
	// Default is the value in force when none is set. Unset says it in words where
	// that is not a constant.
	Default, Unset string
	Required       bool
	Secret         bool
	// Former is the name that other KillrVideo back ends use.
	Former string
	// Doc says in half a line what the setting is for; its range is in the rule.
	// More is what the README adds, in Markdown.
	Doc, More string
	// Example is a value that the rule accepts. That of a required setting and of
	// a secret is a placeholder in <angle brackets>, which the rule refuses.
	Example string
}

// Description is the documentation and the range in one line.
func (s Setting) Description() string {
	if s.Rule.Range == "" {
		return s.Doc
	}
	return s.Doc + ": " + s.Rule.Range
}

// DefaultText says what is in force when the setting is not set.
func (s Setting) DefaultText() string {
	if s.Unset != "" {
		return s.Unset
	}
	return s.Default
}

// Find returns the setting of a name. It panics for an unknown one, which only a
// programming error can ask for.
func Find(settings []Setting, name string) Setting {
	for _, s := range settings {
		if s.Name == name {
			return s
		}
	}
	panic("no setting is called " + name)
}

// Flag is the setting's flag: PORT is -port. A secret has a flag for its file only.
func (s Setting) Flag() string {
	name := s.Name
	if s.Secret {
		name += "_FILE"
	}
	return strings.ReplaceAll(strings.ToLower(name), "_", "-")
}
