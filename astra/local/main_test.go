package local_test

import (
	"flag"
	"os"
	"testing"
)

// TestMain draws the same random cases in every run. Other and more ones:
// go test ./local -run Model -rapid.seed 0 -rapid.checks 10000
func TestMain(m *testing.M) {
	if err := flag.Set("rapid.seed", "17"); err != nil {
		panic(err)
	}
	os.Exit(m.Run())
}
