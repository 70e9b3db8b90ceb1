#!/usr/bin/env bash
# Runs every test of every module and ends with how many ran.
set -uo pipefail
cd "$(dirname "$0")"
export CGO_ENABLED=0
# Go's cache of tests sees no source of a program that a test builds. Such tests
# read this variable, which counts from the first test on, and so run again when
# anything but a page of text has changed.
SOURCES=$(git ls-files -z --cached --others --exclude-standard -- ':!*.md' 2>/dev/null | xargs -0 sha256sum 2>/dev/null | sha256sum)
git rev-parse --is-inside-work-tree >/dev/null 2>&1 || SOURCES=$(date)
export SOURCES
log=$(mktemp)
trap 'rm -f "$log"' EXIT
status=0
for module in astra service stacks/launch tools/vuln .; do
  echo "== module $module"
  (cd "$module" && go test -json -timeout 20m ./... 2>&1) | tee -a "$log" |
    grep --line-buffered -vE '"Action":"(run|pause|cont|start|output|build-output)"' |
    sed -unE 's/.*"Action":"(pass|fail)","Package":"([^"]*)","Elapsed":([0-9.]*).*/  \1  \2  \3s/p'
  [ "${PIPESTATUS[0]}" -eq 0 ] || status=1
done
count() { grep -c "\"Action\":\"$1\".*\"Test\":" "$log"; }
grep -E '"Action":"skip".*"Test":' "$log" | sed -E 's/.*"Package":"([^"]*)","Test":"([^"]*)".*/  skipped  \1 \2/'
# What a failed test or build printed, as it printed it.
show() {
  grep -F "$1" "$log" | grep -E '"Action":"(output|build-output)"' |
    sed -E 's/.*"Output":"(.*)"}$/\1/' | xargs -0 printf '%b' 2>/dev/null | sed '/^$/d' | tail -80
}
if [ "$status" -ne 0 ]; then
  echo; echo "== what failed"
  grep '"Action":"fail"' "$log" | grep -oE '"Test":"[^"]*"' | sort -u | while read -r test; do show "$test,"; done
  grep '"Action":"build-fail"' "$log" | grep -oE '"ImportPath":"[^"]*"' | sort -u | while read -r pkg; do show "$pkg"; done
fi
echo
echo "took $SECONDS s"
echo "$(count pass) passed, $(count fail) failed, $(count skip) skipped"
exit "$status"
