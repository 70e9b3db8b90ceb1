package enginetest

import (
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/killrvideo/killrvideo-go/stacks/launch/exit"
)

// refreshes is the command that takes in what was changed behind a stack, in the
// form of a caller of make.
var refreshes = regexp.MustCompile(`make pulumi ARGS="(refresh [^"]*)"`)

// DeletedByHand deletes things behind a stack, of each type in turn with what is
// in them. The next rotation comes upon it: up fails with what the cloud's provider
// says, and names the command that takes it in. After this command, up makes again
// what went, rolls the rotation out and proves it.
func DeletedByHand(t *testing.T, place Place, command Command, types ...string) {
	t.Helper()
	o := newOperator(t, place, command)
	t.Setenv("YES", "dev")
	o.run(nil, "up")
	for i, kind := range types {
		t.Run(kind, func(t *testing.T) {
			o.t = t
			lost := o.cloud.Lose(t, kind)
			o.pulumi("config", "set", "astraTokenGeneration", strconv.Itoa(i+2))
			printed := o.run(exit.Failed, "up")
			o.wants(printed, "not found")
			next := refreshes.FindStringSubmatch(printed)
			if next == nil {
				t.Fatalf("no command takes it in:\n%s", printed)
			}
			o.run(nil, "pulumi", append([]string{"--"}, strings.Fields(next[1])...)...)
			o.cloud.Journal()
			o.run(nil, "up")
			done := journal(o.cloud)
			for _, kind := range lost {
				if len(done.positions("create "+kind)) == 0 {
					t.Errorf("no %s was made again:\n%s", kind, done)
				}
			}
			if len(done.positions("update "+place.Cloud.Service))+len(done.positions("create "+place.Cloud.Service)) == 0 {
				t.Errorf("the new credentials were not rolled out:\n%s", done)
			}
			o.run(nil, "status")
			o.wants(o.run(nil, "up"), "unchanged")
		})
	}
	o.t = t
	o.run(nil, "down")
}
