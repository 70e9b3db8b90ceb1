package cli

import (
	"encoding/json"
	"reflect"

	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
)

// encryptedBy is what encrypts the secrets of a state.
func encryptedBy(d *apitype.UntypedDeployment) string {
	var state struct {
		Providers struct {
			Type  string
			State struct{ URL string }
		} `json:"secrets_providers"`
	}
	_ = json.Unmarshal(d.Deployment, &state)
	if state.Providers.Type == passphraseSecrets {
		return passphraseSecrets
	}
	return state.Providers.State.URL
}

// holds tells whether a state has resources.
func holds(d *apitype.UntypedDeployment) bool { return d != nil && len(contentOf(d).Resources) > 0 }

// same tells whether two states are the same.
func same(a, b *apitype.UntypedDeployment) bool {
	return a != nil && b != nil && reflect.DeepEqual(contentOf(a), contentOf(b))
}

type content struct {
	Resources []map[string]any `json:"resources"`
	Pending   []map[string]any `json:"pending_operations"`
}

func contentOf(d *apitype.UntypedDeployment) (c content) {
	_ = json.Unmarshal(d.Deployment, &c) // Pulumi has parsed it
	for _, one := range append(c.Resources, c.Pending...) {
		withoutCiphertext(one)
	}
	return c
}

// withoutCiphertext removes encrypted values: each import encrypts them again, so
// that they differ for the same secret.
func withoutCiphertext(value any) {
	switch of := value.(type) {
	case map[string]any:
		delete(of, "ciphertext")
		for _, member := range of {
			withoutCiphertext(member)
		}
	case []any:
		for _, item := range of {
			withoutCiphertext(item)
		}
	}
}
