package stacks

import (
	"os"
	"regexp"
	"strconv"
	"testing"

	"github.com/killrvideo/killrvideo-go/infra/app"
)

// TestTheServicesOwnLimits are as service/serve.go has them.
func TestTheServicesOwnLimits(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../service/serve.go")
	if err != nil {
		t.Fatal(err)
	}
	limit := func(pattern string) int {
		found := regexp.MustCompile(pattern).FindSubmatch(text)
		if found == nil {
			t.Fatalf("the service does not say %s", pattern)
		}
		n, _ := strconv.Atoi(string(found[1]))
		return n
	}
	if got := limit(`requestTimeout\s+= (\d+) \* time\.Second`); got != requestSeconds {
		t.Errorf("a request may take %d s, and the platforms expect %d", got, requestSeconds)
	}
	share := limit(`tidyShare\s+= (\d+)`)
	if want, got := 100-100/share, (app.Times{Timeout: 100}).InFlight(); got != want {
		t.Errorf("requests in flight have %d of 100 s, and the platforms expect %d", want, got)
	}
}
