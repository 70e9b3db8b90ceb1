package ci

import "strings"

// project is the name of ours in the state of its stacks.
const project = "killrvideo"

// StateFile is what every stack of a bucket shares: the version of the layout.
const StateFile = ".pulumi/meta.yaml"

// StatePrefixes begin the names of all objects that hold the state of the one
// stack that an environment is for: its checkpoint, its history, its locks. A
// preview reads these and no other stack's.
func StatePrefixes(environment string) []string {
	stack := strings.TrimPrefix(environment, "preview-")
	return []string{
		".pulumi/stacks/" + project + "/" + stack + ".",
		".pulumi/history/" + project + "/" + stack + "/",
		".pulumi/locks/organization/" + project + "/" + stack + "/",
	}
}
