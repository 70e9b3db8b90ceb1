package local

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/killrvideo/killrvideo-go/infra/app"
	"github.com/killrvideo/killrvideo-go/infra/secret"
)

// secrets hands each secret to the process resource, which writes it to a file
// of mode 0600 in a new folder per version, and pins it by its content.
func secrets(a app.App) (pulumi.StringMap, []secret.Pinned) {
	files := pulumi.StringMap{}
	pins := make([]secret.Pinned, len(a.Secrets))
	for i, s := range a.Secrets {
		files[s.Env()] = s.Value()
		pins[i] = secret.ContentVersion(s)
	}
	return files, pins
}
