package store

import (
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"pgregory.net/rapid"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// numbered gives ids in the order of their numbers.
func numbered(n byte) uuid.UUID { return uuid.UUID{0: n, 6: 0x40, 8: 0x80} }

func TestJudge(t *testing.T) {
	t.Parallel()
	mine := contest{mine: claim{id: numbered(5)}, lease: emailLease}
	live := func(n byte) claim { return claim{id: numbered(n), at: noon.Add(-opTimeout)} }
	old := func(n byte) claim { return claim{id: numbered(n), at: noon.Add(-emailLease - time.Second)} }
	final := claim{id: numbered(9), at: noon.Add(-time.Hour), final: true}
	tests := map[string]struct {
		others  []claim
		want    outcome
		expired int
	}{
		"alone":                     {nil, hasWon, 0},
		"against a final claim":     {[]claim{final}, hasLost, 0},
		"against a lower claim":     {[]claim{live(4)}, hasLost, 0},
		"against a higher claim":    {[]claim{live(6)}, undecided, 0},
		"between two":               {[]claim{live(6), live(4)}, hasLost, 0},
		"a lower one has expired":   {[]claim{old(4)}, undecided, 1},
		"an expired and a lower":    {[]claim{old(2), live(4)}, hasLost, 0},
		"an expired and a final":    {[]claim{old(2), final}, hasLost, 0},
		"an expired and a higher":   {[]claim{old(2), live(6)}, undecided, 1},
		"at the end of the lease":   {[]claim{{id: numbered(4), at: noon.Add(-emailLease)}}, hasLost, 0},
		"a claim without any times": {[]claim{{id: numbered(1)}}, undecided, 1},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, expired := mine.judge(append(test.others, mine.mine), noon)
			if got != test.want || len(expired) != test.expired {
				t.Errorf("got %v with %d expired, want %v with %d", got, len(expired), test.want, test.expired)
			}
		})
	}
}

// An update that arrives after its row was withdrawn leaves a confirmed row
// without a password. It reserves no e-mail.
func TestARowWithoutAPasswordOwnsNoEmail(t *testing.T) {
	t.Parallel()
	if (credentialsRow{Confirmed: true}).owns() || !(credentialsRow{Confirmed: true, Password: "hash"}).owns() {
		t.Error("a row owns its e-mail if it is confirmed and has a password")
	}
}

// contender goes through the steps of a contest one at a time, so that the steps
// of many can be interleaved in every order.
type contender struct {
	contest contest
	// keeps is set for a winner that makes its claim final, as a registration
	// does; others release it and end, as the holder of a lock does.
	keeps bool
	won   bool
	state state
}

type state int

const (
	unclaimed state = iota
	contending
	holding
	finished
)

func (c *contender) step(partition map[uuid.UUID]claim) {
	id := c.contest.mine.id
	switch c.state {
	case unclaimed:
		partition[id], c.state = c.contest.mine, contending
	case contending:
		var all []claim
		for _, row := range partition {
			all = append(all, row)
		}
		switch result, _ := c.contest.judge(all, noon); {
		case result == hasWon:
			c.won, c.state = true, holding
		case result == hasLost && c.contest.mine.final: // it stays: a refresh token is used
			c.state = finished
		case result == hasLost && c.keeps:
			delete(partition, id)
			c.state = finished
		case result == hasLost: // it tries again
			delete(partition, id)
			c.state = unclaimed
		}
	case holding:
		if c.contest.mine.final = c.contest.mine.final || c.keeps; c.contest.mine.final {
			partition[id] = c.contest.mine
		} else {
			delete(partition, id)
		}
		c.state = finished
	}
}

// In whatever order the steps of several contenders follow each other, never two
// of them hold the contested thing. Of registrations one wins in the end, every
// waiter gets a lock in the end, and of uses of a refresh token at most one wins.
func TestOneContenderWinsInEveryInterleaving(t *testing.T) {
	t.Parallel()
	for name, kind := range map[string]struct{ keeps, final bool }{"e-mail": {keeps: true}, "lock": {}, "refresh token": {final: true}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rapid.Check(t, func(t *rapid.T) {
				partition := map[uuid.UUID]claim{}
				all := make([]*contender, rapid.IntRange(1, 6).Draw(t, "contenders"))
				for i := range all {
					mine := claim{id: numbered(byte(i + 1)), at: noon, final: kind.final}
					all[i] = &contender{contest: contest{mine: mine, lease: emailLease}, keeps: kind.keeps}
				}
				for range rapid.IntRange(0, 40).Draw(t, "steps") {
					all[rapid.IntRange(0, len(all)-1).Draw(t, "next")].step(partition)
					if n := number(all, func(c *contender) bool { return c.state == holding }); n > 1 {
						t.Fatalf("%d hold it", n)
					}
				}
				finish(all, partition)
				won := number(all, func(c *contender) bool { return c.won })
				if kind.final && won > 1 || kind.keeps && won != 1 || !kind.final && !kind.keeps && won != len(all) {
					t.Fatalf("%d of %d have won", won, len(all))
				}
				if want := map[bool]int{true: won}[kind.keeps]; !kind.final && len(partition) != want {
					t.Fatalf("%d rows are left, want %d", len(partition), want)
				}
			})
		})
	}
}

// finish lets the contenders go on as random pauses do in the end: those that
// contend decide before another one claims again.
func finish(all []*contender, partition map[uuid.UUID]claim) {
	for range 10 * len(all) {
		busy := false
		for _, c := range slices.Backward(all) {
			if c.state == contending || c.state == holding {
				busy = true
				c.step(partition)
			}
		}
		if i := slices.IndexFunc(all, func(c *contender) bool { return c.state == unclaimed }); !busy && i >= 0 {
			all[i].step(partition)
		}
	}
}

func number(all []*contender, which func(*contender) bool) (n int) {
	for _, c := range all {
		if which(c) {
			n++
		}
	}
	return n
}
