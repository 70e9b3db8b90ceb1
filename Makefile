# `make help` explains itself. Everything that is made lives in .killrvideo/,
# which git ignores.
SHELL       := /bin/bash
STACK       ?= dev
SIZE        ?= small
ARGS        ?=
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
GO_MODULES  := . astra service stacks/launch

export CGO_ENABLED = 0
# The checkout is a workspace, in which -mod=mod and -modfile are errors.
export GOFLAGS := $(filter-out -mod=% --mod=% -modfile=% --modfile=%,$(GOFLAGS))

.DEFAULT_GOAL := help
.PHONY: help up preview plan plans down doctor pulumi seed dev test race image lint vuln bench fmt compile-times launch clean

help: ## show this list
	@echo "usage: make TARGET [STACK=dev]"
	@grep -hE '^[a-z-]+:.*## ' Makefile | sed -E 's/:.*## /\t/' | awk -F'\t' '{printf "  %-13s %s\n", $$1, $$2}'

launch:
	@mkdir -p "$(HOME_DIR)/bin"
	@home=$$(cd "$(HOME_DIR)" && pwd) && cd stacks/launch && GOWORK= go build -buildvcs=false -o "$$home/bin/launch" .

up: launch ## deploy the stack and prove that it serves; prints its url
	@$(LAUNCH) up --stack $(STACK) $(VERBOSITY)

preview: launch ## show what up would change
	@$(LAUNCH) preview --stack $(STACK) $(VERBOSITY)

plan: launch ## show every resource of a stack, no account needed; DIFF=main or a file: what changed
	@$(LAUNCH) plan --stack $(STACK) $(if $(DIFF),-- --diff '$(DIFF)')

plans: launch ## the same for every committed stack
	@set -e; for file in Pulumi.*.yaml; do stack=$${file#Pulumi.}; stack=$${stack%.yaml}; \
	  echo "## stack $$stack"; $(LAUNCH) plan --stack $$stack $(if $(DIFF),-- --diff '$(DIFF)'); done

down: launch ## remove what the stack made; data stays
	@$(LAUNCH) down --stack $(STACK) $(VERBOSITY)

doctor: launch ## show the tools found, and every setting as set or not
	@$(LAUNCH) doctor --stack $(STACK)

pulumi: launch ## run the Pulumi CLI with the same state: make pulumi ARGS="stack output --stack dev"
	@$(LAUNCH) pulumi --stack $(STACK) -- $(ARGS)

seed: launch ## fill the embedded Astra with sample data: make seed SIZE=small|medium|large, or FROM=folder of CSV files
	@$(LAUNCH) seed --stack $(STACK) -- $(if $(FROM),-from "$(FROM)",-size $(SIZE))

dev: up ## up, sample data for an empty database, and up again after every save; shows the service's log
	@$(LAUNCH) seed --stack $(STACK) -- -size $(SIZE) -if-empty
	@$(LAUNCH) dev --stack $(STACK)

test: ## every test that needs no account
	@$(MAKE) --no-print-directory .killrvideo/checkov/bin/checkov || echo "without Checkov its tests are skipped"
	@./test.sh

# cgo recompiles everything, so it has a build cache of its own.
race: ## tests of service, astra, provider and launcher with the race detector; needs a C compiler (about ten minutes)
	@for m in astra service stacks/launch; do (cd $$m && $(RACE) go test -race -timeout 30m ./...) || exit 1; done
	@$(RACE) go test -race -timeout 30m ./infra/provider/...

image: ## build the container image
	docker build --build-arg VERSION=$(VERSION) --build-arg COMMIT=$(COMMIT) -t $(IMAGE) .

lint: .killrvideo/bin/golangci-lint .killrvideo/bin/actionlint .killrvideo/zizmor/bin/zizmor ## format, mistakes, workflows
	@test -z "$$(gofmt -l $$(git ls-files '*.go'))" || { gofmt -l $$(git ls-files '*.go'); echo "run: make fmt"; exit 1; }
	@for m in $(GO_MODULES); do echo "golangci-lint in $$m" && (cd $$m && "$(CURDIR)/.killrvideo/bin/golangci-lint" run ./...) || exit 1; done
	@.killrvideo/bin/actionlint
	@.killrvideo/zizmor/bin/zizmor --offline --persona auditor --strict-collection --no-progress --quiet .github

vuln: ## known vulnerabilities in what each module compiles; VULNDB=latest for the newest database
	@GOWORK=off go run -C tools/vuln -buildvcs=false . -root "$(CURDIR)" $(if $(VULNDB),-db $(VULNDB)) $(if $(VULN_TESTS),-required)

.killrvideo/bin/golangci-lint: tools/golangci/go.mod
	@echo "building golangci-lint, once (half a minute to two)"
	@GOWORK=off go build -C tools/golangci -o "$(CURDIR)/$@" github.com/golangci/golangci-lint/v2/cmd/golangci-lint && touch $@

.killrvideo/bin/actionlint: tools/lint/go.mod
	@echo "building actionlint, once (some seconds)"
	@GOWORK=off go build -C tools/lint -o "$(CURDIR)/$@" github.com/rhysd/actionlint/cmd/actionlint && touch $@

.killrvideo/zizmor/bin/zizmor: tools/zizmor/requirements.txt
	@echo "installing zizmor, once (some seconds)"
	@python3 -m venv --clear .killrvideo/zizmor || { echo "zizmor needs Python 3 with venv; on Debian: apt-get install python3-venv"; exit 1; }
	@.killrvideo/zizmor/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps --only-binary :all: -r $< && touch $@

.killrvideo/checkov/bin/checkov: tools/checkov/requirements.txt
	@echo "installing Checkov, once (half a minute)"
	@python3 -m venv --clear .killrvideo/checkov || { echo "Checkov needs Python 3.11 or newer with venv; on Debian: apt-get install python3-venv"; exit 1; }
	@.killrvideo/checkov/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r $< && touch $@

compile-times: ## time what compiling each target's program costs (a quarter of an hour, 5 GB)
	@tools/compile-times.sh

fmt: ## format the code
	@gofmt -w $$(git ls-files '*.go')

bench: ## benchmarks: clients, embedded Astra, start, memory, requests (BENCH_SIZES="small medium large"), deployments
	@for m in astra service; do (cd $$m && go test -run '^$$' -bench . -benchtime 1s -timeout 3h ./...) || exit 1; done
	@./figures.sh

clean: ## remove built programs, keep state and passphrase
	@rm -rf .killrvideo/bin .killrvideo/zizmor .killrvideo/checkov infra/provider/plugin/pulumi-resource-killrvideo
