package target

import (
	"fmt"
	"strings"
)

// Problem is one thing that is wrong with the settings that only one target
// has.
type Problem struct {
	// Key is the setting with its group, such as cloudrun.region.
	Key string
	// What is wrong with it.
	What string
	// Example is a value that would do; a list or an object is JSON.
	Example string
	// SecretFile is the file that would do, for a setting that is a secret.
	SecretFile string
	// Unread tells that no value would do: the setting has to go.
	Unread bool
}

// Problems are all of a target's problems at once.
type Problems []Problem

// Add notes a problem.
func (p *Problems) Add(key, example, what string, args ...any) {
	*p = append(*p, Problem{Key: key, What: fmt.Sprintf(what, args...), Example: example})
}

// AddSecret notes a problem with a secret, whose value comes from a file.
func (p *Problems) AddSecret(key, file, what string) {
	*p = append(*p, Problem{Key: key, What: what, SecretFile: file})
}

// AddUnread notes a setting that nothing reads beside the others.
func (p *Problems) AddUnread(key, what string, args ...any) {
	*p = append(*p, Problem{Key: key, What: fmt.Sprintf(what, args...), Unread: true})
}

// OrNil is the problems as an error, nil when there are none.
func (p Problems) OrNil() error {
	if len(p) == 0 {
		return nil
	}
	return p
}

func (p Problems) Error() string {
	lines := make([]string, len(p))
	for i, problem := range p {
		cure := fmt.Sprintf("pulumi config set --path %s %s", problem.Key, problem.Example)
		if problem.Unread {
			cure = "pulumi config rm --path " + problem.Key
		}
		lines[i] = fmt.Sprintf("%s: %s; mend it with: %s", problem.Key, problem.What, cure)
	}
	return strings.Join(lines, "\n")
}
