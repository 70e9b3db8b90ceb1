package enginetest

import (
	"time"

	"github.com/killrvideo/killrvideo-go/infra/target"
	"github.com/killrvideo/killrvideo-go/stacks"
)

// databaseID is the one database of the embedded Astra.
const databaseID = "00000000-0000-4000-8000-000000000001"

// hurriedDrain is how long old instances of a stand-in answer, and the seconds
// that a stack waits for them; a real platform takes up to a minute.
const (
	hurriedDrain   = 1500 * time.Millisecond
	hurriedSeconds = 2
)

// hurry is a target whose old instances end soon; all else is the target's own.
type hurry struct{ target.Target }

func hurried(build stacks.Builder) stacks.Builder {
	return func(source stacks.Source, cfg *stacks.Config) (target.Target, error) {
		place, err := build(source, cfg)
		if err != nil {
			return place, err
		}
		return hurry{place}, nil
	}
}

// Times differ from the target's own by the drain alone.
func (h hurry) Times() target.Times {
	if h.Target.Times().Drain() == 0 {
		return target.Times{}
	}
	return target.Times{Stop: hurriedSeconds}
}
