package local

import "os/user"

// identity is who the processes run as and who may read their secrets: the
// current user. There is nothing to create on this machine.
func identity() string {
	current, err := user.Current()
	if err != nil {
		return "the current user"
	}
	return current.Username
}
