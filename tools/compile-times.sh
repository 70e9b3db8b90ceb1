#!/usr/bin/env bash
# Times what compiling costs whom: each target's program, and one that imports
# the SDKs of all three clouds, first from nothing, then after an edit of the
# target's package until the plan is printed. It works on the last commit, in a
# work tree and build caches of its own below $TMPDIR (5 GB), and prints the
# table of docs/targets/README.md. On two idle cores it takes a quarter of an
# hour. With names of programs as arguments it measures only those.
set -euo pipefail
cd "$(dirname "$0")/.."
root=$PWD
export CGO_ENABLED=0 GOFLAGS=-buildvcs=false TIMEFORMAT='%R %U %S'
folder=$(mktemp -d)
tree=$folder/tree
cleanup() {
  git -C "$root" worktree remove --force "$tree" >/dev/null 2>&1 || true
  rm -rf "$folder"
}
trap cleanup EXIT
git worktree add --detach --quiet "$tree" HEAD
cd "$tree"
export KILLRVIDEO_ROOT=$tree KILLRVIDEO_HOME=$folder/home

# The program of Cloud Run, with the other clouds' targets loaded beside it.
mkdir stacks/all
platforms=github.com/killrvideo/killrvideo-go/infra/platform
sed "s|^import (|import (\n\t_ \"$platforms/ecs\"\n\t_ \"$platforms/kubernetes\"\n|" \
  stacks/cloudrun/main.go >stacks/all/main.go

# took runs a command and prints its seconds on the clock and on the cores.
took() {
  local times
  times=$({ time "$@" >"$folder/printed" 2>&1; } 2>&1) || { cat "$folder/printed" >&2; exit 1; }
  awk '{ printf "%.1f %.0f", $1, $2 + $3 }' <<<"$times"
}

compile() { go build -o "$folder/program" "./stacks/$1"; }

compile_and_plan() { compile "$1" && "$folder/program" plan --stack dev; }

# edit changes what the package of a target offers, so that its importers are
# compiled again too.
edit() { printf '\n// Edit%s is an edit.\nfunc Edit%s() {}\n' "$2" "$2" >>"infra/platform/$1/service.go"; }

measure() {
  local program=$1 target=$2 cold edits=() try
  export GOCACHE=$folder/cache
  rm -rf "$GOCACHE"
  if [ "$target" != local ]; then cp "$root/stacks/testdata/$target-dev/Pulumi.dev.yaml" .; fi
  cold=$(took compile "$program")
  took compile_and_plan "$program" >/dev/null
  for try in 1 2 3; do
    edit "$target" "$program$try"
    edits+=("$(took compile_and_plan "$program")")
  done
  printf '| %s | %s | %s | %s |\n' "$program" "${cold% *} s" "${cold#* } s" \
    "$(printf '%s\n' "${edits[@]}" | sort -n | sed -n '2s/ .*/ s/p')"
}

echo "| program | from nothing | CPU time of it | edit to plan |"
echo "|---|---|---|---|"
[ $# -gt 0 ] || set -- local cloudrun ecs kubernetes all
for program; do
  if [ "$program" = all ]; then measure all cloudrun; else measure "$program" "$program"; fi
done
