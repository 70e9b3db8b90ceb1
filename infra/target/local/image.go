package local

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/killrvideo/killrvideo-go/infra/caller"
	"github.com/killrvideo/killrvideo-go/infra/target"
)

// programs are the built binaries, each in a file named by its content, so
// that what runs is never overwritten and a restart is a new name.
type programs struct{ api string }

// Image builds the API from the checkout; its digest stands for the image.
// An image from a registry cannot be given here.
func (t *Target) Image(ctx *pulumi.Context, given string) (pulumi.StringOutput, error) {
	if given != "" {
		return pulumi.StringOutput{}, fmt.Errorf("image: target local runs the program built from the checkout; unset it with: %s", caller.Pulumi("config rm image --stack "+ctx.Stack()))
	}
	_ = ctx.Log.Info("building the API", nil)
	path, digest, err := t.build("service", ".", "killrvideo", "-tags=nomsgpack", target.ReleaseOf(t.root, "service", "astra").LinkerFlags("main"))
	if err != nil {
		return pulumi.StringOutput{}, err
	}
	t.programs.api = path
	return pulumi.String("sha256:" + digest).ToStringOutput(), nil
}

// buildFront builds the listener in front of the API.
func (t *Target) buildFront() (string, error) {
	path, _, err := t.build(".", "./infra/target/local/front", "front")
	return path, err
}

// build compiles a package of one of the workspace's modules.
func (t *Target) build(module, pkg, name string, flags ...string) (path, digest string, err error) {
	bin := filepath.Join(t.home, "bin")
	if err := os.MkdirAll(bin, 0o700); err != nil {
		return "", "", fmt.Errorf("make the folder for built programs: %w", err)
	}
	scratch, err := os.MkdirTemp(bin, "build-")
	if err != nil {
		return "", "", fmt.Errorf("make a folder to build in: %w", err)
	}
	defer func() { _ = os.RemoveAll(scratch) }()
	built := filepath.Join(scratch, name)
	args := append([]string{"build", "-trimpath", "-buildvcs=false", "-o", built}, flags...)
	cmd := exec.Command("go", append(args, pkg)...)
	cmd.Dir = filepath.Join(t.root, module)
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if output, err := cmd.CombinedOutput(); err != nil {
		return "", "", fmt.Errorf("build %s in %s: %w\n%s", pkg, module, err, output)
	}
	if digest, err = digestOf(built); err != nil {
		return "", "", err
	}
	path = filepath.Join(bin, name+"-"+digest[:12])
	if err := os.Rename(built, path); err != nil {
		return "", "", fmt.Errorf("keep the built program: %w", err)
	}
	return path, digest, nil
}

func digestOf(path string) (string, error) {
	file, err := os.Open(path)
	if err != nil {
		return "", fmt.Errorf("read the built program: %w", err)
	}
	defer func() { _ = file.Close() }()
	sum := sha256.New()
	if _, err := io.Copy(sum, file); err != nil {
		return "", fmt.Errorf("read the built program: %w", err)
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}
