package main

import (
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi/pkg/v3/codegen/nodejs"
	"github.com/pulumi/pulumi/pkg/v3/codegen/python"
	"github.com/pulumi/pulumi/pkg/v3/codegen/schema"

	"github.com/killrvideo/killrvideo-go/infra/provider"
)

const checkout = "../../.."

// noPackages loads nothing: the schema refers to no other package.
var noPackages = schema.NewCachedLoaderWithEntries(nil, nil)

// The SDKs are what `pulumi package gen-sdk` makes: a program compiles against
// the one for TypeScript, and one runs with the one for Python.

func TestTheTypeScriptSDKCompiles(t *testing.T) {
	tools := installed(t, "node", "package-lock.json", "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
	files, err := nodejs.GeneratePackage("test", bound(t), nil, nil, false, noPackages)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	write(t, filepath.Join(dir, "sdk"), files)
	write(t, dir, map[string][]byte{"program.ts": read(t, "testdata/sdk.ts")})
	if err := os.Symlink(filepath.Join(tools, "node_modules"), filepath.Join(dir, "node_modules")); err != nil {
		t.Fatal(err)
	}
	run(t, dir, filepath.Join(tools, "node_modules/.bin/tsc"), "--noEmit", "--strict", "--skipLibCheck", "--target", "es2022",
		"--module", "commonjs", "--moduleResolution", "node", "--types", "node", "program.ts")
}

func TestThePythonSDKRuns(t *testing.T) {
	tools := installed(t, "python3", "requirements.txt", "sh", "-c",
		"python3 -m venv --clear venv && venv/bin/python -m pip install --quiet --disable-pip-version-check "+
			"--require-hashes --no-deps -r requirements.txt")
	files, err := python.GeneratePackage("test", bound(t), nil, noPackages)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	write(t, dir, files)
	write(t, dir, map[string][]byte{
		"program.py": read(t, "testdata/sdk.py"),
		// What an installation would write; the SDK reads its own version there.
		"pulumi_astradb.dist-info/METADATA": []byte("Metadata-Version: 2.1\nName: pulumi_astradb\nVersion: " + provider.Version + "\n"),
	})
	interpreter := filepath.Join(tools, "venv/bin/python")
	run(t, dir, interpreter, "-W", "error::SyntaxWarning", "-m", "compileall", "-q", "pulumi_astradb")
	const want = "registered AccessList Database Gate Keyspace Process Role Schema SigningKey Token"
	if printed := run(t, dir, interpreter, "program.py"); strings.TrimSpace(printed) != want {
		t.Errorf("the program printed %q, want %q", printed, want)
	}
}

// bound is the provider's schema, checked as the CLI does.
func bound(t *testing.T) *schema.Package {
	t.Helper()
	built, err := provider.New()
	if err != nil {
		t.Fatal(err)
	}
	spec, err := p.GetSchema(t.Context(), provider.Name, provider.Version, built)
	if err != nil {
		t.Fatal(err)
	}
	pkg, diagnostics, err := schema.BindSpec(spec, noPackages, schema.ValidationOptions{})
	if err != nil || diagnostics.HasErrors() {
		t.Fatalf("the schema does not bind: %v %v", err, diagnostics)
	}
	return pkg
}

// installed is a folder with what a lock file of tools/sdk names, installed once.
// Without the program the test is skipped, or fails where SDK_TESTS=1 wants it.
func installed(t *testing.T, program, lock, install string, args ...string) string {
	t.Helper()
	_ = os.Getenv("SOURCES") // see test.sh
	if _, err := exec.LookPath(program); err != nil {
		if os.Getenv("SDK_TESTS") == "1" {
			t.Fatalf("SDK_TESTS=1, but there is no %s on PATH", program)
		}
		t.Skipf("no %s on PATH: the SDK is not compiled", program)
	}
	folder, err := filepath.Abs(filepath.Join(checkout, ".killrvideo/sdk", program))
	if err != nil {
		t.Fatal(err)
	}
	locked := read(t, filepath.Join(checkout, "tools/sdk", lock))
	if done, err := os.ReadFile(filepath.Join(folder, "installed")); err == nil && string(done) == string(locked) {
		return folder
	}
	write(t, folder, map[string][]byte{lock: locked, "package.json": read(t, filepath.Join(checkout, "tools/sdk/package.json"))})
	run(t, folder, install, args...)
	write(t, folder, map[string][]byte{"installed": locked})
	return folder
}

func run(t *testing.T, dir, program string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), program, args...)
	cmd.Dir = dir
	output, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s %v: %v\n%s", filepath.Base(program), args, err, output)
	}
	return string(output)
}

func read(t *testing.T, name string) []byte {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func write(t *testing.T, dir string, files map[string][]byte) {
	t.Helper()
	for name := range maps.Keys(files) {
		path := filepath.Join(dir, filepath.FromSlash(name))
		err := os.MkdirAll(filepath.Dir(path), 0o755)
		if err == nil {
			err = os.WriteFile(path, files[name], 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}
