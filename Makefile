# make up       a whole cluster in one process, with an example rolled out on it
# make test     everything that has to hold; the same command CI runs
# make clients  client-go and controller-runtime against the built binary
# make etcd     the etcd store against real clusters; part of make test
# make http2    the server's HTTP/2 against h2spec; part of make test
# make bench    Go benchmarks with allocations; a bare server under load, where ../shared/bench is there
# make lint     vet, gofmt

GO      ?= go
BIN     := $(CURDIR)/bin
KUBECTL ?= $(shell command -v kubectl 2>/dev/null || echo $(BIN)/kubectl)
export KUBECTL

.PHONY: up test unit race e2e etcd http2 clients bench lint build clean

build: $(BIN)/nucleus

.PHONY: $(BIN)/nucleus
$(BIN)/nucleus:
	@mkdir -p $(BIN)
	@[ -e $@ ] || echo "compiling (the first time it takes minutes)"
	$(GO) build -ldflags="-s -w" -o $@ ./examples/standalone

# The program of the image that hello.yaml names; static, for an image without a system.
.PHONY: $(BIN)/hello
$(BIN)/hello:
	@mkdir -p $(BIN)
	CGO_ENABLED=0 $(GO) build -ldflags="-s -w" -o $@ ./examples/hello

# Only where the machine has no kubectl: the real one, from its published module.
$(BIN)/kubectl: conformance/clients/go.mod conformance/clients/kubectl/main.go
	@echo "building kubectl (the machine has none; this takes a few minutes once)"
	@mkdir -p $(BIN)
	cd conformance/clients && v=$$($(GO) list -m -f '{{.Version}}' k8s.io/kubectl) && \
	$(GO) build -ldflags "-s -w -X k8s.io/component-base/version.gitVersion=v1.$${v#v0.}" -o $@ ./kubectl

up: $(BIN)/nucleus $(BIN)/hello $(KUBECTL)
	@examples/standalone/up.sh

test: lint unit e2e etcd http2

unit:
	$(GO) test ./...

# What is concurrent, under the race detector.
race:
	$(GO) test -race ./storage/... ./runtime/... ./auth/... ./admission/...

e2e: build $(KUBECTL)
	NUCLEUS=$(BIN)/nucleus $(GO) test -count=1 -p 1 -parallel 4 -v ./conformance/e2e/... ./conformance/robustness/...

# etcd's server is in a module of its own too: nobody who imports Nucleus needs it.
etcd: build
	@echo "compiling etcd's server for its tests (about a minute the first time)"
	cd conformance/etcd && NUCLEUS=$(BIN)/nucleus $(GO) test -count=1 ./...

http2:
	cd conformance/http2 && $(GO) test -count=1 ./...

# Real clients, from a module of its own: what it imports takes minutes to compile once.
clients: build
	cd conformance/clients && NUCLEUS=$(BIN)/nucleus $(GO) test -count=1 .

bench: build
	$(GO) test -run '^$$' -timeout 30m -bench . -benchmem ./...
	@if [ -d ../shared/bench ]; then NUCLEUS=$(BIN)/nucleus examples/standalone/bench.sh ../shared/bench; \
	else echo "no load generator in ../shared/bench: Go benchmarks only"; fi

lint:
	$(GO) vet ./...
	@files=$$(gofmt -l apimachinery storage auth admission runtime examples conformance); \
	if [ -n "$$files" ]; then echo "gofmt would change:"; echo "$$files"; exit 1; fi

# What is mounted there belongs to others.
clean:
	@if grep -q " $(CURDIR)/.nucleus/" /proc/self/mounts 2>/dev/null; then \
	echo "containers of a cluster that did not stop in order still run: make up, and then Ctrl-C, stops them"; exit 1; fi
	rm -rf $(BIN) .nucleus
