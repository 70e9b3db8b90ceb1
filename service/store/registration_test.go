package store

import (
	"testing"
	"time"

	"github.com/google/uuid"
	"pgregory.net/rapid"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// numbered gives user ids in the order of their numbers.
func numbered(n byte) uuid.UUID { return uuid.UUID{0: n, 6: 0x40, 8: 0x80} }

func TestJudge(t *testing.T) {
	t.Parallel()
	mine := claim{UserID: numbered(5), ClaimedAt: noon}
	fresh := func(n byte) claim { return claim{UserID: numbered(n), ClaimedAt: noon.Add(-patience)} }
	old := func(n byte) claim { return claim{UserID: numbered(n), ClaimedAt: noon.Add(-lease - time.Second)} }
	confirmed := claim{UserID: numbered(9), ClaimedAt: noon.Add(-time.Hour), Confirmed: true, Password: "hash"}
	remains := claim{UserID: numbered(1), Confirmed: true} // without a password
	tests := map[string]struct {
		others []claim
		want   verdict
		stale  int
	}{
		"alone":                    {nil, won, 0},
		"against an account":       {[]claim{confirmed}, lost, 0},
		"against a lower claim":    {[]claim{fresh(4)}, lost, 0},
		"against a higher claim":   {[]claim{fresh(6)}, blocked, 0},
		"between two":              {[]claim{fresh(6), fresh(4)}, lost, 0},
		"a lower one is forgotten": {[]claim{old(4)}, blocked, 1},
		"forgotten and lower":      {[]claim{old(2), fresh(4)}, lost, 0},
		"remains of an update":     {[]claim{remains}, blocked, 1},
		"forgotten, and account":   {[]claim{old(2), confirmed}, lost, 0},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, stale := judge(mine, append(test.others, mine), noon)
			if got != test.want || len(stale) != test.stale {
				t.Errorf("got %v with %d stale, want %v with %d", got, len(stale), test.want, test.stale)
			}
		})
	}
}

// contestant goes through the steps of CreateUser one at a time, so that the
// steps of many can be interleaved in every way.
type contestant struct {
	claim claim
	state int // 0 to claim, 1 contending, 2 won, 3 confirmed, 4 withdrawn
}

func (c *contestant) step(partition map[uuid.UUID]claim) {
	switch c.state {
	case 0:
		partition[c.claim.UserID], c.state = c.claim, 1
	case 1:
		var all []claim
		for _, row := range partition {
			all = append(all, row)
		}
		switch v, _ := judge(c.claim, all, noon); v {
		case won:
			c.state = 2
		case lost:
			delete(partition, c.claim.UserID)
			c.state = 4
		}
	case 2:
		c.claim.Confirmed = true
		partition[c.claim.UserID], c.state = c.claim, 3
	}
}

// In whatever order the steps of several registrations of one e-mail follow
// each other, never two win, and in the end one has won.
func TestOneRegistrationWinsInEveryInterleaving(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		partition := map[uuid.UUID]claim{}
		all := make([]*contestant, rapid.IntRange(1, 6).Draw(t, "contestants"))
		for i := range all {
			all[i] = &contestant{claim: claim{UserID: numbered(byte(i + 1)), ClaimedAt: noon, Password: "hash"}}
		}
		for range rapid.IntRange(0, 40).Draw(t, "steps") {
			all[rapid.IntRange(0, len(all)-1).Draw(t, "next")].step(partition)
			if n := winners(all); n > 1 {
				t.Fatalf("%d win", n)
			}
		}
		for range 10 { // let everybody finish
			for _, c := range all {
				c.step(partition)
			}
		}
		if n := winners(all); n != 1 || len(partition) != 1 {
			t.Fatalf("%d win, %d rows are left", n, len(partition))
		}
	})
}

func winners(all []*contestant) int {
	n := 0
	for _, c := range all {
		if c.state == 2 || c.state == 3 {
			n++
		}
	}
	return n
}
