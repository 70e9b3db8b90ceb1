// Package caller says in which form a command of the Pulumi CLI is printed: as
// the reader works. Who calls make has state, passphrase and settings that only
// make knows; who calls pulumi has no use for make. What a command is about may
// not enter.
package caller

import (
	"cmp"
	"os"
	"strings"
)

// Variable is set to Make in everything that make starts, and StackVariable to
// the stack that it is about.
const (
	Variable      = "INFRA_CALLER"
	Make          = "make"
	StackVariable = "INFRA_STACK"
)

// Here is a command of the Pulumi CLI on the stack at hand, for those who do not
// know its name. A caller of Pulumi has selected it.
func Here(args string) string {
	if stack := os.Getenv(StackVariable); stack != "" && os.Getenv(Variable) == Make {
		args += " --stack " + stack
	}
	return Pulumi(args)
}

// Up is the command that deploys the stack at hand.
func Up() string {
	if os.Getenv(Variable) != Make {
		return "pulumi up"
	}
	return Verb("up", cmp.Or(os.Getenv(StackVariable), "dev"))
}

// Pulumi is the command `pulumi ARGS`, or its form for make. ARGS are as a
// shell takes them, quotes included; a redirection from a file may follow them.
func Pulumi(args string) string {
	if os.Getenv(Variable) != Make {
		return "pulumi " + args
	}
	args, from, redirected := strings.Cut(args, " < ")
	command := "make pulumi ARGS=" + quoted(args)
	if redirected {
		command += " < " + from
	}
	return command
}

// Verb is a target of the Makefile, such as `up`, or what a caller of pulumi
// has in its place.
func Verb(verb, stack string) string {
	if os.Getenv(Variable) != Make {
		return "pulumi " + verb + " --stack " + stack
	}
	if stack == "dev" {
		return "make " + verb
	}
	return "make " + verb + " STACK=" + stack
}

// Operate is a target of the Makefile that has no other form, with variables
// such as FAILED=1.
func Operate(verb, stack string, variables ...string) string {
	words := []string{"make", verb}
	if stack != "dev" {
		words = append(words, "STACK="+stack)
	}
	return strings.Join(append(words, variables...), " ")
}

// quoted is a word for the shell that make expands once and hands to a shell
// again: the inner quotes reach that second shell.
func quoted(args string) string {
	args = strings.ReplaceAll(args, "$", "$$")
	if strings.Contains(args, `"`) && !strings.Contains(args, "'") {
		return "'" + args + "'"
	}
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "$", `\$`, "`", "\\`").Replace(args) + `"`
}
