package ci

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// StateFile is what every stack of a bucket shares: the version of the layout.
const StateFile = ".pulumi/meta.yaml"

// StatePrefixes begin the names of all objects that hold the state of the one
// stack of a project that an environment is for: its checkpoint, its history,
// its locks. A preview reads these and no other stack's.
func StatePrefixes(project, environment string) []string {
	stack := strings.TrimPrefix(environment, "preview-")
	return []string{
		".pulumi/stacks/" + project + "/" + stack + ".",
		".pulumi/history/" + project + "/" + stack + "/",
		".pulumi/locks/organization/" + project + "/" + stack + "/",
	}
}

// State is where a cloud keeps the state of stacks, and the keys of their secrets.
type State struct {
	// Scheme begins a bucket's URL, such as s3.
	Scheme string
	// Bucket and Key are the forms of their names.
	Bucket, Key *regexp.Regexp
	// KeyName is what a key's name is called, and ListKeys the command that
	// prints the names.
	KeyName, ListKeys string
}

// Check reports a bucket, and keys by environment, that the cloud would not
// know. An empty bucket is none.
func (s State) Check(bucket string, keys map[string]string, environments []string) (all []error) {
	if bucket != "" && !s.Bucket.MatchString(bucket) {
		all = append(all, fmt.Errorf("stateBucket: %q is no bucket's name; give it without %s://", bucket, s.Scheme))
	}
	for _, environment := range slices.Sorted(maps.Keys(keys)) {
		if !s.Key.MatchString(keys[environment]) || !slices.Contains(environments, environment) {
			all = append(all, fmt.Errorf("keys: %q for %q is not %s of a key for one of the environments; list them with: %s",
				keys[environment], environment, s.KeyName, s.ListKeys))
		}
	}
	return all
}
