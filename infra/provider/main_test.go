package provider_test

import (
	"log"
	"os"
	"testing"

	"github.com/killrvideo/killrvideo-go/infra/provider/daemon/daemontest"
)

// binaries is the variable that names the folder of programs built for the tests.
const binaries = "PROVIDER_TEST_BINARIES"

func TestMain(m *testing.M) {
	if os.Getenv(daemontest.Role) != "" {
		daemontest.Main(m)
		return
	}
	dir, err := os.MkdirTemp("", "provider-test")
	if err != nil {
		log.Fatal(err)
	}
	os.Setenv(binaries, dir)
	daemontest.Main(m, func() { os.RemoveAll(dir) })
}
