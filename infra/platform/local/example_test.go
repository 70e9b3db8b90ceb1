package local_test

import (
	"os"
	"path/filepath"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/killrvideo/killrvideo-go/infra/app"
	"github.com/killrvideo/killrvideo-go/infra/gate"
	"github.com/killrvideo/killrvideo-go/infra/platform/local"
)

// A Go program on this machine, at http://127.0.0.1:8000.
func ExampleNewService() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		cache, err := os.UserCacheDir()
		if err != nil {
			return err
		}
		home := filepath.Join(cache, "shop")
		program, err := local.GoProgram{Dir: "../shop", Package: ".", Name: "shop"}.Build(filepath.Join(home, "bin"))
		if err != nil {
			return err
		}
		front, err := local.FrontProgram(".").Build(filepath.Join(home, "bin"))
		if err != nil {
			return err
		}
		service, err := local.NewService(ctx, "shop", &local.ServiceArgs{
			App: app.App{Name: "shop", Environment: "dev"}, Program: program, Front: front, StateDir: filepath.Join(home, ctx.Stack()),
		})
		if err != nil {
			return err
		}
		_, err = gate.New(ctx, "shop", &gate.Args{Deployment: service.Deployment})
		return err
	})
}
