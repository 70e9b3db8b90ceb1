package stacks

import "github.com/killrvideo/killrvideo-go/infra/credentials"

// ownSigningKey refuses a jwtSecretKey that another stack signs with, before
// anything is touched. A key that is generated shows itself only later; the
// room of credentials looks at it then.
func ownSigningKey(source Source, peers []credentials.Peer) error {
	problems := &Problems{Stack: source.Stack()}
	given, _ := source.GetConfig(Namespace + ":jwtSecretKey")
	if given == "" {
		return nil
	}
	if other := credentials.HolderOf(given, peers); other != "" {
		problems.add("jwtSecretKey", problems.setSecret("jwtSecretKey"),
			"is the key of stack %s too, so each would accept the other's tokens; make one of its own with: openssl rand -base64 32", other)
	}
	return problems.orNil()
}
