package provider

import (
	"testing"
	"time"
)

// A second rotation within the lifetime of tokens ends those of the key before
// the previous one, and says so.
func TestRotationWarnsOfTokensThatEnd(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 29, 12, 0, 0, 0, time.UTC)
	args := func(generation string) SigningKeyArgs {
		return SigningKeyArgs{TokenLifetimeSeconds: 3600, Generation: generation}
	}
	first := SigningKeyState{SigningKeyArgs: args("0"), LongestLifetime: 3600}.with(newKey(args("0")))
	second, warnings, err := first.rotated(args("1"), now)
	if err != nil || len(warnings) > 0 {
		t.Fatalf("the first rotation ends with %q, %v", warnings, err)
	}
	for after, want := range map[time.Duration]int{time.Minute: 1, 2 * time.Hour: 0} {
		if _, warnings, err := second.rotated(args("2"), now.Add(after)); err != nil || len(warnings) != want {
			t.Errorf("a rotation after %v ends with %q, %v, want %d warnings", after, warnings, err, want)
		}
	}
}
