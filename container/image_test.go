//go:build linux

package container

import (
	"crypto/rand"
	"encoding/json"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
)

// maxImageBytes is what the image may weigh; it is one binary.
const maxImageBytes = 25 << 20

// TestImage builds the Dockerfile with a real engine and looks at the result.
func TestImage(t *testing.T) {
	e := findEngine(t)
	id := strings.ToLower(rand.Text()[:8])
	canary := "canary" + rand.Text()
	source := sources(t, canary)
	t.Run("build context", func(t *testing.T) { testContext(t, e, source, id) })

	builder, image := "killrvideo-test-builder:"+id, "killrvideo-test:"+id
	importBuilder(t, e, builder)
	revision, commit := "rev-"+id, "commit-"+id
	e.after(t, "rmi", "-f", image)
	args := append(buildArgs(builder), "--build-arg", "VERSION=v0.0.0-test", "--build-arg", "COMMIT="+commit)
	e.run(t, append(args, "-t", image, source)...)
	// The other images are built from the stage that built this one: the compiled
	// standard library is in it.
	compiled := "killrvideo-test-compiled:" + id
	e.after(t, "rmi", "-f", compiled)
	e.run(t, append(args, "--target", "build", "-t", compiled, source)...)

	t.Run("files", func(t *testing.T) { testFiles(t, e, image) })
	t.Run("configuration", func(t *testing.T) { testConfiguration(t, e, image, commit) })
	t.Run("no secret inside", func(t *testing.T) { testNoSecret(t, e, image, canary) })
	t.Run("start without settings", func(t *testing.T) { testNoSettings(t, e, image) })
	t.Run("production", func(t *testing.T) { testProduction(t, e, image, revision, commit) })
	t.Run("run commands", func(t *testing.T) { testRunCommands(t, e, image) })
	t.Run("compose", func(t *testing.T) { testCompose(t, e, source, compiled, image) })
	t.Run("embedded Astra alone", func(t *testing.T) { testEmbeddedImage(t, e, source, compiled, id) })
}

// buildArgs begins a docker build that takes its Go from the given image.
func buildArgs(builder string) []string {
	return []string{"build", "--network=host", "--build-arg", "GO_IMAGE=" + builder,
		"--build-arg", "BUILDER_PLATFORM=linux/" + runtime.GOARCH}
}

// testContext copies the build context into an image and lists it: what a
// stage could copy is exactly what is seen there.
func testContext(t *testing.T, e engine, source, id string) {
	probe, image := filepath.Join(source, "probe.Dockerfile"), "killrvideo-test-context:"+id
	write(t, probe, "FROM scratch\nCOPY . /\n")
	e.after(t, "rmi", "-f", image)
	e.run(t, "build", "-f", probe, "-t", image, source)
	seen := files(t, e, image)
	for _, needed := range []string{"service/go.mod", "service/go.sum", "service/main.go", "astra/go.mod", "astra/astra.go"} {
		if !slices.Contains(seen, needed) {
			t.Errorf("%s is not in the build context", needed)
		}
	}
	for _, name := range seen {
		if slices.Contains(planted(), name) || strings.HasSuffix(name, "_test.go") {
			t.Errorf("%s is in the build context; .dockerignore must keep it out", name)
		}
	}
}

func testFiles(t *testing.T, e engine, image string) {
	want := []string{"etc/ssl/certs/ca-certificates.crt", "killrvideo"}
	if got := files(t, e, image); !slices.Equal(got, want) {
		t.Errorf("files of the image:\n%s\nwant the certificates and the binary only", strings.Join(got, "\n"))
	}
}

// inspected is what is read of `docker image inspect`.
type inspected struct {
	Size   int64
	Config struct {
		User, WorkingDir string
		Entrypoint, Env  []string
		ExposedPorts     map[string]struct{}
		Labels           map[string]string
		Healthcheck      struct{ Test []string }
	}
}

func testConfiguration(t *testing.T, e engine, image, commit string) {
	var images []inspected
	if err := json.Unmarshal([]byte(e.run(t, "image", "inspect", image)), &images); err != nil {
		t.Fatal(err)
	}
	got, config := images[0], images[0].Config
	t.Logf("image size: %.1f MiB", float64(got.Size)/(1<<20))
	_, port := config.ExposedPorts["8000/tcp"]
	for what, ok := range map[string]bool{
		"size":        got.Size < maxImageBytes,
		"user":        config.User == "65532:65532",
		"workdir":     config.WorkingDir == "/",
		"entrypoint":  slices.Equal(config.Entrypoint, []string{"/killrvideo"}),
		"healthcheck": slices.Equal(config.Healthcheck.Test, []string{"CMD", "/killrvideo", "-healthcheck"}),
		"port":        port,
		"version":     config.Labels["org.opencontainers.image.version"] == "v0.0.0-test",
		"revision":    config.Labels["org.opencontainers.image.revision"] == commit,
		"environment": !slices.ContainsFunc(config.Env, func(s string) bool { return !strings.HasPrefix(s, "PATH=") }),
	} {
		if !ok {
			t.Errorf("%s is not as it should be: size %d, %+v", what, got.Size, config)
		}
	}
}

func testNoSecret(t *testing.T, e engine, image, canary string) {
	for _, text := range []string{
		e.run(t, "history", "--no-trunc", image), e.run(t, "image", "inspect", image), e.run(t, "save", image),
	} {
		for _, forbidden := range []string{canary, "AstraCS:0", "BEGIN PRIVATE KEY", "BEGIN RSA PRIVATE KEY"} {
			if strings.Contains(text, forbidden) {
				t.Errorf("the image holds %q", forbidden)
			}
		}
	}
}
