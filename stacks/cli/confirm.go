package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/auto"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/events"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optdestroy"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optpreview"
	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"

	"github.com/killrvideo/killrvideo-go/infra/caller"
	"github.com/killrvideo/killrvideo-go/infra/operate"
	"github.com/killrvideo/killrvideo-go/infra/provider/resource"

	"github.com/killrvideo/killrvideo-go/stacks/launch/exit"
)

// yesVariable answers a question beforehand: 1, or the name of the stack.
const yesVariable = "YES"

// planned is what an operation would do.
type planned struct {
	steps map[apitype.OpType]int
	// loses are the resources that it deletes or replaces although they are
	// protected or hold data.
	loses []string
}

// holdData are the types of resources that cannot be made again with what was
// in them.
var holdData = []string{
	resource.Package + ":astra:Database", resource.Package + ":astra:Keyspace",
	"gcp:artifactregistry/repository:Repository", "gcp:kms/cryptoKey:CryptoKey", "gcp:logging/projectBucketConfig:ProjectBucketConfig",
	"aws:ecr/repository:Repository", "aws:kms/key:Key", "aws:cloudwatch/logGroup:LogGroup", "aws:s3/bucketV2:BucketV2",
	"kubernetes:core/v1:Namespace", "kubernetes:core/v1:PersistentVolumeClaim",
}

func (p *planned) note(event events.EngineEvent) {
	if event.ResourcePreEvent == nil || event.ResourcePreEvent.Metadata.Op == apitype.OpSame {
		return
	}
	step := event.ResourcePreEvent.Metadata
	p.steps[step.Op]++
	switch step.Op {
	case apitype.OpDelete, apitype.OpReplace:
	default:
		return
	}
	if old := step.Old; old != nil && (old.Protect || slices.Contains(holdData, step.Type)) {
		p.loses = append(p.loses, step.Type+" "+operate.Resource{URN: step.URN}.Name())
	}
}

// empty tells that nothing would be done.
func (p *planned) empty() bool { return len(p.steps) == 0 }

func (p *planned) String() string { return counted(p.steps) }

// counted are operations of the engine with how often each is.
func counted(steps map[apitype.OpType]int) string {
	var parts []string
	for _, op := range slices.Sorted(maps.Keys(steps)) {
		parts = append(parts, fmt.Sprintf("%s %d", op, steps[op]))
	}
	return strings.Join(parts, ", ")
}

// confirmed shows what an operation would do on a cloud and asks; target local never
// asks.
func (c *command) confirmed(ctx context.Context, stack auto.Stack, verb string, w *watch) error {
	if c.target == "local" {
		return nil
	}
	p := &planned{steps: map[apitype.OpType]int{}}
	w.show(c, true)
	var err error
	if channel := w.events(p.note); verb == "down" {
		_, err = stack.PreviewDestroy(ctx, optdestroy.ErrorProgressStreams(c.err), optdestroy.EventStreams(channel))
	} else {
		_, err = stack.Preview(ctx, optpreview.ErrorProgressStreams(c.err), optpreview.EventStreams(channel))
	}
	w.wait()
	if err == nil {
		w.display.summary()
	}
	clear(w.steps) // a preview has done nothing
	if err != nil {
		return c.failed(ctx, verb, w, err)
	}
	return c.confirm(verb, p)
}

// confirm asks whether to go on, for the name of the stack if something is lost.
func (c *command) confirm(verb string, p *planned) error {
	question, answer := fmt.Sprintf("%s stack %s: %s. Go on? [y/N] ", verb, c.stack, p), "1"
	if len(p.loses) > 0 {
		question = fmt.Sprintf("%s stack %s: %s. This deletes or replaces what is protected or holds data:\n  %s\nType the name of the stack "+
			"to go on: ",
			verb, c.stack, p, strings.Join(p.loses, "\n  "))
		answer = c.stack
	}
	switch {
	case p.empty(), c.yes == answer, c.yes == c.stack:
		return nil
	case c.asks == nil:
		return exit.NotConfirmed.Errorf("%s\nthere is no terminal to ask on, so nothing was changed; to go on: %s",
			strings.TrimSpace(question), caller.Operate(verb, c.stack, yesVariable+"="+answer))
	}
	_, _ = fmt.Fprint(c.prompt, question)
	given, err := readLine(c.asks)
	if err != nil {
		return exit.NotConfirmed.Errorf("%s: no answer: %w; nothing was changed", verb, err)
	}
	if given == c.stack || answer == "1" && (given == "y" || given == "yes") {
		return nil
	}
	return exit.NotConfirmed.Errorf("%s: the answer was %q; nothing was changed", verb, given)
}

func readLine(from io.Reader) (string, error) {
	line, err := bufio.NewReader(from).ReadString('\n')
	if errors.Is(err, io.EOF) && line != "" {
		err = nil
	}
	return strings.TrimSpace(line), err
}
