package local

import (
	"fmt"
	"strconv"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/killrvideo/killrvideo-go/infra/caller"
	"github.com/killrvideo/killrvideo-go/infra/provider/resource"
)

// loopback is the only address that anything of this target listens on.
const loopback = "127.0.0.1"

// address is loopback with a port.
func address(port int) string { return loopback + ":" + strconv.Itoa(port) }

// urlOf is the address as a URL without a slash at the end.
func urlOf(port int) string { return "http://" + address(port) }

// front listens on the stack's port and passes connections on to the process
// that was proved.
func (t *Target) front(ctx *pulumi.Context, command string, process *resource.Process, proof pulumi.Resource) (pulumi.StringOutput, error) {
	stack := ctx.Stack()
	front, err := resource.NewFront(ctx, "front-"+stack, &resource.FrontArgs{
		Command:            pulumi.String(command),
		Owner:              t.owner.Mark,
		Dir:                t.state(stack, "front"),
		URL:                pulumi.String(urlOf(t.settings.Port)),
		ProcessDir:         t.state(stack, "api"),
		Address:            process.Address,
		Instance:           process.Instance,
		StopTimeoutSeconds: pulumi.Int(stopSeconds),
		PortSetting:        pulumi.String(caller.Pulumi("config set --path local.port PORT --stack " + stack)),
	}, pulumi.DependsOn([]pulumi.Resource{proof}))
	if err != nil {
		return pulumi.StringOutput{}, fmt.Errorf("the listener in front of the API: %w", err)
	}
	return front.URL, nil
}
