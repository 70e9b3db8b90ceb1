# `make help` explains itself. Everything that is made lives in .killrvideo/,
# which git ignores.
SHELL       := /bin/bash
STACK       ?= dev
SIZE        ?= small
ARGS        ?=
FUZZTIME    ?= 30s
FUZZCHECKS  ?= 2000
VERSION     ?= $(shell git describe --tags --always --dirty --abbrev=12 2>/dev/null || echo unknown)
COMMIT      ?= $(shell git rev-parse HEAD 2>/dev/null || echo unknown)
IMAGE       ?= killrvideo:dev
BUILD_TAGS  := nomsgpack
RACE        := CGO_ENABLED=1 GOCACHE="$(CURDIR)/.killrvideo/race-cache"
# VERBOSE=8 shows the engine's own log.
VERBOSITY   := $(if $(VERBOSE),-- -v=$(VERBOSE))
# The folder for everything that is made on this machine.
HOME_DIR    := $(or $(KILLRVIDEO_HOME),.killrvideo)
LAUNCH      := "$(HOME_DIR)/bin/launch"

export CGO_ENABLED = 0
# Each module's go.mod decides, whatever workspace the checkout is in.
export GOWORK = off

.DEFAULT_GOAL := help
.PHONY: help up preview plan plans down status logs open rollback drift rotate team doctor pulumi seed dev web check fuzz test matrix race image lint vuln bench generate fmt compile-times new launch clean

help: ## show this list
	@echo "usage: make TARGET [STACK=dev]"
	@grep -hE '^[a-z-]+:.*## ' Makefile | sed -E 's/:.*## /\t/' | awk -F'\t' '{printf "  %-13s %s\n", $$1, $$2}'

launch:
	@mkdir -p "$(HOME_DIR)/bin"
	@home=$$(cd "$(HOME_DIR)" && pwd) && cd stacks/launch && go build -buildvcs=false -o "$$home/bin/launch" .

up: launch ## deploy the stack and prove that it serves; prints its url
	@$(LAUNCH) up --stack $(STACK) $(VERBOSITY)

preview: launch ## show what up would change
	@$(LAUNCH) preview --stack $(STACK) $(VERBOSITY)

# JSON=1 prints for programs.
AS_JSON      := $(if $(JSON),--json)
PLAN_OPTIONS := $(AS_JSON) -- $(if $(DETAILS),-details) $(if $(DIFF),-diff '$(DIFF)')

plan: launch ## sum up a stack, no account needed: counts, exposure, cost, policy; DIFF=main or a file, DETAILS=1, JSON=1
	@$(LAUNCH) plan --stack $(STACK) $(PLAN_OPTIONS)

plans: launch ## the same for every committed stack
	@set -e; for file in Pulumi.*.yaml; do stack=$${file#Pulumi.}; stack=$${stack%.yaml}; \
	  $(if $(JSON),,echo "## stack $$stack";) $(LAUNCH) plan --stack $$stack $(PLAN_OPTIONS); done

down: launch ## remove what the stack made; data stays
	@$(LAUNCH) down --stack $(STACK) $(VERBOSITY)

status: launch ## show what serves, its instances, the age of every credential, the last deployments; JSON=1
	@$(LAUNCH) status --stack $(STACK) $(AS_JSON)

logs: launch ## show the last lines of the log: SINCE=15m LEVEL=WARN REQUEST=id LINES=200 FAILED=1 FOLLOW=1 JSON=1
	@$(LAUNCH) logs --stack $(STACK) $(AS_JSON) -- $(if $(SINCE),-since "$(SINCE)") $(if $(LEVEL),-level "$(LEVEL)") \
	  $(if $(REQUEST),-request "$(REQUEST)") $(if $(LINES),-lines "$(LINES)") $(if $(FAILED),-failed) $(if $(FOLLOW),-follow)

open: launch ## open the documentation of the deployed service in the browser; JSON=1
	@$(LAUNCH) open --stack $(STACK) $(AS_JSON)

rollback: launch ## deploy the last proved revision again, with its image and settings; JSON=1
	@$(LAUNCH) rollback --stack $(STACK) $(AS_JSON)

drift: launch ## name what was changed without the stack; changes nothing, ends with 12 if there is something; JSON=1
	@$(LAUNCH) drift --stack $(STACK) $(AS_JSON)

rotate: launch ## make new credentials and revoke the old ones: WHAT=jwt|astra|all, LEAK=1 keeps nothing; JSON=1
	@$(LAUNCH) rotate --stack $(STACK) $(AS_JSON) -- -what "$(WHAT)" $(if $(LEAK),-leak)

team: launch ## set a stack up for a team, or move it there: BACKEND=s3://bucket SECRETS=awskms://alias/key or passphrase
	@$(LAUNCH) team --stack $(STACK) -- -backend "$(BACKEND)" -secrets "$(SECRETS)"

doctor: launch ## show the tools found, and every setting as set or not; ORPHANS=1 finds tokens, roles and what holds credentials on the platform that no state knows, ORPHANS=remove removes them
	@$(LAUNCH) doctor --stack $(STACK) $(if $(ORPHANS),-- -orphans "$(ORPHANS)")

pulumi: launch ## run the Pulumi CLI with the same state: make pulumi ARGS="stack output --stack dev"
	@$(LAUNCH) pulumi --stack $(STACK) -- $(ARGS)

seed: launch ## fill the embedded Astra with sample data: make seed SIZE=small|medium|large, or FROM=folder of CSV files
	@$(LAUNCH) seed --stack $(STACK) -- $(if $(FROM),-from "$(FROM)",-size $(SIZE))

dev: up ## up, sample data for an empty database, and up again after every save; shows the service's log
	@$(LAUNCH) seed --stack $(STACK) -- -size $(SIZE) -if-empty
	@$(LAUNCH) dev --stack $(STACK)

web: launch ## serve a web front end beside the API: FRONTEND=folder of a checkout, which is built once with npm, or of a build
	@$(LAUNCH) web --stack $(STACK) -- -frontend "$(FRONTEND)"

test: ## every test that needs no account
	@$(MAKE) --no-print-directory .killrvideo/checkov/bin/checkov || echo "without Checkov its tests are skipped"
	@./test.sh

matrix: ## make every step of deployments and rotations fail in every way, rotate under load, write docs/failures.md (hours)
	@FAILURES=all go test -vet=off -count=1 -p 1 -timeout 12h ./stacks/local ./stacks/kubernetes ./stacks/cloudrun ./stacks/ecs ./stacks/cli \
	  -run 'TestFailures|TestUnderLoad|TestTeamLife'

check: ## the inner loop: unit tests and golden plans, within a minute once compiled
	@./test.sh check

# cgo recompiles everything, so it has a build cache of its own.
race: ## tests of service, astra, provider and launcher with the race detector; needs a C compiler (about ten minutes)
	@for m in astra service stacks/launch; do (cd $$m && $(RACE) go test -race -timeout 30m ./...) || exit 1; done
	@cd infra && $(RACE) go test -race -timeout 30m ./provider/...

fuzz: ## feed every parser with generated input, FUZZTIME=30s each, then compare with models: FUZZCHECKS=2000 cases
	@set -e; for file in $$(grep -rl --include='*_test.go' '^func Fuzz' --exclude-dir=.killrvideo . | sort); do \
	  for test in $$(sed -nE 's/^func (Fuzz[A-Za-z0-9]*)\(.*/\1/p' $$file); do echo "$$file $$test"; \
	    go test -C $$(dirname $$file) -vet=off -run '^$$' -fuzz "^$$test$$" -fuzztime $(FUZZTIME) .; done; done
	@go test -C astra -vet=off -timeout 1h -run 'Model|Mutated' ./local -rapid.seed 0 -rapid.checks $(FUZZCHECKS)

image: ## build the container image
	docker build --build-arg VERSION=$(VERSION) --build-arg COMMIT=$(COMMIT) -t $(IMAGE) .

lint: .killrvideo/bin/golangci-lint .killrvideo/bin/actionlint .killrvideo/zizmor/bin/zizmor ## format, mistakes, plain words, workflows
	@test -z "$$(gofmt -l $$(git ls-files '*.go'))" || { gofmt -l $$(git ls-files '*.go'); echo "run: make fmt"; exit 1; }
	@go test ./archtest -run 'TestPlainWords|TestLineLength'
	@for file in $$(git ls-files '*go.mod'); do m=$$(dirname $$file); [ -n "$$(git ls-files "$$m/*.go")" ] || continue; \
	  case $$m in examples/*) work="$(CURDIR)/examples/go.work" ;; *) work=off ;; esac; echo "golangci-lint in $$m"; \
	  (cd $$m && GOWORK=$$work GOGC=400 "$(CURDIR)/.killrvideo/bin/golangci-lint" run ./...) || exit 1; done
	@.killrvideo/bin/actionlint $(wildcard .github/workflows/*.yml examples/*/.github/workflows/*.yml)
	@.killrvideo/zizmor/bin/zizmor --offline --persona auditor --strict-collection --no-progress --quiet .github $(wildcard examples/*/.github)

vuln: ## known vulnerabilities in what each module compiles; VULNDB=latest for the newest database
	@GOGC=400 go run -C tools/vuln -buildvcs=false . -root "$(CURDIR)" $(if $(VULNDB),-db $(VULNDB)) $(if $(VULN_TESTS),-required)

.killrvideo/bin/golangci-lint: tools/golangci/go.mod
	@echo "building golangci-lint, once (half a minute to two)"
	@go build -C tools/golangci -o "$(CURDIR)/$@" github.com/golangci/golangci-lint/v2/cmd/golangci-lint && touch $@

.killrvideo/bin/actionlint: tools/lint/go.mod
	@echo "building actionlint, once (some seconds)"
	@go build -C tools/lint -o "$(CURDIR)/$@" github.com/rhysd/actionlint/cmd/actionlint && touch $@

.killrvideo/zizmor/bin/zizmor: tools/zizmor/requirements.txt
	@echo "installing zizmor, once (some seconds)"
	@python3 -m venv --clear .killrvideo/zizmor || { echo "zizmor needs Python 3 with venv; on Debian: apt-get install python3-venv"; exit 1; }
	@.killrvideo/zizmor/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps --only-binary :all: -r $< && touch $@

.killrvideo/checkov/bin/checkov: tools/checkov/requirements.txt
	@echo "installing Checkov, once (half a minute)"
	@python3 -m venv --clear .killrvideo/checkov || { echo "Checkov needs Python 3.11 or newer with venv; on Debian: apt-get install python3-venv"; exit 1; }
	@.killrvideo/checkov/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r $< && touch $@

new: ## make a stack with CI for your own service: NAME=shop DIR=../shop; LOCAL=1 builds it with this checkout
	@go run ./examples/new -name "$(NAME)" -dir "$(DIR)" $(if $(LOCAL),-local)

compile-times: ## time what compiling each target's program costs (a quarter of an hour, 5 GB)
	@tools/compile-times.sh

generate: ## write the documents that repeat the tables of settings and exit codes
	@cd service && go test ./config/table -update
	@go test ./stacks -run TestDocumentsAreGenerated -update

fmt: ## format the code
	@gofmt -w $$(git ls-files '*.go')

# The folder also holds the sample data that the benchmarks load once.
BENCH_DIR := .killrvideo/bench
bench: .killrvideo/bin/benchstat ## benchmarks, compared with the saved run; SAVE=1 saves this one (BENCH_SIZES="small medium large")
	@mkdir -p $(BENCH_DIR)
	@set -o pipefail; for m in astra service; do \
	  (cd $$m && go test -vet=off -run '^$$' -bench . -benchtime 1s -timeout 3h ./...) || exit 1; done | tee $(BENCH_DIR)/now.txt
	@./figures.sh
	@if [ -f $(BENCH_DIR)/saved.txt ]; then .killrvideo/bin/benchstat $(BENCH_DIR)/saved.txt $(BENCH_DIR)/now.txt; \
	  else echo "no saved run to compare with; make bench SAVE=1 saves one"; fi
	@if [ -n "$(SAVE)" ]; then cp $(BENCH_DIR)/now.txt $(BENCH_DIR)/saved.txt; fi

.killrvideo/bin/benchstat: tools/benchstat/go.mod
	@go build -C tools/benchstat -o "$(CURDIR)/$@" golang.org/x/perf/cmd/benchstat && touch $@

clean: ## remove built programs, keep state and passphrase
	@rm -rf .killrvideo/bin .killrvideo/zizmor .killrvideo/checkov infra/provider/plugin/pulumi-resource-*
