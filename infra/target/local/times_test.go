package local

import "testing"

func TestTimes(t *testing.T) {
	t.Parallel()
	for _, wrong := range (&Target{}).Times().Problems() {
		t.Error(wrong)
	}
}
