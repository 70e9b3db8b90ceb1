package examples

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"
	"golang.org/x/mod/zip"
)

// prefix begins the paths of our modules.
const prefix = "github.com/killrvideo/killrvideo-go/"

// packed are the modules that others may require.
var packed = []string{"astra", "infra", "service"}

// proxy is a folder in the form of a module proxy.
type proxy struct {
	dir string
	// released is the version in which our modules and the examples require each other.
	released string
	// version stands for the released one. It names the content, so the machine's
	// module cache, which this shares, never has an old copy under a new name.
	version string
}

// pack writes the modules of the checkout at root to a proxy in dir.
func pack(root, dir string) (*proxy, error) {
	hash := sha256.New()
	files := map[string][]zip.File{}
	for _, name := range packed {
		all, err := sources(filepath.Join(root, name))
		if err != nil {
			return nil, fmt.Errorf("list the files of %s: %w", name, err)
		}
		for _, file := range all {
			if err := add(hash, name, file); err != nil {
				return nil, err
			}
		}
		files[name] = all
	}
	released, err := releaseOf(root)
	if err != nil {
		return nil, err
	}
	p := &proxy{dir, released, released + "-packed." + hex.EncodeToString(hash.Sum(nil))[:12]}
	for _, name := range packed {
		if err := p.write(filepath.Join(root, name), name, files[name]); err != nil {
			return nil, fmt.Errorf("pack %s: %w", name, err)
		}
	}
	return p, nil
}

// releaseOf is the version in which the toolkit requires astra.
func releaseOf(root string) (string, error) {
	text, err := os.ReadFile(filepath.Join(root, "infra", "go.mod"))
	if err != nil {
		return "", err
	}
	mod, err := modfile.Parse("infra/go.mod", text, nil)
	if err != nil {
		return "", err
	}
	for _, required := range mod.Require {
		if required.Mod.Path == prefix+"astra" {
			return required.Mod.Version, nil
		}
	}
	return "", errors.New("infra/go.mod does not require astra")
}

// write puts the three files of a version there: its data, go.mod and zip.
func (p *proxy) write(dir, name string, files []zip.File) error {
	text, err := os.ReadFile(filepath.Join(dir, "go.mod"))
	if err != nil {
		return err
	}
	mod := p.require(string(text))
	for i, file := range files {
		if file.Path() == "go.mod" {
			files[i] = edited{file, mod}
		}
	}
	to := filepath.Join(p.dir, prefix+name, "@v")
	if err := os.MkdirAll(to, 0o700); err != nil {
		return err
	}
	version := filepath.Join(to, p.version)
	if err := os.WriteFile(version+".info", []byte(`{"Version":"`+p.version+`"}`), 0o600); err != nil {
		return err
	}
	if err := os.WriteFile(version+".mod", []byte(mod), 0o600); err != nil {
		return err
	}
	archive, err := os.Create(version + ".zip")
	if err != nil {
		return err
	}
	err = zip.Create(archive, module.Version{Path: prefix + name, Version: p.version}, files)
	if closed := archive.Close(); err == nil {
		err = closed
	}
	return err
}

// require names the packed version in a go.mod that requires the released one.
func (p *proxy) require(mod string) string {
	var lines strings.Builder
	for line := range strings.Lines(mod) {
		if strings.Contains(line, prefix) {
			line = strings.ReplaceAll(line, " "+p.released, " "+p.version)
		}
		lines.WriteString(line)
	}
	return lines.String()
}

// env is the environment of a go command that has our modules from the proxy
// alone, and everything else from where it always is. The tag is that of all tests,
// so that nothing is compiled twice.
func (p *proxy) env() []string {
	others := os.Getenv("GOPROXY")
	if others == "" {
		others = "https://proxy.golang.org,direct"
	}
	return append(os.Environ(), "GOWORK=off", "CGO_ENABLED=0", "GOFLAGS=-modcacherw -tags=nomsgpack", "GONOSUMDB="+prefix+"*",
		"GOPROXY=file://"+filepath.ToSlash(p.dir)+","+others)
}

// forgetOld deletes packed modules that runs of earlier days left in the
// machine's module cache. Younger ones may be in use by another run.
func forgetOld() error {
	out, err := exec.Command("go", "env", "GOMODCACHE").Output()
	if err != nil {
		return err
	}
	cache := strings.TrimSpace(string(out))
	for _, pattern := range []string{prefix + "*@*-packed.*", "cache/download/" + prefix + "*/@v/*-packed.*"} {
		found, err := filepath.Glob(filepath.Join(cache, pattern))
		if err != nil {
			return err
		}
		for _, name := range found {
			if info, err := os.Stat(name); err == nil && time.Since(info.ModTime()) > 24*time.Hour {
				if err := os.RemoveAll(name); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// sources are the files of a module that version control has or would have,
// nested modules apart.
func sources(dir string) (files []zip.File, err error) {
	cmd := exec.Command("git", "-C", dir, "ls-files", "-z", "--cached", "--others", "--exclude-standard")
	out, err := cmd.Output()
	if err != nil {
		return nil, err
	}
	for name := range strings.SplitSeq(strings.TrimRight(string(out), "\x00"), "\x00") {
		if info, err := os.Lstat(filepath.Join(dir, name)); err == nil && info.Mode().IsRegular() {
			files = append(files, source{dir, name})
		}
	}
	return files, nil
}

func add(hash io.Writer, module string, file zip.File) error {
	content, err := file.Open()
	if err != nil {
		return err
	}
	defer content.Close()
	fmt.Fprintf(hash, "%s/%s\n", module, file.Path())
	_, err = io.Copy(hash, content)
	return err
}

type source struct{ dir, name string }

func (s source) Path() string                 { return s.name }
func (s source) Lstat() (os.FileInfo, error)  { return os.Lstat(filepath.Join(s.dir, s.name)) }
func (s source) Open() (io.ReadCloser, error) { return os.Open(filepath.Join(s.dir, s.name)) }

// edited is a file with another content.
type edited struct {
	zip.File
	text string
}

func (e edited) Open() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(e.text)), nil }

// Lstat tells the size of the content, which zip holds it to.
func (e edited) Lstat() (os.FileInfo, error) {
	info, err := e.File.Lstat()
	return sized{info, int64(len(e.text))}, err
}

type sized struct {
	os.FileInfo
	size int64
}

func (s sized) Size() int64 { return s.size }
