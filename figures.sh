#!/usr/bin/env bash
# Times whole deployments to this machine, in a state folder and on ports of
# its own: the first `make up` with tools and modules already built, one with
# nothing to do, and the image's size if a container engine answers.
set -euo pipefail
cd "$(dirname "$0")"
export CGO_ENABLED=0
root=$PWD
home=$(mktemp -d)
launch=$home/bin/launch
export KILLRVIDEO_HOME=$home
cleanup() {
  "$launch" down --stack dev >/dev/null 2>&1 || true
  rm -rf "$home"
}
trap cleanup EXIT

make --no-print-directory launch
mkdir -p "$home/bin"
if ! command -v pulumi >/dev/null && [ -x .killrvideo/bin/pulumi ]; then
  ln -s "$root/.killrvideo/bin/pulumi" "$home/bin/pulumi"
fi
"$launch" pulumi --stack dev -- config set --path local.port 21800 --stack dev
"$launch" pulumi --stack dev -- config set --path local.astraPort 21801 --stack dev

# seconds runs a command and prints how long it took.
seconds() {
  local began ended
  began=$(date +%s%N)
  "$@" >"$home/printed" 2>&1 || { cat "$home/printed"; exit 1; }
  ended=$(date +%s%N)
  awk -v ns=$((ended - began)) 'BEGIN { printf "%.1f s", ns / 1e9 }'
}

first=$(seconds make --no-print-directory up)
second=$(seconds make --no-print-directory up)
printf '%-44s %10s   goal %s\n' "first make up, tools and modules built" "$first" "60 s"
printf '%-44s %10s   goal %s\n' "second make up, nothing to do" "$second" "15 s"
if docker image inspect killrvideo:dev >/dev/null 2>&1; then
  bytes=$(docker image inspect --format '{{.Size}}' killrvideo:dev)
  printf '%-44s %10s   goal %s\n' "image killrvideo:dev" "$((bytes / 1048576)) MiB" "25 MiB"
else
  echo "image killrvideo:dev: not built here; make image builds it, and make test holds it under 25 MiB"
fi
