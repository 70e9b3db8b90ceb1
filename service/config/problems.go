package config

import "strings"

// Problem is what is wrong with one setting, and how to mend it. It never
// holds the setting's value.
type Problem struct {
	Variable string
	Cure     string
}

// Problems are all that is wrong; as an error they are one message.
type Problems []Problem

// Error lists every problem on a line of its own.
func (p Problems) Error() string {
	var b strings.Builder
	b.WriteString("the settings are not usable:")
	for _, problem := range p {
		b.WriteString("\n  " + problem.Variable + ": " + problem.Cure)
	}
	return b.String()
}

func (p *Problems) add(variable, cure string) {
	*p = append(*p, Problem{Variable: variable, Cure: cure})
}
