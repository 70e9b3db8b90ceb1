package provider_test

import (
	"bufio"
	"context"
	"os"
	"os/exec"
	"strings"
	"testing"

	rpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/protobuf/types/known/emptypb"

	"github.com/killrvideo/killrvideo-go/infra/provider"
)

// The engine compiles the folder if it holds this file.
func TestThePluginIsASourcePlugin(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("plugin/PulumiPlugin.yaml")
	must(t, err)
	if strings.TrimSpace(string(text)) != "runtime: go" {
		t.Errorf("PulumiPlugin.yaml = %q", text)
	}
}

func TestThePluginServesTheEngine(t *testing.T) {
	t.Parallel()
	binary, err := goBuild("github.com/killrvideo/killrvideo-go/infra/provider/plugin")
	must(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	cmd := exec.CommandContext(ctx, binary)
	stdout, err := cmd.StdoutPipe()
	must(t, err)
	must(t, cmd.Start())
	defer func() {
		cancel()
		_ = cmd.Wait() // it was killed
	}()
	lines := bufio.NewScanner(stdout)
	if !lines.Scan() {
		t.Fatal("the plugin ended without saying its port")
	}
	conn, err := grpc.NewClient("127.0.0.1:"+lines.Text(), grpc.WithTransportCredentials(insecure.NewCredentials()))
	must(t, err)
	defer conn.Close()
	info, err := rpc.NewResourceProviderClient(conn).GetPluginInfo(ctx, &emptypb.Empty{})
	must(t, err)
	if info.GetVersion() != provider.Version {
		t.Errorf("version = %s, want %s", info.GetVersion(), provider.Version)
	}
}
