package provider

import (
	"context"
	"path/filepath"

	"github.com/pulumi/pulumi-go-provider/infer"
)

// Check validates the inputs.
func (*Front) Check(ctx context.Context, req infer.CheckRequest) (infer.CheckResponse[FrontArgs], error) {
	args, failures, err := infer.DefaultCheck[FrontArgs](ctx, req.NewInputs)
	if err != nil || len(failures) > 0 {
		return infer.CheckResponse[FrontArgs]{Inputs: args, Failures: failures}, err
	}
	problems := problems{known: req.NewInputs}
	problems.require("command", args.Command, "the program that listens")
	problems.require("instance", args.Instance, "the start that gets the connections")
	for field, dir := range map[string]string{"dir": args.Dir, "processDir": args.ProcessDir} {
		if !filepath.IsAbs(dir) {
			problems.add(field, "must be an absolute path, got %q", dir)
		}
	}
	for field, url := range map[string]string{"url": args.URL, "address": args.Address} {
		if !loopbackWithPort(url) {
			problems.add(field, "must be an http URL on this machine with a port, such as http://127.0.0.1:8000, got %q", url)
		}
	}
	if args.StopTimeoutSeconds < 1 {
		problems.add("stopTimeoutSeconds", "must be at least 1, got %d", args.StopTimeoutSeconds)
	}
	return infer.CheckResponse[FrontArgs]{Inputs: args, Failures: problems.failures}, nil
}
