package platform

import (
	"os/exec"
	"strings"
)

// Release names what a program is built from. It changes only when what it is
// built from does, so that a commit of documentation makes no new revision.
type Release struct {
	Version string // the nearest tag, or the commit, and whether files differ from it
	Commit  string // the last one that changed the files
}

// ReleaseOf asks Git about these paths of a checkout. Without Git, or outside a
// work tree, both texts are "unknown": a program without a name still deploys.
func ReleaseOf(checkout string, paths ...string) Release {
	unknown := Release{Version: "unknown", Commit: "unknown"}
	commit, ok := git(checkout, append([]string{"log", "-1", "--format=%H", "--"}, paths...)...)
	if !ok || commit == "" {
		return unknown
	}
	version, ok := git(checkout, "describe", "--tags", "--always", "--abbrev=12", commit)
	if !ok {
		return unknown
	}
	if changed, ok := git(checkout, append([]string{"status", "--porcelain", "--"}, paths...)...); !ok || changed != "" {
		version += "-dirty"
	}
	return Release{Version: version, Commit: commit}
}

// LinkerFlags strip a program and stamp it: the variables version and commit of
// a package, which is "main" or an import path.
func (r Release) LinkerFlags(pkg string) string {
	return "-ldflags=-s -w -X=" + pkg + ".version=" + r.Version + " -X=" + pkg + ".commit=" + r.Commit
}

func git(folder string, args ...string) (string, bool) {
	out, err := exec.Command("git", append([]string{"-C", folder}, args...)...).Output()
	return strings.TrimSpace(string(out)), err == nil
}
