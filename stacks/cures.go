package stacks

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/killrvideo/killrvideo-go/infra/caller"
	"github.com/killrvideo/killrvideo-go/infra/target"
)

// cure is the command that mends what a target found.
func (p *Problems) cure(found target.Problem) string {
	switch {
	case found.Unread:
		return p.removePath(found.Key)
	case found.SecretFile != "":
		return caller.Pulumi(fmt.Sprintf("config set --secret --path %s --stack %s < %s", found.Key, p.Stack, found.SecretFile))
	case strings.Contains(found.Key, "."):
		return p.path(found.Key, found.Example)
	}
	return p.set(found.Key, found.Example)
}

// path is the command that sets a member of a target's group. Pulumi sets a
// list or an object item by item, and what was there before has to go.
func (p *Problems) path(key, value string) string {
	var list []string
	var object map[string]string
	var steps []string
	switch {
	case json.Unmarshal([]byte(value), &list) == nil && list != nil:
		for i, item := range list {
			steps = append(steps, p.one(fmt.Sprintf("%s[%d]", key, i), item))
		}
	case json.Unmarshal([]byte(value), &object) == nil && object != nil:
		for _, name := range slices.Sorted(maps.Keys(object)) {
			steps = append(steps, p.one(fmt.Sprintf("%s[%q]", key, name), object[name]))
		}
	default:
		return p.one(key, value)
	}
	return p.removePath(key) + " && " + strings.Join(steps, " && ")
}

func (p *Problems) one(key, value string) string {
	return p.command("config set --path '%s' '%s'", key, value)
}

func (p *Problems) removePath(key string) string {
	return p.command("config rm --path '%s'", key)
}
