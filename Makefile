# Everything a clean clone needs is installed by these targets: Go modules by the
# go command, ClickHouse (as a library) and anvil by npm from their lock files,
# Chromium for the browser test from Debian.

GO      ?= go
NPM     ?= npm
BIN     := bin
ARGS    ?=
# Rows of the ledgers that queries are measured on: five and fifty million events.
ROWS    ?= 8000000,80000000
export CGO_ENABLED ?= 0

CLICKHOUSE := deps/clickhouse/node_modules/.installed
ANVIL      := deps/anvil/node_modules/.installed
UPLOT      := deps/uplot/node_modules/.installed
PONDER     := deps/ponder/node_modules/.installed
SQUID      := deps/squid/node_modules/.installed
LINT       := $(BIN)/golangci-lint
VULNCHECK  := $(BIN)/govulncheck

# What `make test` runs under the race detector: the board, what shares something and
# costs little, and (internal/e2e builds them so) the programs as a whole. The tests of
# the other rooms drive chains and databases in their own process, which the detector
# makes two to four times as dear: they are under it in `make race`.
RACED      := (cmd/indexer|internal/(app|board|canned|config|telemetry)|pkg/(chain/rpcjson|decode|store/embedded))

.PHONY: all build demo test race bench soak lint vuln generate screenshots clickhouse anvil uplot ponder squid chromium clean help

all: build clickhouse ## the programs and the engine they need

build: ## the programs, in bin/
	$(GO) build -trimpath -o $(BIN)/ ./cmd/...

demo: ## local Venice chain, ClickHouse, history, head, figures
	@$(MAKE) --no-print-directory build clickhouse >&2
	@$(BIN)/demo $(ARGS)

test: clickhouse anvil uplot chromium lint ## everything that proves the product
	CGO_ENABLED=1 $(GO) test -race -timeout 30m $$($(GO) list ./... | grep -E '/$(RACED)$$')
	$(GO) test -timeout 30m $$($(GO) list ./... | grep -vE '/$(RACED)$$')

race: clickhouse anvil uplot chromium ## every test under the race detector
	CGO_ENABLED=1 $(GO) test -race -timeout 60m ./...

bench: build clickhouse uplot ponder squid ## measure and write docs/BENCHMARKS.md and docs/QUERIES.md, on a machine that does nothing else (ROWS: of the ledgers)
	$(BIN)/bench --report docs/BENCHMARKS.md $(ARGS)
	$(GO) test ./dashboards -run '^$$' -bench DashboardQueries -benchtime 3x -timeout 9h -rows $(ROWS) -report ../docs/QUERIES.md

soak: clickhouse ## the simulator, seed after seed: make soak ARGS="-sim.from=1 -sim.seeds=1000"
	$(GO) test ./internal/sim -count=1 -timeout 24h -run TestSeeds -v $(ARGS)

lint: $(LINT) ## the linter with every check on, vet's among them
	$(LINT) run ./...

# The database of today, from where Go modules come from; the toolchain is the one that
# go.mod asks for, since half of what is found is usually in the standard library.
vuln: $(VULNCHECK) ## known vulnerabilities in what the programs and their tests call
	$(GO) run golang.org/x/vulndb/cmd/indexdb@latest -out $(BIN)/vulndb \
		-vulns "$$($(GO) mod download -json golang.org/x/vulndb@latest | sed -n 's/.*"Dir": "\(.*\)".*/\1/p')/data/osv"
	GOTOOLCHAIN=auto $(VULNCHECK) -db file://$(CURDIR)/$(BIN)/vulndb -test ./...

generate: uplot ## write generated files: dashboards, provisioning, the board's chart library
	$(GO) generate ./...

screenshots: clickhouse chromium ## the README's pictures, by a real browser on a local Venice
	$(GO) test ./internal/board/boardtest -count=1 -run 'TestOnAWholeVenice/(the_last_audit|pictures)' -pictures $(CURDIR)/docs/images

clickhouse: $(CLICKHOUSE) ## the ClickHouse engine as a library, pinned and integrity-checked
anvil: $(ANVIL) ## the second EVM node of the tests
uplot: $(UPLOT) ## the board's chart library, as its package has it
ponder: $(PONDER) ## an indexer that the benchmark runs beside ours; its engine wants Node 18.14 or later
squid: $(SQUID) ## another such indexer

# Whatever comes from npm, as its lock file has it.
deps/%/node_modules/.installed: deps/%/package-lock.json
	$(NPM) ci --prefix deps/$* --no-audit --no-fund --ignore-scripts
	touch $@

chromium: ## the browser of the tests, Debian's
	@command -v chromium >/dev/null || { apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium; } \
		|| { echo "the browser test needs Chromium: install Debian's package chromium" >&2; exit 1; }

$(LINT): tools/go.sum
	$(GO) build -modfile=tools/go.mod -o $@ github.com/golangci/golangci-lint/v2/cmd/golangci-lint

$(VULNCHECK): tools/go.sum
	$(GO) build -modfile=tools/go.mod -o $@ golang.org/x/vuln/cmd/govulncheck

clean: ## remove what was built and what the demo wrote
	rm -rf $(BIN) data

help: ## this list
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t14
