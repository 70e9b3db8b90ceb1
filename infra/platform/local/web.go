package local

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/killrvideo/killrvideo-go/infra/app"
	"github.com/killrvideo/killrvideo-go/infra/platform"
	"github.com/killrvideo/killrvideo-go/infra/provider/resource"
)

// WebArgs are the inputs of a web front end.
type WebArgs struct {
	// Program serves it; WebProgram builds that. Required.
	Program *Program
	// Build is the absolute folder of the front end's build. It is read at every
	// request, so that the next build needs no deployment. Required.
	Build string
	// API is the URL of the service that gets the requests to /api/. Required.
	API pulumi.StringInput
	// Port on 127.0.0.1. Required.
	Port int
	// StateDir is an absolute folder for its log. Required.
	StateDir string
	// Owner marks the folders of this stack's state. Default none.
	Owner pulumi.StringInput
	// PortFix says how to choose another port, for the message when it is taken.
	PortFix string
}

// WebProgram serves a front end. The module in dir must require this one.
func WebProgram(dir string) GoProgram {
	return GoProgram{Dir: dir, Package: "github.com/killrvideo/killrvideo-go/infra/platform/local/web", Name: "web"}
}

// NewWeb serves a front end beside the service and returns its URL.
func NewWeb(ctx *pulumi.Context, name string, args *WebArgs, opts ...pulumi.ResourceOption) (pulumi.StringOutput, error) {
	url := urlOf(args.Port)
	process, err := resource.NewProcess(ctx, name, &resource.ProcessArgs{
		Command: pulumi.String(args.Program.Path),
		Args: pulumi.StringArray{
			pulumi.String("-listen"), pulumi.String(address(args.Port)), pulumi.String("-dir"), pulumi.String(args.Build),
			pulumi.String("-api"), args.API,
		},
		Owner: args.Owner, Dir: pulumi.String(filepath.Join(args.StateDir, "web")), URL: pulumi.String(url), HealthPath: pulumi.String("/"),
		PortSetting: app.Optional(args.PortFix),
	}, opts...)
	if err != nil {
		return pulumi.StringOutput{}, fmt.Errorf("the web front end: %w", err)
	}
	return process.Address, nil
}

// Build is the folder with the files to serve: a build, or what a checkout was
// built into. Its error says what a folder is that is neither.
func Build(frontend string) (string, error) {
	for _, output := range []string{"", "dist", "build"} {
		dir := filepath.Join(frontend, output)
		if isFile(filepath.Join(dir, "index.html")) && !IsCheckout(dir) {
			return dir, nil
		}
	}
	if IsCheckout(frontend) {
		return "", errNotBuilt
	}
	return "", errNoFrontEnd
}

var (
	errNotBuilt   = errors.New("it is a checkout that was not built")
	errNoFrontEnd = errors.New("it has neither an index.html nor a package.json")
)

// IsCheckout tells whether a folder has the sources of a front end.
func IsCheckout(dir string) bool { return isFile(filepath.Join(dir, "package.json")) }

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}

// checkWeb lists what is wrong with the settings of the front end.
func (s Settings) checkWeb(p *platform.Problems) {
	if s.Web == "" {
		if s.WebPort != 0 {
			p.AddUnread("local.webPort", "is the port of a web front end, and local.web names none")
		}
		return
	}
	checkPort(p, "local.webPort", s.WebPort, "8080")
	if s.WebPort == s.Port || s.WebPort == s.AstraPort {
		p.Add("local.webPort", "8080", "%d is another port of this stack already", s.WebPort)
	}
	if _, err := Build(s.Web); err != nil {
		p.Add("local.web", "FOLDER", "%s is no build of a web front end: %v", s.Web, err)
	}
}
