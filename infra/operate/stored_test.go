package operate_test

import (
	"testing"

	"github.com/killrvideo/killrvideo-go/infra/operate"
)

// TestLost: what a state has is not lost, one that is to be deleted neither, and
// under either of its IDs. Another type of the same ID is another thing, and a
// resource without an ID is none.
func TestLost(t *testing.T) {
	t.Parallel()
	stack := operate.Stack{
		Resources: []operate.Resource{
			{Type: "secret", ID: "known"}, {Type: "secret", ID: "to be deleted", Delete: true}, {Type: "secret", ID: "p/aliased"},
			{Type: "config", ID: "of another type"}, {Type: "secret"},
		},
		Pending: []operate.Resource{{Type: "secret", ID: "pending"}},
	}
	lost := stack.Lost([]operate.Stored{
		{Type: "secret", ID: "known"}, {Type: "secret", ID: "to be deleted"}, {Type: "secret", ID: "1/aliased", Alias: "p/aliased"},
		{Type: "secret", ID: "of another type"}, {Type: "secret", ID: "pending"}, {Type: "secret", ID: "lost", Keep: operate.InUse},
	})
	if len(lost) != 3 || lost[0].ID != "of another type" || lost[1].ID != "pending" || lost[2].ID != "lost" {
		t.Errorf("lost are %+v", lost)
	}
}
