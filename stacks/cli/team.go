package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"maps"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/auto"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optremove"
	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"

	"github.com/killrvideo/killrvideo-go/infra/caller"

	"github.com/killrvideo/killrvideo-go/stacks/launch/exit"
)

// The schemes of backends and of what encrypts secrets, as Pulumi names them.
var (
	backendSchemes = []string{"s3://", "gs://", "azblob://", "file://"}
	secretSchemes  = []string{"awskms://", "gcpkms://", "azurekeyvault://", "hashivault://"}
)

// passphraseSecrets encrypts with a passphrase that the team shares.
const passphraseSecrets = "passphrase"

// move brings a stack to a team's backend. Every step can be repeated, and the
// state stays where it was until it has been read back from where it goes.
type move struct {
	c                 *command
	from, to, secrets string
	source, target    auto.Workspace
}

// team sets a stack up in a backend that a team shares, with secrets that the
// team can read, or moves it there.
func (c *command) team(ctx context.Context, args []string) error {
	m := &move{c: c}
	err := options("team", args, func(flags *flag.FlagSet) {
		flags.StringVar(&m.to, "backend", "", "URL of the bucket or folder")
		flags.StringVar(&m.secrets, "secrets", "", "URL of the key, or passphrase")
	})
	if err == nil {
		err = m.check()
	}
	if err != nil {
		return err
	}
	if err := c.sync(); err != nil {
		return err
	}
	if c.file.IsLocal {
		return exit.Usage.Errorf("team: stack %s is on target local, whose state and passphrase belong to this machine; first: %s",
			c.stack, caller.Pulumi("config set target TARGET --stack "+c.stack))
	}
	if _, err := c.findPulumi(ctx); err != nil {
		return err
	}
	if whole := withoutAttributes(m.to); whole != m.to {
		m.to = whole
		m.step("the backend is " + whole + ": without the option, a kill can leave a file that ends every later command")
	}
	m.from = c.backend()
	if m.source, err = m.workspace(ctx, m.from); err != nil {
		return err
	}
	if m.target, err = m.workspace(ctx, m.to); err != nil {
		return err
	}
	if err := m.run(ctx); err != nil {
		return m.failed(err)
	}
	return m.tell()
}

func (m *move) check() error {
	hasScheme := func(url string, schemes []string) bool {
		return slices.ContainsFunc(schemes, func(scheme string) bool { return strings.HasPrefix(url, scheme) && url != scheme })
	}
	var problems []error
	if !hasScheme(m.to, backendSchemes) {
		problems = append(problems, fmt.Errorf("BACKEND is %q and must begin with one of %s", m.to, strings.Join(backendSchemes, ", ")))
	}
	if m.secrets != passphraseSecrets && !hasScheme(m.secrets, secretSchemes) {
		problems = append(problems, fmt.Errorf("SECRETS is %q and must be passphrase or begin with one of %s",
			m.secrets, strings.Join(secretSchemes, ", ")))
	}
	if len(problems) > 0 {
		return exit.Usage.Errorf("team: %w", errors.Join(problems...))
	}
	return nil
}

// withoutAttributes keeps Pulumi from writing attributes beside the state in a
// backend of files, see checkout.StateURL.
func withoutAttributes(backend string) string {
	u, err := url.Parse(backend)
	if err != nil || u.Scheme != "file" || u.Query().Has("metadata") {
		return backend
	}
	if u.RawQuery == "" {
		return strings.TrimSuffix(backend, "?") + "?metadata=skip"
	}
	return backend + "&metadata=skip"
}

// workspace is the project with the state of one backend.
func (m *move) workspace(ctx context.Context, backend string) (auto.Workspace, error) {
	env := maps.Clone(m.c.env())
	env[backendVariable] = backend
	w, err := auto.NewLocalWorkspace(ctx, auto.WorkDir(m.c.file.Dir()), auto.EnvVars(env), auto.Pulumi(m.c.supervised(nil)),
		auto.SecretsProvider(m.secrets))
	if err != nil {
		return nil, fmt.Errorf("team: use backend %s: %w", backend, causeOf(err))
	}
	return w, nil
}

// samePlace tells that two URLs lead to one backend, however they are written: a
// stack that was moved from one to the other would be removed from both. Of the
// options only another endpoint makes it another place.
func samePlace(a, b string) bool {
	one, err := url.Parse(a)
	other, otherErr := url.Parse(b)
	if err != nil || otherErr != nil {
		return a == b
	}
	if one.Scheme == "file" && other.Scheme == "file" {
		first, err := os.Stat(one.Path)
		second, otherErr := os.Stat(other.Path)
		if err == nil && otherErr == nil && os.SameFile(first, second) {
			return true
		}
	}
	return one.Scheme == other.Scheme && one.Host == other.Host && strings.Trim(one.Path, "/") == strings.Trim(other.Path, "/") &&
		one.Query().Get("endpoint") == other.Query().Get("endpoint")
}

// run does the steps that are not done yet.
func (m *move) run(ctx context.Context) error {
	here, err := m.deployment(ctx, m.source)
	if err != nil {
		return fmt.Errorf("read backend %s: %w", m.from, err)
	}
	stays, there := samePlace(m.from, m.to), here
	if !stays {
		if there, err = m.deployment(ctx, m.target); err != nil {
			return fmt.Errorf("read backend %s: %w", m.to, err)
		}
	}
	switch {
	case here == nil && there == nil:
		err = m.begin(ctx)
	case here == nil: // moved already
	case stays:
		err = m.encrypt(ctx, here)
	default:
		err = m.carry(ctx, here, there)
	}
	if err != nil {
		return err
	}
	m.step("Pulumi.yaml names the backend")
	return m.c.home.setTeamBackend(m.to)
}

// begin makes the stack, which nothing is deployed of yet.
func (m *move) begin(ctx context.Context) error {
	m.step("made the stack in the backend")
	return m.target.CreateStack(ctx, m.c.stack)
}

// carry encrypts the state for the team, copies it, reads it back and removes it
// where it was. A copy stays in the state folder.
func (m *move) carry(ctx context.Context, here, there *apitype.UntypedDeployment) error {
	if holds(there) && !same(here, there) && !m.ours(there) {
		return exit.Usage.Errorf("there is another stack %s in %s, with another state; nothing was changed", m.c.stack, m.to)
	}
	// An import takes the lock, so that no update of others is under way.
	if err := m.source.ImportStack(ctx, m.c.stack, *here); err != nil {
		return fmt.Errorf("lock the stack in %s: %w", m.from, err)
	}
	copied, err := m.backUp(here)
	if err != nil {
		return err
	}
	m.step("copied the state to " + copied)
	if err := m.encrypt(ctx, here); err != nil {
		return err
	}
	if here, err = m.deployment(ctx, m.source); err != nil {
		return err
	}
	if there == nil {
		if err := m.begin(ctx); err != nil {
			return err
		}
	}
	if err := m.note(here); err != nil {
		return err
	}
	if err := m.target.ImportStack(ctx, m.c.stack, *here); err != nil {
		return fmt.Errorf("write the state to %s: %w", m.to, err)
	}
	m.step("wrote the state to the backend")
	return m.leave(ctx, here)
}

// leave removes the state where it was, once it has been read back unchanged.
func (m *move) leave(ctx context.Context, moved *apitype.UntypedDeployment) error {
	there, err := m.deployment(ctx, m.target)
	if err != nil {
		return fmt.Errorf("read the state back from %s: %w", m.to, err)
	}
	here, err := m.deployment(ctx, m.source)
	if err != nil {
		return fmt.Errorf("read the state in %s: %w", m.from, err)
	}
	if !same(moved, there) || !same(moved, here) {
		return errors.New("the state was changed while it was moved")
	}
	// Others find the backend before the state goes from where it was.
	if err := m.c.home.setTeamBackend(m.to); err != nil {
		return err
	}
	settings, err := os.ReadFile(m.c.file.Path())
	if err != nil {
		return fmt.Errorf("read the settings of stack %s: %w", m.c.stack, err)
	}
	if err := m.source.RemoveStack(ctx, m.c.stack, optremove.Force()); err != nil {
		return fmt.Errorf("remove the state from %s: %w", m.from, err)
	}
	m.step("removed the state from " + m.from)
	return errors.Join(os.WriteFile(m.c.file.Path(), settings, 0o644), os.Remove(m.noteFile()))
}

// encrypt changes what encrypts the secrets, in the settings and in the state.
func (m *move) encrypt(ctx context.Context, here *apitype.UntypedDeployment) error {
	if m.secrets == encryptedBy(here) {
		return nil
	}
	var options auto.ChangeSecretsProviderOptions
	if m.secrets == passphraseSecrets {
		phrase, _, err := m.c.home.passphrase()
		if err != nil {
			return exit.Passphrase.Errorf("read the passphrase: %w", err)
		}
		options.NewPassphrase = &phrase
	}
	changer, can := m.source.(interface {
		ChangeStackSecretsProvider(context.Context, string, string, *auto.ChangeSecretsProviderOptions) error
	})
	if !can {
		return errors.New("this version of Pulumi changes no secrets provider")
	}
	if err := changer.ChangeStackSecretsProvider(ctx, m.c.stack, m.secrets, &options); err != nil {
		return fmt.Errorf("encrypt the secrets with %s: %w", m.secrets, err)
	}
	m.step("encrypted the secrets with " + m.secrets)
	return nil
}

// deployment is the state of the stack in a backend, its secrets encrypted; nil
// if the stack is not there.
func (m *move) deployment(ctx context.Context, w auto.Workspace) (*apitype.UntypedDeployment, error) {
	stacks, err := w.ListStacks(ctx)
	if err != nil {
		return nil, causeOf(err)
	}
	if !slices.ContainsFunc(stacks, func(s auto.StackSummary) bool { return path.Base(s.Name) == m.c.stack }) {
		return nil, nil
	}
	text, err := m.c.askIn(ctx, w.GetEnvVars()[backendVariable], "stack", "export", "--stack", m.c.stack)
	if err != nil {
		return nil, err
	}
	var d apitype.UntypedDeployment
	if err := json.Unmarshal(text, &d); err != nil {
		return nil, fmt.Errorf("read the exported state: %w", err)
	}
	return &d, nil
}

func (m *move) folder() string { return m.c.home.path("backup") }

// backUp writes the state and the settings as they are into the state folder.
func (m *move) backUp(here *apitype.UntypedDeployment) (string, error) {
	text, err := json.Marshal(here)
	if err != nil {
		return "", fmt.Errorf("copy the state: %w", err)
	}
	settings, err := os.ReadFile(m.c.file.Path())
	if err != nil {
		return "", fmt.Errorf("copy the settings: %w", err)
	}
	name := filepath.Join(m.folder(), m.c.stack+"-"+now().Format("20060102T150405"))
	err = errors.Join(os.MkdirAll(m.folder(), 0o700), os.WriteFile(name+".json", text, 0o600), os.WriteFile(name+".yaml", settings, 0o600))
	if err != nil {
		return "", unusable(m.c.home.dir, err)
	}
	return name + ".json", nil
}

// What this move wrote into the backend is noted, so that one that did not come
// to its end can go on.
func (m *move) noteFile() string { return filepath.Join(m.folder(), "moving-"+m.c.stack+".json") }

func (m *move) note(moved *apitype.UntypedDeployment) error {
	text, err := json.Marshal(moved)
	if err == nil {
		err = os.WriteFile(m.noteFile(), text, 0o600)
	}
	if err != nil {
		return unusable(m.c.home.dir, err)
	}
	return nil
}

// ours tells whether a state is the one that an earlier call wrote.
func (m *move) ours(there *apitype.UntypedDeployment) bool {
	text, err := os.ReadFile(m.noteFile())
	var noted apitype.UntypedDeployment
	return err == nil && json.Unmarshal(text, &noted) == nil && same(&noted, there)
}

func (m *move) step(what string) {
	_, _ = fmt.Fprintf(m.c.out, "%s  %s\n", now().Format(time.TimeOnly), what)
}

// failed says that nothing was lost and how to go on.
func (m *move) failed(err error) error {
	again := caller.Operate("team", m.c.stack, "BACKEND='"+m.to+"'", "SECRETS='"+m.secrets+"'")
	if isLocked(err) {
		return exit.Locked.Errorf("team: another update of stack %s is under way; nothing was moved. Wait for it, then: %s\n%w",
			m.c.stack, again, causeOf(err))
	}
	return fmt.Errorf("team: %w\nnothing is lost: the state is complete in at least one of the two backends; go on with: %s", err, again)
}

// isLocked tells whether an error says, at any depth, that the stack is locked:
// the Automation API looks at an error of its own alone.
func isLocked(err error) bool {
	for ; err != nil; err = errors.Unwrap(err) {
		if auto.IsConcurrentUpdateError(err) {
			return true
		}
	}
	return false
}

// tell ends with what the others need.
func (m *move) tell() error {
	var b bytes.Buffer
	fmt.Fprintf(&b, "\nstack %s is in %s. Commit Pulumi.yaml and %s; with them, others work with the same state.\n",
		m.c.stack, m.to, filepath.Base(m.c.file.Path()))
	if m.secrets == passphraseSecrets {
		_, from, _ := m.c.home.passphrase()
		fmt.Fprintf(&b, "The others need the passphrase, in PULUMI_CONFIG_PASSPHRASE or in a file that PULUMI_CONFIG_PASSPHRASE_FILE names. "+
			"It is in %s.\n", from)
	}
	if os.Getenv(backendVariable) != "" {
		fmt.Fprintf(&b, "%s is exported and goes before Pulumi.yaml; unset it.\n", backendVariable)
	}
	_, err := m.c.out.Write(b.Bytes())
	return err
}
