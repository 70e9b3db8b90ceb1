package provider_test

import (
	"testing"

	"github.com/killrvideo/killrvideo-go/infra/provider/daemon/daemontest"
)

func TestMain(m *testing.M) { daemontest.Main(m) }
