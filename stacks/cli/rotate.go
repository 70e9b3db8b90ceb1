package cli

import (
	"context"
	"flag"
	"fmt"
	"io"
	"strconv"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"

	"github.com/killrvideo/killrvideo-go/infra/caller"
	"github.com/killrvideo/killrvideo-go/infra/operate"
	"github.com/killrvideo/killrvideo-go/infra/provider/resource"
	"github.com/killrvideo/killrvideo-go/stacks"

	"github.com/killrvideo/killrvideo-go/stacks/launch/exit"
)

// rotation is a credential that rotate changes: by a setting, whose last
// deployed value a resource of the state has.
type rotation struct {
	setting, resource, property string
	// brought are secrets of the user's own, for which the setting does nothing.
	brought []string
}

var (
	rotateAstra   = rotation{"astraTokenGeneration", resource.TokenType, "generation", []string{"astraToken", "astraReadOnlyToken"}}
	rotateJWT     = rotation{"jwtKeyGeneration", resource.SigningKeyType, "generation", []string{"jwtSecretKey"}}
	rotateJWTLeak = rotation{"jwtKeyLeakGeneration", resource.SigningKeyType, "leakGeneration", nil}
)

// rotationStep is a part of a rotation that is done.
type rotationStep struct {
	At   time.Time `json:"at"`
	What string    `json:"what"`
	// Seconds are since the rotation began.
	Seconds float64 `json:"seconds"`
}

// rotated is what a rotation did.
type rotated struct {
	Stack     string             `json:"stack"`
	Settings  []changedSetting   `json:"settings"`
	Steps     []rotationStep     `json:"steps"`
	Rotations []operate.Rotation `json:"rotations"`
}

// rotate makes new credentials, rolls them out, proves them and revokes the old
// ones, and prints each step with its time. One that failed is gone on with.
func (c *command) rotate(ctx context.Context, args []string) error {
	what, leak := "", false
	err := options("rotate", args, func(flags *flag.FlagSet) {
		flags.StringVar(&what, "what", "", "jwt, astra or all")
		flags.BoolVar(&leak, "leak", false, "keep nothing of the old credential")
	})
	if err != nil {
		return err
	}
	chosen, err := rotationsOf(what, leak)
	if err != nil {
		return err
	}
	stack, err := c.deployed(ctx)
	if err != nil {
		return err
	}
	done := rotated{Stack: c.stack, Settings: []changedSetting{}}
	for _, one := range chosen {
		changes, err := c.nextGeneration(stack, one)
		if err != nil {
			return err
		}
		done.Settings = append(done.Settings, changes...)
	}
	if leak {
		done.Settings = append(done.Settings, c.leakedKey(what)...)
	}
	if err := c.write(done.Settings); err != nil {
		return err
	}
	return c.rollOut(ctx, stack, &done)
}

// rotationsOf are the rotations that a word names.
func rotationsOf(what string, leak bool) ([]rotation, error) {
	jwt := rotateJWT
	if leak {
		jwt = rotateJWTLeak
	}
	all := map[string][]rotation{"jwt": {jwt}, "astra": {rotateAstra}, "all": {rotateAstra, jwt}}
	if chosen, known := all[what]; known {
		return chosen, nil
	}
	return nil, exit.Usage.Errorf("rotate: WHAT must be one of jwt, astra, all; it is %q\n%s", what, usage)
}

// nextGeneration is the setting that begins a rotation, nothing if one was begun
// and has not come to its end.
func (c *command) nextGeneration(stack operate.Stack, of rotation) ([]changedSetting, error) {
	settings, _, err := c.file.Read()
	if err != nil {
		return nil, err
	}
	for _, key := range of.brought {
		if settings.Config()[stacks.Namespace+":"+key] != nil {
			return nil, exit.Usage.Errorf("%s is your own and is not rotated from here; set another one and deploy it: %s && %s",
				key, caller.Pulumi("config set --secret "+key+" --stack "+c.stack), caller.Verb("up", c.stack))
		}
	}
	current, defaults, err := c.effective()
	if err != nil {
		return nil, err
	}
	number, err := strconv.Atoi(current[of.setting])
	if err != nil {
		return nil, exit.Usage.Errorf("%s is %q, which is no whole number", of.setting, current[of.setting])
	}
	for _, r := range stack.Of(of.resource) {
		if deployed := r.Text(of.property); deployed != current[of.setting] && !(deployed == "" && current[of.setting] == defaults[of.setting]) {
			c.say(fmt.Sprintf("%s is %d already and was not deployed: the rotation goes on", of.setting, number))
			return nil, nil
		}
	}
	return []changedSetting{{of.setting, current[of.setting], strconv.Itoa(number + 1)}}, nil
}

// leakedKey removes a brought key, which is refused once it has leaked.
func (c *command) leakedKey(what string) []changedSetting {
	settings, _, err := c.file.Read()
	if err != nil || what == "astra" || settings.Config()[stacks.Namespace+":jwtSecretKey"] == nil {
		return nil
	}
	return []changedSetting{{"jwtSecretKey", "your own", ""}}
}

// doneBy is what an operation of the engine did, in a word.
func doneBy(op apitype.OpType) string {
	switch op {
	case apitype.OpCreate, apitype.OpCreateReplacement:
		return "created"
	case apitype.OpDelete, apitype.OpDeleteReplaced:
		return "deleted"
	case apitype.OpUpdate:
		return "updated"
	}
	return string(op)
}

// rollOut deploys and tells each step.
func (c *command) rollOut(ctx context.Context, stack operate.Stack, done *rotated) error {
	out, errs, screen := c.out, c.err, c.screen
	tell := func(line string) {
		if !c.json {
			_, _ = fmt.Fprintln(out, line)
		}
	}
	for _, change := range done.Settings {
		tell(fmt.Sprintf("%s  %s", now().Format(time.TimeOnly), change))
	}
	began := time.Now()
	c.out, c.err, c.screen = io.Discard, io.Discard, newScreen(io.Discard)
	c.onStep = func(s apitype.StepEventMetadata) {
		if s.Op == apitype.OpReplace { // between the creation and the deletion, nothing is done
			return
		}
		one := rotationStep{At: now(), Seconds: time.Since(began).Round(10 * time.Millisecond).Seconds()}
		one.What = fmt.Sprintf("%s %s %s", doneBy(s.Op), s.Type, operate.Resource{URN: s.URN}.Name())
		done.Steps = append(done.Steps, one)
		tell(fmt.Sprintf("%s  %s (after %.1f s)", one.At.Format(time.TimeOnly), one.What, one.Seconds))
	}
	outputs, err := c.deploy(ctx)
	c.screen.Stop()
	c.out, c.err, c.screen = out, errs, screen
	if err != nil {
		return fmt.Errorf("%w\nthe rotation is not complete and no credential in use was revoked; go on with: %s",
			err, caller.Verb("up", c.stack))
	}
	before := operate.HistoryIn(map[string]any{operate.HistoryOutput: stack.Output(operate.HistoryOutput)})
	after := operate.HistoryIn(map[string]any{operate.HistoryOutput: outputs[operate.HistoryOutput].Value})
	done.Rotations = after.Since(before)
	for _, line := range done.Rotations {
		tell(line.String())
	}
	if c.json {
		return c.printJSON(done)
	}
	return nil
}
