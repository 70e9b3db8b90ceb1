#!/usr/bin/env bash
# Runs every test of every module and ends with how many ran. With the argument
# check it runs those of the inner loop: no test that starts the service or the
# engine, and of the targets' packages the golden plans.
# TEST_TIME_FACTOR=10 is for a slow or busy machine: time limits grow with it.
set -uo pipefail
cd "$(dirname "$0")"
export CGO_ENABLED=0 GOWORK=off
export TEST_TIME_FACTOR=${TEST_TIME_FACTOR:-1}
# Go's cache of tests sees no source of a program that a test builds. Such tests
# read this variable, which counts from the first test on, and so run again when
# anything but a page of text has changed.
SOURCES=$(git ls-files -z --cached --others --exclude-standard -- ':!*.md' 2>/dev/null | xargs -0 sha256sum 2>/dev/null | sha256sum)
git rev-parse --is-inside-work-tree >/dev/null 2>&1 || SOURCES=$(date)
export SOURCES

gotestsum=$PWD/.killrvideo/bin/gotestsum
if ! go build -C tools/gotestsum -o "$gotestsum" gotest.tools/gotestsum; then
  echo "gotestsum, which reports the tests, cannot be built: see above" >&2
  exit 1
fi

logs=$(mktemp -d)
trap 'rm -rf "$logs"' EXIT
# tests MODULE ARGUMENT... runs the tests of a module. make lint runs vet, which
# here would cost a sixth of compiling a cloud's packages. The tag is the image's:
# without it a large package is compiled that nothing needs.
tests() {
  local module=$1
  shift
  echo "== module $module"
  (cd "$module" && "$gotestsum" --format pkgname --format-hide-empty-pkg --hide-summary=skipped \
    --jsonfile "$(mktemp "$logs/log-XXXXXX")" -- -vet=off -tags=nomsgpack -timeout "$((30 * TEST_TIME_FACTOR))m" "$@") ||
    touch "$logs/failed"
}
# but MODULE PATTERN are the packages of a module whose path does not match.
but() { (cd "$1" && go list ./... | grep -vE "$2"); }
if [ "${1:-}" = check ]; then
  tests astra ./...
  tests infra $(but infra '/(provider|scanners|ci)(/|$)')
  tests service $(but service '/(e2e|bench|service)$')
  tests stacks/launch ./...
  tests . -skip '^TestTeam' ./stacks ./stacks/cli
  tests . -run 'Golden|Access' ./stacks/local ./stacks/cloudrun ./stacks/ecs ./stacks/kubernetes
else
  # Side by side with the modules that do not compile Pulumi: tests of both wait,
  # for engines, limits and containers.
  for module in astra service stacks/launch tools/vuln; do tests "$module" ./...; done &
  # Compilers and engines end before they need the memory that the garbage
  # collector frees. An engine waits for half of its time, so two processors have
  # four packages under way.
  export GOGC=${GOGC:-400} GOMEMLIMIT=${GOMEMLIMIT:-4GiB}
  processors=$(getconf _NPROCESSORS_ONLN)
  tests infra ./...
  tests . -p "$((processors + 2))" ./...
  wait
fi
status=0
[ ! -e "$logs/failed" ] || status=1

# A package that fails in none of its tests ran into its time limit, ended early
# or did not build: it counts as one failure.
echo
cat "$logs"/log-* | grep -E '"Action":"(pass|fail|skip|build-fail)"' | awk -v took="$SECONDS" -v status="$status" '
  function field(name) { return match($0, "\"" name "\":\"[^\"]*\"") \
    ? substr($0, RSTART + length(name) + 4, RLENGTH - length(name) - 5) : "" }
  { action = field("Action"); package = field("Package"); test = field("Test") }
  test != "" { counted[action]++; if (action == "fail") failing[package] = 1 }
  test != "" && action == "skip" { print "  skipped  " package " " test }
  test == "" && action == "fail" { broken[package] = 1 }
  END {
    for (package in broken) if (!(package in failing)) { counted["fail"]++; print "  failed outside its tests, see above: " package }
    if (status && !counted["fail"]) counted["fail"] = 1 # not even the packages could be listed
    print "took " took " s"
    print counted["pass"] + 0 " passed, " counted["fail"] + 0 " failed, " counted["skip"] + 0 " skipped"
  }'
exit "$status"
