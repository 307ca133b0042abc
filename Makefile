# The commands of the repository. `make` alone lists them.

SHELL := /bin/bash
GO ?= go
# The linters have a module of their own, so that their dependencies are not ours.
TOOL = $(GO) tool -modfile=tools/go.mod
# So has every queue that Docket is measured against.
PEERS = contestant river-sqlite river-postgres asynq faktory

.DEFAULT_GOAL := help
.PHONY: help run build test dashboard screenshots release crawl quality endurance faults bench check fmt lint contract contract-table configuration client generated gofmt vet tidy arch cross

help: ## list the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: ## start the server with its default settings
	$(GO) run ./cmd/docket serve

build: ## build the binary into bin/
	$(GO) build -o bin/docket ./cmd/docket

test: ## build, run all tests, run them again under the race detector
	@GO="$(GO)" tools/test.sh

dashboard: ## build the dashboard of web/ into internal/dashboard
	tools/dashboard.sh build

screenshots: ## take the pictures of the README from a real server
	tools/dashboard.sh pictures

release: ## build the archives of a release into dist/ (VERSION=v0.1.0)
	GO="$(GO)" tools/release.sh $(VERSION)

crawl: ## crawl a site of 5,000 pages, and say what it costs
	DOCKET_TEST_CRAWL=5000 $(GO) test -count=1 -timeout 10m -v -run '^TestLargeCrawlIsBounded$$' ./internal/app

quality: ## score parsing, extraction and classification on the documents in $$QUALITY_CORPUS
	$(GO) run ./cmd/quality

endurance: ## put 10,000 documents through one server and look at its memory
	DOCKET_TEST_ENDURANCE=10000 $(GO) test -count=1 -timeout 60m -v -run '^TestEndurance$$' ./internal/app

bench: ## measure against yardsticks and peers, and write docs/BENCHMARKS.md; BENCH='-row poll' for some
	@GO="$(GO)" tools/bench.sh $(BENCH)

faults: | bin ## trouble clusters on both databases and on S3 for minutes and look whether anything is lost; SEED= repeats a run, FAULTS= are its flags
	GOBIN=$(CURDIR)/bin $(GO) install github.com/versity/versitygw/cmd/versitygw@v1.8.0
	DOCKET_TEST_S3_SERVER=$(CURDIR)/bin/versitygw $(GO) run ./cmd/faults $(if $(SEED),-seed $(SEED)) $(FAULTS)

check: gofmt vet cross tidy arch contract generated lint ## all static checks: format, vet, modules, architecture, contract, linters

fmt: ## format the Go code and its imports
	$(TOOL) golangci-lint fmt

lint: ## run the linters
	$(TOOL) golangci-lint run ./...

contract: ## run the linters of the OpenAPI files
	tools/contract.sh lint

contract-table: ## rewrite the table of tests in docs/CONTRACT.md
	UPDATE_CONTRACT_TABLE=1 $(GO) test -count=1 -run '^TestContractTable$$' .

configuration: ## rewrite docs/CONFIGURATION.md from the settings
	UPDATE_CONFIGURATION=1 $(GO) test -count=1 -run '^TestConfigurationIsDocumented$$' ./internal/config

client: ## make the types of the clients anew from the OpenAPI file
	$(TOOL) oapi-codegen -config client/wire/config.yaml -o client/wire/jobs.gen.go api/jobs.yaml
	npm --prefix sdk/typescript run --silent types

generated: | bin
	@made=$$(mktemp) && $(TOOL) oapi-codegen -config client/wire/config.yaml -o $$made api/jobs.yaml \
		&& cmp client/wire/jobs.gen.go $$made || { echo 'client/wire is out of date: make client'; exit 1; }
	@npm --prefix sdk/typescript ci --ignore-scripts --silent && cp sdk/typescript/src/jobs.gen.ts bin/jobs.gen.ts \
		&& npm --prefix sdk/typescript run --silent types >/dev/null && cmp sdk/typescript/src/jobs.gen.ts bin/jobs.gen.ts \
		|| { echo 'the types of sdk/typescript are out of date: make client'; exit 1; }

bin:
	@mkdir -p bin

gofmt:
	@out=$$(git ls-files -z --cached --others --exclude-standard --deduplicate -- '*.go' \
		| while IFS= read -r -d '' f; do if [ -f "$$f" ]; then printf '%s\0' "$$f"; fi; done \
		| xargs -0 gofmt -l); \
	if [ -n "$$out" ]; then printf 'not formatted:\n%s\n' "$$out"; exit 1; fi

vet:
	$(GO) vet ./...
	$(GO) vet -tags postgres ./internal/...
	$(GO) -C bench vet ./...
	for m in $(PEERS); do $(GO) -C bench/peers/$$m vet ./... || exit 1; done

cross:
	GOOS=darwin GOARCH=arm64 CGO_ENABLED=0 $(GO) vet ./...

tidy:
	$(GO) mod tidy -diff
	$(GO) -C tools mod tidy -diff
	$(GO) -C tools/sbom mod tidy -diff
	$(GO) -C bench mod tidy -diff
	for m in $(PEERS); do $(GO) -C bench/peers/$$m mod tidy -diff || exit 1; done

arch:
	$(GO) test .
