package provider

import (
	"context"
	"net"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"

	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi-go-provider/infer"
	"github.com/pulumi/pulumi/sdk/v3/go/property"

	"github.com/killrvideo/killrvideo-go/infra/provider/resource"
)

// Check validates the inputs.
func (*Process) Check(ctx context.Context, req infer.CheckRequest) (infer.CheckResponse[ProcessArgs], error) {
	return checked(ctx, req, func(args *ProcessArgs, problems *problems) {
		problems.require("command", args.Command, "the program to run")
		if !filepath.IsAbs(args.Dir) {
			problems.add("dir", "must be an absolute path, got %q", args.Dir)
		}
		if args.PortVariable == "" && !loopbackWithPort(args.URL) {
			problems.add("url", "must be an http URL on this machine with a port, such as http://127.0.0.1:8000, got %q", args.URL)
		}
		if !strings.HasPrefix(args.HealthPath, "/") && args.HealthPath != healthTCP {
			problems.add("healthPath", "must begin with / or be tcp, got %q", args.HealthPath)
		}
		for field, value := range map[string]int{"startTimeoutSeconds": args.StartTimeoutSeconds, "stopTimeoutSeconds": args.StopTimeoutSeconds} {
			if value < 1 {
				problems.add(field, "must be at least 1, got %d", value)
			}
		}
		if args.PortVariable != "" && args.URL != "" {
			problems.add("url", "must be empty with portVariable, which chooses the port")
		}
		problems.variables("env", args.Env)
		problems.variables("secrets", args.Secrets)
	})
}

// variables blames names that cannot be an environment variable's, or, being
// file names too, could leave their folder.
func (c *problems) variables(field string, values map[string]string) {
	name := regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)
	for variable := range values {
		if !name.MatchString(variable) {
			c.add(field, "%q is not a name of an environment variable", variable)
		}
	}
}

func loopbackWithPort(text string) bool {
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "http" || u.Port() == "" || u.Port() == "0" {
		return false
	}
	ip := net.ParseIP(u.Hostname())
	return u.Hostname() == "localhost" || ip != nil && ip.IsLoopback()
}

// failed carries partial state to the framework without adding to the text of
// the error that wraps it.
type failed struct{ infer.ResourceInitFailedError }

func (failed) Error() string { return "" }

func (f failed) Unwrap() error { return f.ResourceInitFailedError }

// updating is a provider's method.
type updating = func(context.Context, p.UpdateRequest) (p.UpdateResponse, error)

// showRestarts makes the outputs that a restart changes unknown at preview.
// The framework does so only for outputs that depend on a changed input, and a
// dead process restarts without one.
func showRestarts(update updating) updating {
	return func(ctx context.Context, req p.UpdateRequest) (p.UpdateResponse, error) {
		res, err := update(ctx, req)
		if err != nil || !req.DryRun || !named(req.Urn, resource.ProcessType) {
			return res, err
		}
		if instance := res.Properties.Get("instance"); instance.IsString() && instance.AsString() == "" {
			for _, output := range []string{"pid", "born", "startedAt", "instance", "running", "address", "logFile"} {
				res.Properties = res.Properties.Set(output, property.New(property.Computed))
			}
		}
		return res, nil
	}
}
