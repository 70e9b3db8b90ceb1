package archtest

import (
	"bufio"
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// The rules are proved to fail before they are trusted to pass.
func TestRules(t *testing.T) {
	t.Parallel()
	ours := func(path string) string { return Module + "/" + path }
	for _, test := range []struct {
		from, to string
		allowed  bool
	}{
		{ours("stacks"), ours("infra/gate"), true},
		{ours("stacks"), ours("service/store/schema"), true},
		{ours("stacks"), ours("service/auth"), false},
		{ours("infra/app"), ours("service/config"), false},
		{ours("infra/app"), ours("stacks"), false},
		{ours("infra/provider"), ours("astra/devops"), true},
		{ours("infra/provider/resource"), ours("infra/provider"), false},
		{ours("service/store"), ours("astra/dataapi"), true},
		{ours("service/store"), ours("astra/local"), false},
		{ours("service/api"), ours("infra/app"), false},
		{ours("service/killrvideo"), ours("service/store"), false},
		{ours("service/killrvideo"), ours("astra"), false},
		{ours("astra/dataapi"), ours("service/killrvideo"), false},
		{ours("astra/dataapi"), ours("astra/dataapi/filter"), true},
		{ours("service/api"), "github.com/pulumi/pulumi/sdk/v3/go/pulumi", false},
		{ours("astra/devops"), "github.com/pulumi/pulumi/sdk/v3/go/pulumi", false},
		{ours("infra/app"), "github.com/pulumi/pulumi/sdk/v3/go/pulumi", true},
		{ours("infra/target/ecs"), "github.com/pulumi/pulumi-aws/sdk/v6/go/aws", true},
		{ours("infra/target/ecs"), "github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp", false},
		{ours("stacks"), "github.com/pulumi/pulumi-aws/sdk/v6/go/aws", false},
		{ours("service/api"), "github.com/gin-gonic/gin", true},
	} {
		if err := Check(test.from, test.to); (err == nil) != test.allowed {
			t.Errorf("%s -> %s: %v", test.from, test.to, err)
		}
	}
}

// goList runs the go command in a module of the repository, alone.
func goList(t *testing.T, module string, args ...string) []string {
	t.Helper()
	cmd := exec.Command("go", append([]string{"list"}, args...)...)
	cmd.Dir = filepath.Join("..", module)
	cmd.Env = append(os.Environ(), "GOWORK=off")
	output, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list in %s: %v", module, err)
	}
	var lines []string
	for scanner := bufio.NewScanner(bytes.NewReader(output)); scanner.Scan(); {
		lines = append(lines, scanner.Text())
	}
	return lines
}

func TestImports(t *testing.T) {
	t.Parallel()
	for _, module := range []string{".", "astra", "service"} {
		pairs := goList(t, module, "-f", `{{$p := .ImportPath}}{{range .Imports}}{{$p}} {{.}}{{"\n"}}{{end}}{{range .TestImports}}{{$p}} {{.}}{{"\n"}}{{end}}{{range .XTestImports}}{{$p}} {{.}}{{"\n"}}{{end}}`, "./...")
		if len(pairs) < 20 {
			t.Fatalf("only %d imports were read in %s", len(pairs), module)
		}
		for _, pair := range pairs {
			from, to, found := strings.Cut(pair, " ")
			if !found {
				continue
			}
			if err := Check(from, to); err != nil {
				t.Error(err)
			}
		}
	}
}

func TestServiceAndAstraNeverLoadPulumi(t *testing.T) {
	t.Parallel()
	for _, module := range []string{"astra", "service"} {
		for _, dependency := range goList(t, module, "-m", "all") {
			if strings.Contains(dependency, "github.com/pulumi/") {
				t.Errorf("module %s depends on %s", module, dependency)
			}
		}
	}
}

func TestTheLauncherListsNoDependency(t *testing.T) {
	t.Parallel()
	if modules := goList(t, "stacks/launch", "-m", "all"); len(modules) != 1 {
		t.Errorf("its module lists %v", modules)
	}
}

func TestNoEnvFileIsTracked(t *testing.T) {
	t.Parallel()
	cmd := exec.Command("git", "ls-files")
	cmd.Dir = ".."
	output, err := cmd.Output()
	if err != nil {
		t.Fatalf("list tracked files: %v", err)
	}
	for _, name := range strings.Fields(string(output)) {
		if base := filepath.Base(name); strings.HasPrefix(base, ".env") && base != ".env.example" {
			t.Errorf("%s is tracked", name)
		}
	}
}
