// Package fault makes one operation of the engine on a resource fail: before its
// effect, after it, without an answer, or under a clock that is wrong. It stands
// between the engine and a provider, the native one or a stand-in for a cloud's.
// It is for tests alone and knows nothing of what is deployed.
package fault

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// Step is an operation on a resource.
type Step struct {
	Verb string `json:"verb"` // create, update or delete
	Type string `json:"type"`
	Name string `json:"name"`
}

func (s Step) String() string { return s.Verb + " " + s.Type + " " + s.Name }

// Kind is how a step fails.
type Kind string

// The kinds. A clock that jumps makes no step fail by itself.
const (
	None    Kind = ""
	Before  Kind = "error before effect"
	After   Kind = "error after effect"
	Timeout Kind = "time-out"
	Killed  Kind = "kill -9"
	Ahead   Kind = "clock a day ahead"
	Behind  Kind = "clock a day behind"
)

// Kinds are all of them.
func Kinds() []Kind { return []Kind{Before, After, Timeout, Killed, Ahead, Behind} }

// Jump is by how much the clock is wrong.
func (k Kind) Jump() time.Duration {
	switch k {
	case Ahead:
		return 24 * time.Hour
	case Behind:
		return -24 * time.Hour
	}
	return 0
}

// What a step says that failed.
var (
	ErrBefore  = errors.New("503 Service Unavailable, as the test asked")
	ErrAfter   = errors.New("connection reset by peer, as the test asked")
	ErrTimeout = fmt.Errorf("%w, as the test asked", context.DeadlineExceeded)
)

// Says are the words of a kind's error, "" if it has none.
func (k Kind) Says() string {
	switch k {
	case Before:
		return "503"
	case After:
		return "connection reset"
	case Timeout:
		return "deadline exceeded"
	}
	return ""
}

// Referee decides which step fails.
type Referee interface {
	// Before is asked before a step, and returns how it fails and by how much the
	// clock is wrong.
	Before(step Step) (Kind, time.Duration)
	// After is told that a step has had its effect; it may not return.
	After(step Step)
}

// Striker makes the steps of one provider fail.
type Striker struct {
	referee Referee

	mu     sync.Mutex
	ahead  time.Duration
	strike Kind // of the step under way, if its requests are to fail
	first  string
}

// NewStriker asks a referee.
func NewStriker(referee Referee) *Striker { return &Striker{referee: referee} }

// Now is the time by a clock that may be wrong.
func (s *Striker) Now() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return time.Now().Add(s.ahead)
}

func (s *Striker) set(strike Kind, ahead time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.strike, s.ahead, s.first = strike, ahead, ""
}

// inRequests are types whose effect is one request of theirs: it is the request
// that fails, and what the provider makes of that is its own.
var inRequests = map[string]bool{"astradb:index:Role": true, "astradb:index:Token": true, "astradb:index:Schema": true}

// Wrap makes the steps of a provider fail.
func (s *Striker) Wrap(built p.Provider) p.Provider {
	create, update, remove := built.Create, built.Update, built.Delete
	built.Create = func(ctx context.Context, r p.CreateRequest) (answer p.CreateResponse, err error) {
		err = s.step(r.DryRun, "create", r.Urn, func() error {
			answer, err = create(ctx, r)
			return err
		})
		if failed(err) {
			answer = p.CreateResponse{}
		}
		return answer, err
	}
	built.Update = func(ctx context.Context, r p.UpdateRequest) (answer p.UpdateResponse, err error) {
		err = s.step(r.DryRun, "update", r.Urn, func() error {
			answer, err = update(ctx, r)
			return err
		})
		if failed(err) {
			answer = p.UpdateResponse{}
		}
		return answer, err
	}
	built.Delete = func(ctx context.Context, r p.DeleteRequest) error {
		return s.step(false, "delete", r.Urn, func() error { return remove(ctx, r) })
	}
	return built
}

// failed tells an error of this package, whose step has no result.
func failed(err error) bool {
	return errors.Is(err, ErrBefore) || errors.Is(err, ErrAfter) || errors.Is(err, ErrTimeout)
}

func (s *Striker) step(dry bool, verb string, urn resource.URN, do func() error) error {
	if dry {
		return do()
	}
	step := Step{Verb: verb, Type: string(urn.Type()), Name: urn.Name()}
	kind, ahead := s.referee.Before(step)
	if inRequests[step.Type] && kind != Killed {
		s.set(kind, ahead)
		defer s.set(None, ahead)
		return do()
	}
	s.set(None, ahead)
	if kind == Before {
		return ErrBefore
	}
	err := do()
	if kind == Killed {
		s.referee.After(step)
	}
	switch {
	case err != nil:
	case kind == After:
		err = ErrAfter
	case kind == Timeout:
		err = ErrTimeout
	}
	return err
}
