package operate

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/killrvideo/killrvideo-go/infra/provider/resource"
)

// Status is what is known of a deployed stack. It holds no secret.
type Status struct {
	Stack       string `json:"stack"`
	Target      string `json:"target"`
	Environment string `json:"environment"`
	URL         string `json:"url"`
	// Ready tells that the revision that was deployed answers at URL.
	Ready  bool   `json:"ready"`
	Reason string `json:"reason,omitempty"`
	// Revision is the one that was proved last, Image what it runs.
	Revision  string     `json:"revision"`
	Image     string     `json:"image,omitempty"`
	ProvedAt  string     `json:"provedAt,omitempty"`
	Instances []Instance `json:"instances"`
	// InstancesUnknown is why the platform could not be asked for them.
	InstancesUnknown string       `json:"instancesUnknown,omitempty"`
	Credentials      []Credential `json:"credentials"`
	Deployments      []Deployment `json:"deployments"`
	// Rotations are the last changes of credentials.
	Rotations []Rotation `json:"rotations"`
	// Drift is what the last look at it found, nil if there was none.
	Drift *DriftReport `json:"drift,omitempty"`
	// Cost is an estimate a month, in words.
	Cost string `json:"cost"`
}

// Credential is one of the stack's, by what does not reveal it.
type Credential struct {
	Name string `json:"name"`
	ID   string `json:"id,omitempty"`
	// Since is when it was made or first proved; zero if only its owner knows.
	Since time.Time `json:"since,omitzero"`
	// AgeDays are whole days, -1 if Since is not known.
	AgeDays int `json:"ageDays"`
}

// Deployment is an operation of the engine on the stack.
type Deployment struct {
	Kind      string    `json:"kind"`
	Result    string    `json:"result"`
	StartedAt time.Time `json:"startedAt"`
	Seconds   int       `json:"seconds"`
}

// StatusOf asks the service and the platform. It is no error that the service is
// not ready, nor that the platform cannot be asked.
func StatusOf(ctx context.Context, stack Stack, platform Platform, now time.Time) (Status, error) {
	history := HistoryIn(map[string]any{HistoryOutput: stack.Output(HistoryOutput)})
	s := Status{
		Stack: stack.Name, Target: stack.Text("target"), Environment: stack.Text("environment"), URL: stack.Text("url"),
		Revision: stack.Text("revision"), Credentials: stack.credentials(history, now), Rotations: history.Rotations,
	}
	if proved, known := history.Of(s.Revision); known {
		s.Image, s.ProvedAt = proved.Image, proved.ProvedAt
	}
	if s.URL == "" {
		return s, ErrNotDeployed
	}
	answer := Ask(ctx, s.URL)
	s.Ready, s.Reason = answer.Ready, answer.Reason
	if answer.Ready && answer.Revision != s.Revision {
		s.Ready, s.Reason = false, fmt.Sprintf("revision %s answers, and %s was deployed", answer.Revision, s.Revision)
	}
	instances, err := platform.Instances(ctx)
	if s.Instances = instances; err != nil {
		s.InstancesUnknown = err.Error()
	}
	return s, nil
}

// credentials are those that the state knows, each with its age.
func (s Stack) credentials(history History, now time.Time) (all []Credential) {
	add := func(name, id string, since time.Time) {
		c := Credential{Name: name, ID: id, Since: since.UTC().Truncate(time.Second), AgeDays: -1}
		if !since.IsZero() {
			c.AgeDays = int(now.Sub(since).Hours() / 24)
		}
		all = append(all, c)
	}
	for _, r := range s.Of(resource.TokenType) {
		name := "astraToken"
		if r.Outputs["readOnly"] == true {
			name = "astraReadOnlyToken"
		}
		add(name, r.Text("clientId"), r.Created)
	}
	for _, r := range s.Of(resource.SigningKeyType) {
		add("jwtSecretKey", r.Text("keyId"), s.keySince(r, history))
		if previous := r.Text("previousKeyId"); previous != "" {
			add("jwtSecretKey before it, until "+r.Text("previousExpiresAt"), previous, time.Time{})
		}
	}
	for _, r := range s.Of(resource.OneTimeCodesType) {
		add("moderatorCodes", "", r.Created)
	}
	for _, r := range s.Of(resource.RandomType) { // named PURPOSE-STACK
		purpose, _, _ := strings.Cut(r.Name(), "-")
		add(purpose+"Token", "", r.Created)
	}
	slices.SortStableFunc(all, func(a, b Credential) int { return cmp.Compare(a.Name, b.Name) })
	return all
}

// keySince is when the signing key was first proved: it changes in its place.
func (s Stack) keySince(key Resource, history History) time.Time {
	for _, r := range slices.Backward(history.Rotations) {
		if at, err := time.Parse(time.RFC3339, r.At); err == nil && r.To == key.Text("keyId") {
			return at
		}
	}
	if at, err := time.Parse(time.RFC3339, s.Text("jwtKeyProvedAt")); err == nil && s.Text("jwtKeyId") == key.Text("keyId") {
		return at
	}
	return key.Created
}

// Print writes a status as text.
func (s Status) Print(w io.Writer, now time.Time) error {
	out := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	row := func(cells ...string) { _, _ = fmt.Fprintln(out, strings.TrimRight(strings.Join(cells, "\t"), "\t")) }
	row("stack", fmt.Sprintf("%s, target %s, environment %s", s.Stack, s.Target, s.Environment))
	row("url", s.URL+" is "+health(s.Ready, s.Reason))
	row("revision", s.Revision+proved(s.ProvedAt))
	row("image", s.Image)
	if s.InstancesUnknown != "" {
		row("instances", "not known: "+s.InstancesUnknown)
	}
	for i, one := range s.Instances {
		row(label("instances", i), one.Name+": "+one.describe(now))
	}
	for i, one := range s.Credentials {
		row(label("credentials", i), one.describe(now))
	}
	for i, one := range s.Deployments {
		row(label("deployments", i), fmt.Sprintf("%s %s, %s, took %d s", one.Kind, one.Result, ago(one.StartedAt, now), one.Seconds))
	}
	for i, one := range s.Rotations {
		row(label("rotations", i), one.String())
	}
	row("drift", s.Drift.describe(now))
	row("cost", s.Cost)
	return out.Flush()
}

func label(name string, i int) string {
	if i == 0 {
		return name
	}
	return ""
}

func health(ready bool, reason string) string {
	if ready {
		return "ready"
	}
	return "not ready: " + reason
}

func proved(at string) string {
	if at == "" {
		return ", not proved: its gate was off"
	}
	return ", proved " + at
}

func (i Instance) describe(now time.Time) string {
	text := i.State
	if i.Serves {
		text += ", serves"
	}
	if i.Revision != "" {
		text += ", revision " + i.Revision
	}
	if !i.StartedAt.IsZero() {
		text += ", started " + ago(i.StartedAt, now)
	}
	return text + ", " + health(i.Ready, i.Reason)
}

func (c Credential) describe(now time.Time) string {
	text := c.Name
	if c.ID != "" {
		text += " " + c.ID
	}
	if c.Since.IsZero() {
		return text + ", its age is not known here"
	}
	return text + ", made " + ago(c.Since, now)
}

// String is a rotation as a line of an audit.
func (r Rotation) String() string {
	text := fmt.Sprintf("%s %s: %s replaced by %s", r.At, r.What, r.From, r.To)
	if r.Fingerprint != "" {
		text += ", fingerprint " + r.Fingerprint
	}
	return text
}

// ago is a time with how long it is past, in its greatest unit.
func ago(at, now time.Time) string {
	passed := now.Sub(at)
	unit := "s"
	amount := passed.Seconds()
	for _, greater := range []struct {
		size float64
		name string
	}{{60, "min"}, {60, "h"}, {24, "days"}} {
		if amount < greater.size {
			break
		}
		amount, unit = amount/greater.size, greater.name
	}
	return fmt.Sprintf("%s (%d %s ago)", at.UTC().Format(time.RFC3339), max(0, int(amount)), unit)
}
