package provider

import (
	"context"
	"errors"
	"fmt"
	"syscall"

	p "github.com/pulumi/pulumi-go-provider"

	"github.com/killrvideo/killrvideo-go/infra/provider/daemon"
	"github.com/killrvideo/killrvideo-go/infra/provider/failure"
)

// classified records the class of every failed create, update and delete for
// the program that drives the engine.
func classified(built p.Provider) p.Provider {
	create, update, remove := built.Create, built.Update, built.Delete
	built.Create = func(ctx context.Context, req p.CreateRequest) (p.CreateResponse, error) {
		res, err := create(ctx, req)
		return res, note(ctx, string(req.Urn), err)
	}
	built.Update = func(ctx context.Context, req p.UpdateRequest) (p.UpdateResponse, error) {
		res, err := update(ctx, req)
		return res, note(ctx, string(req.Urn), err)
	}
	built.Delete = func(ctx context.Context, req p.DeleteRequest) error {
		return note(ctx, string(req.Urn), remove(ctx, req))
	}
	return built
}

// note records the class of err, if it has one, and returns err as it is.
func note(ctx context.Context, urn string, err error) error {
	class := classOf(err)
	if class == "" {
		return err
	}
	if unnoted := failure.Note(failure.Record{Class: class, URN: urn}); unnoted != nil {
		p.GetLogger(ctx).Warning(fmt.Sprintf("the class of the failure is lost: %v", unnoted))
	}
	return err
}

func classOf(err error) failure.Class {
	var port *daemon.PortError
	switch {
	case err == nil:
		return ""
	case errors.As(err, &port):
		return failure.PortInUse
	case errors.Is(err, syscall.ENOSPC):
		return failure.DiskFull
	}
	return ""
}
