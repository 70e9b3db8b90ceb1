package enginetest

import (
	"context"
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/config"
	"github.com/pulumi/pulumi/sdk/v3/go/common/workspace"

	"github.com/killrvideo/killrvideo-go/infra/operate"
	"github.com/killrvideo/killrvideo-go/stacks"
)

// Settings are written to the stack's file and the state is read from the folder
// of its backend, as the CLI does both: a run of it takes half a second of
// processor time, and an up would need five.

// edit changes the settings file.
func (s *stack) edit(change func(config.Map) error) {
	s.t.Helper()
	settings := s.settings(context.WithoutCancel(s.t.Context()))
	if settings.Config == nil {
		settings.Config = config.Map{}
	}
	must(s.t, change(settings.Config))
	must(s.t, s.auto.Workspace().SaveStackSettings(s.t.Context(), "dev", settings))
}

func (s *stack) settings(ctx context.Context) *workspace.ProjectStack {
	s.t.Helper()
	settings, err := s.auto.Workspace().StackSettings(ctx, "dev")
	must(s.t, err)
	return settings
}

// keys are the full names of the stack's settings, as make finds them.
func (s *stack) keys(ctx context.Context) (names []string) {
	settings, err := s.auto.Workspace().StackSettings(ctx, "dev")
	if err != nil {
		s.t.Errorf("list the settings: %v", err)
		return nil
	}
	for key := range maps.Keys(settings.Config) {
		names = append(names, key.String())
	}
	slices.Sort(names)
	return names
}

func (s *stack) set(name, value string) {
	s.t.Helper()
	s.edit(func(all config.Map) error { return all.Set(settingKey(name), config.NewValue(value), false) })
}

func (s *stack) secret(name, value string) {
	s.t.Helper()
	encrypted, err := s.empty.crypter.EncryptValue(s.t.Context(), value)
	must(s.t, err)
	s.edit(func(all config.Map) error { return all.Set(settingKey(name), config.NewSecureValue(encrypted), false) })
}

func (s *stack) unset(name string) {
	s.t.Helper()
	s.edit(func(all config.Map) error { return all.Remove(settingKey(name), false) })
}

func settingKey(name string) config.Key { return config.MustMakeKey(stacks.Namespace, name) }

// stateFile is where the backend keeps the state.
func (s *stack) stateFile() string {
	return filepath.Join(s.backend, ".pulumi", "stacks", stacks.Namespace, "dev.json")
}

// export is the state with its secrets in plaintext, as `pulumi stack export
// --show-secrets` prints it.
func (s *stack) export() []byte {
	s.t.Helper()
	text, err := os.ReadFile(s.stateFile())
	must(s.t, err)
	var file struct {
		Version    int
		Checkpoint struct{ Latest map[string]any }
	}
	must(s.t, json.Unmarshal(text, &file))
	if file.Version != 3 && file.Version != 4 { // the second with a list of features
		s.t.Fatalf("the state's file is of version %d; look at what changed", file.Version)
	}
	decrypted, err := revealed(s.empty.crypter, file.Checkpoint.Latest)
	must(s.t, err)
	text, err = json.Marshal(decrypted)
	must(s.t, err)
	return text
}

// rewrite changes the state's file.
func (s *stack) rewrite(change func(state map[string]any)) {
	s.t.Helper()
	text, err := os.ReadFile(s.stateFile())
	must(s.t, err)
	var file map[string]any
	must(s.t, json.Unmarshal(text, &file))
	change(file["checkpoint"].(map[string]any)["latest"].(map[string]any))
	text, err = json.Marshal(file)
	must(s.t, err)
	must(s.t, os.WriteFile(s.stateFile(), text, 0o600))
}

// The member by which a state marks a secret, and its value.
const (
	signature = "4dabf18193072939515e22adb298388d"
	isSecret  = "1b47061264138c4ac30d75fd1eb44270"
)

// revealed is a value of a state with each secret decrypted.
func revealed(crypter config.Decrypter, value any) (any, error) {
	var err error
	switch of := value.(type) {
	case []any:
		for i, each := range of {
			if of[i], err = revealed(crypter, each); err != nil {
				return nil, err
			}
		}
	case map[string]any:
		if encrypted, is := of["ciphertext"].(string); is && of[signature] == isSecret {
			plain, err := crypter.DecryptValue(context.Background(), encrypted)
			return map[string]any{signature: isSecret, "plaintext": plain}, err
		}
		for name, each := range of {
			if of[name], err = revealed(crypter, each); err != nil {
				return nil, err
			}
		}
	}
	return value, nil
}

// read is the state, with its secrets, which it learns.
func (s *stack) read() operate.Stack {
	s.t.Helper()
	exported := s.export()
	var deployment struct {
		Resources []operate.Resource
		Pending   []struct{ Resource operate.Resource } `json:"pending_operations"`
	}
	must(s.t, json.Unmarshal(exported, &deployment))
	s.learnFrom(exported)
	state := operate.Stack{Name: "dev", Resources: deployment.Resources}
	for _, one := range deployment.Pending {
		state.Pending = append(state.Pending, one.Resource)
	}
	for _, r := range state.Resources {
		for name, value := range r.Outputs {
			r.Outputs[name] = plaintext(value)
		}
	}
	return state
}

// plaintext is a value of an exported state, a secret one too.
func plaintext(value any) any {
	secret, _ := value.(map[string]any)
	encoded, is := secret["plaintext"].(string)
	if !is {
		return value
	}
	var plain any
	_ = json.Unmarshal([]byte(encoded), &plain)
	return plain
}
