package cli

import (
	"strings"

	"github.com/killrvideo/killrvideo-go/infra/caller"
	"github.com/killrvideo/killrvideo-go/infra/operate"

	"github.com/killrvideo/killrvideo-go/stacks/launch/exit"
)

// refuseProtected refuses to remove a stack in which anything is protected. The
// engine would delete all that nothing protected needs before it finds out, and
// leave half a stack.
func refuseProtected(stack, target string, resources []operate.Resource) error {
	var names []string
	for _, r := range resources {
		if r.Protect {
			names = append(names, r.Type+" "+r.URN[strings.LastIndex(r.URN, ":")+1:])
		}
	}
	if len(names) == 0 {
		return nil
	}
	return exit.Protected.Errorf("stack %s is protected; nothing was touched. These are:\n  %s\n"+
		"To remove it on purpose, take the protection away first:\n  %s\n  %s\n  %s",
		stack, strings.Join(names, "\n  "),
		caller.Pulumi("config set --path "+target+".protect false --stack "+stack), caller.Verb("up", stack), removal(stack))
}

// removal is the command that was refused, as the caller gives it.
func removal(stack string) string {
	if made := caller.Verb("down", stack); strings.HasPrefix(made, "make ") {
		return made
	}
	return caller.Pulumi("destroy --stack " + stack)
}
