# Everything a clean clone needs is installed by these targets: Go modules by the
# go command, ClickHouse (as a library) and anvil by npm from their lock files.

GO      ?= go
NPM     ?= npm
BIN     := bin
ARGS    ?=
export CGO_ENABLED ?= 0

CLICKHOUSE := deps/clickhouse/node_modules/.installed
ANVIL      := deps/anvil/node_modules/.installed
LINT       := $(BIN)/golangci-lint

.PHONY: all build demo test lint generate clickhouse anvil clean

all: build

build: ## the programs, in bin/
	$(GO) build -trimpath -o $(BIN)/ ./cmd/...

demo: build clickhouse ## local Venice chain, ClickHouse, history, head, figures
	$(BIN)/devnet demo --indexer $(BIN)/indexer $(ARGS)

test: clickhouse anvil lint ## everything that proves the product
	CGO_ENABLED=1 $(GO) test -race -timeout 30m ./...

lint: $(LINT)
	$(GO) vet ./...
	$(LINT) run ./...

generate: ## write generated files
	$(GO) generate ./...

clickhouse: $(CLICKHOUSE) ## the ClickHouse engine as a library, pinned and integrity-checked
$(CLICKHOUSE): deps/clickhouse/package-lock.json
	$(NPM) ci --prefix deps/clickhouse --no-audit --no-fund --ignore-scripts
	touch $@

anvil: $(ANVIL) ## the second EVM node of the tests
$(ANVIL): deps/anvil/package-lock.json
	$(NPM) ci --prefix deps/anvil --no-audit --no-fund --ignore-scripts
	touch $@

$(LINT): tools/go.sum
	$(GO) build -modfile=tools/go.mod -o $@ github.com/golangci/golangci-lint/v2/cmd/golangci-lint

clean:
	rm -rf $(BIN) data
