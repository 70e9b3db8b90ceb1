package stacks

import (
	"errors"
	"sync/atomic"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/killrvideo/killrvideo-go/infra/credentials"
)

// halfWritten is a backend whose state cannot be read the first times.
type halfWritten struct{ asked atomic.Int64 }

func (b *halfWritten) NewResource(pulumi.MockResourceArgs) (string, resource.PropertyMap, error) {
	return "", nil, nil
}

func (b *halfWritten) Call(pulumi.MockCallArgs) (resource.PropertyMap, error) {
	if b.asked.Add(1) < 3 {
		return nil, errors.New("failed to load checkpoint: EOF")
	}
	return resource.PropertyMap{}, nil
}

// TestAStateThatIsBeingWrittenIsReadAgain: the engine saves it while the
// program begins.
func TestAStateThatIsBeingWrittenIsReadAgain(t *testing.T) {
	t.Parallel()
	backend := &halfWritten{}
	err := pulumi.RunErr(func(ctx *pulumi.Context) error {
		proved, _, err := Proved(ctx)
		if err == nil && proved.KeyFingerprint != credentials.NoneProved {
			t.Errorf("got %+v", proved)
		}
		return err
	}, pulumi.WithMocks("killrvideo", "dev", backend))
	if err != nil || backend.asked.Load() != 3 {
		t.Errorf("asked %d times: %v", backend.asked.Load(), err)
	}
}
