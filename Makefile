# Two commands do everything on a fresh Debian or Ubuntu machine with a Swift 6 toolchain:
#   make serve   installs what is missing, builds a release, and serves on 127.0.0.1:8080
#   make test    installs what is missing, builds, and runs all tests
SHELL := /bin/bash
.DELETE_ON_ERROR:

SWIFT ?= swift
PACKAGES := libopenblas-dev libssl-dev zlib1g-dev
SERVE_FLAGS ?= --demo

# C targets are optimised in debug builds too: the kernels are a hundred times slower without.
DEBUG := -Xcc -O2
STRICT := -Xswiftc -warnings-as-errors
export SWIFT_BACKTRACE ?= enable=no

.PHONY: help packages build serve test golden examples sanitize bench lint floors format fuzz battery contract image test-image docs deployment clean

help:
	@sed -n 's/^# \{0,1\}//p' Makefile | head -3
	@echo "  make golden | sanitize | bench | lint | format | fuzz | battery | contract | image | test-image | docs | deployment | clean"

packages:
	@missing=(); for package in $(PACKAGES); do \
	    dpkg-query -W -f='$${Status}' $$package 2>/dev/null | grep -q 'ok installed' || missing+=($$package); done; \
	if [ $${#missing[@]} -gt 0 ]; then \
	    if [ "$$(id -u)" = 0 ]; then sudo=; else sudo=sudo; fi; \
	    echo "installing $${missing[*]}"; \
	    $$sudo apt-get update -qq && \
	    DEBIAN_FRONTEND=noninteractive $$sudo apt-get install -y -qq --no-install-recommends "$${missing[@]}" >/dev/null; \
	fi

build: packages
	$(SWIFT) build -c release --product strata

serve: build
	@exec "$$($(SWIFT) build -c release --show-bin-path)/strata" serve $(SERVE_FLAGS)

# What waits on sockets runs apart from what computes: on two cores the one would be late because of the other.
SOCKET_TESTS := ^(HTTPServerTests|HTTPClientTests|EndToEndTests)
test: packages
	$(SWIFT) build --build-tests $(DEBUG) $(STRICT)
	$(SWIFT) test --skip-build $(DEBUG) $(STRICT) --skip '$(SOCKET_TESTS)'
	$(SWIFT) test --skip-build $(DEBUG) $(STRICT) --filter '$(SOCKET_TESTS)'

# Everything that real TensorFlow computed, one line a file; STRATA_GOLDEN_DIR runs another folder of the same form.
golden: packages
	@$(SWIFT) build $(DEBUG) $(STRICT) --product golden
	@"$$($(SWIFT) build $(DEBUG) $(STRICT) --show-bin-path)/golden"

# The tests of what computes and of what locks, under the address and the thread sanitizer, each in a build of its own.
# Leaks are not looked for: what lives as long as the process would be one.
SANITIZED := ^(TensorCoreTests|OperatorsTests|LayersTests|ServiceTests)\.
sanitize: packages
	@for sanitizer in address thread; do \
	    $(SWIFT) build --build-tests --sanitize=$$sanitizer --scratch-path .build/$$sanitizer $(DEBUG) && \
	    TSAN_OPTIONS=halt_on_error=1 ASAN_OPTIONS=detect_leaks=0 $(SWIFT) test --skip-build --sanitize=$$sanitizer \
	        --scratch-path .build/$$sanitizer $(DEBUG) --filter '$(SANITIZED)' || exit 1; done

# What operators, JSON and checkpoints cost, each figure beside its limit, its floor or its peer measured in the same run.
# PEERS_PYTHON is a Python that has PyTorch (and orjson for JSON); without it those columns stay empty.
PEERS_PYTHON ?= python3
BENCH_MEBIBYTES ?= 1024
bench: packages
	$(SWIFT) build -c release --product OperatorsBenchmark
	$(SWIFT) build -c release --product FormatsBenchmark
	@mkdir -p .build/bench && rm -f .build/bench/peers.tsv && touch .build/bench/peers.tsv
	@if $(PEERS_PYTHON) -c 'import torch' 2>/dev/null; then \
	    $(PEERS_PYTHON) Benchmarks/operators/peers.py > .build/bench/peers.tsv; \
	    $(PEERS_PYTHON) Benchmarks/training/peers.py >> .build/bench/peers.tsv; fi
	@.build/release/OperatorsBenchmark --peers .build/bench/peers.tsv
	@if $(PEERS_PYTHON) -c 'import numpy, orjson' 2>/dev/null; then \
	    $(PEERS_PYTHON) Benchmarks/json/compare.py .build/release/FormatsBenchmark; fi
	@.build/release/FormatsBenchmark checkpoint .build/bench $(BENCH_MEBIBYTES)

# What a user of the library writes: digits, irises, a disease and a text, each learned in seconds.
EXAMPLES := digits iris diabetes characters
examples: packages
	@for example in $(EXAMPLES); do $(SWIFT) build -c release --product $$example || exit 1; done
	@for example in $(EXAMPLES); do \
	    echo "== $$example"; "$$($(SWIFT) build -c release --show-bin-path)/$$example" || exit 1; done

# Formatting, the table of floors, and the portable kernels compiled for another processor.
lint: floors
	$(SWIFT) format lint --strict --recursive --parallel Package.swift Sources Tests Examples Benchmarks
	@mkdir -p .build/arm64/gnu && touch .build/arm64/gnu/stubs-32.h  # the one header that this machine's C library lacks
	@for file in Sources/CKernels/*.c; do \
	    "$$(dirname "$$(command -v $(SWIFT))")/clang" --target=aarch64-linux-gnu -fsyntax-only -Wall -Werror \
	        -isystem .build/arm64 -isystem /usr/include/$$(uname -m)-linux-gnu -I Sources/CKernels/include $$file \
	        || exit 1; done
	@echo "kernels compile for arm64"

floors:
	@deploy/check-floors.sh

format:
	$(SWIFT) format --in-place --recursive --parallel Package.swift Sources Tests Examples Benchmarks

# Coverage-guided fuzzing of the parsers, ten minutes each unless FUZZ_SECONDS says otherwise.
fuzz: packages
	Fuzz/run.sh $(or $(FUZZ_SECONDS),600)
	Fuzz/formats.sh JSON $(or $(FUZZ_SECONDS),600)
	Fuzz/formats.sh Files $(or $(FUZZ_SECONDS),600)

# Raw-socket cases and abuse trials against the HTTP floors, over plain and TLS.
battery: packages
	$(SWIFT) build -c release --product HTTPBenchmarkServer
	python3 Benchmarks/http/battery.py
	python3 Benchmarks/http/abuse.py

# Every operation of openapi.yaml against the built server, by Schemathesis, which SCHEMATHESIS names.
contract: build
	Benchmarks/http/contract/run.sh "$$($(SWIFT) build -c release --show-bin-path)/strata"

# The container image, by docker or podman, whichever runs here. IMAGE_FLAGS go to its build: where podman may not make
# namespaces, IMAGE_FLAGS='--isolation=chroot --network=host'.
ENGINE ?= $(shell docker info >/dev/null 2>&1 && echo docker || echo podman)
IMAGE ?= strata:latest
IMAGE_FLAGS ?=
image:
	$(ENGINE) build $(if $(filter podman,$(ENGINE)),--format docker) $(IMAGE_FLAGS) --tag $(IMAGE) .
	@$(ENGINE) image inspect $(IMAGE) --format '{{.Size}}' | awk '{printf "$(IMAGE) has %.0f MB unpacked\n", $$1 / 1e6}'

# The end-to-end tests against what is in the image, run as a container runs it: needs root, but no engine that can run here.
IMAGE_ROOT := $(CURDIR)/.build/image
test-image: packages
	@rm -rf $(IMAGE_ROOT) && mkdir -p $(IMAGE_ROOT)
	@container=$$($(ENGINE) create $(IMAGE)) && $(ENGINE) export $$container | tar -x -C $(IMAGE_ROOT) && \
	    $(ENGINE) rm $$container >/dev/null
	@mkdir -p $(addprefix $(IMAGE_ROOT)/,tmp proc dev etc) && touch $(IMAGE_ROOT)/etc/hosts
	$(SWIFT) build --build-tests $(DEBUG) $(STRICT)
	STRATA_EXECUTABLE=$(CURDIR)/deploy/in-image.sh STRATA_IMAGE_ROOT=$(IMAGE_ROOT) \
	    $(SWIFT) test --skip-build $(DEBUG) $(STRICT) --filter '^EndToEndTests'

# What is under deploy/, as far as it can be checked here, and the metrics as Prometheus's own client library reads them.
deployment:
	@python3 deploy/check.py

# The documentation of the library and of the floors that `import Strata` brings with it, under docs/api.
DOCC ?= $(shell dirname "$$(readlink -f "$$(command -v $(SWIFT))")")/docc
DOCUMENTED := Strata Service Training Checkpoints Layers Operators TensorCore
docs: packages
	$(SWIFT) build --build-tests $(DEBUG) $(STRICT)
	@rm -rf .build/symbols docs/api && mkdir -p .build/symbols
	@folder="$$($(SWIFT) build $(DEBUG) $(STRICT) --show-bin-path)"; maps=(); \
	for map in "$$folder"/C*.build/module.modulemap; do maps+=(-Xcc "-fmodule-map-file=$$map"); done; \
	for module in $(DOCUMENTED); do \
	    $(SWIFT) symbolgraph-extract -module-name $$module -minimum-access-level public -skip-synthesized-members \
	        -target $$(uname -m)-unknown-linux-gnu -I "$$folder/Modules" -I Sources/COpenBLAS -I Sources/COpenSSL \
	        -I Sources/CZlib "$${maps[@]}" -output-dir .build/symbols || exit 1; done
	@$(DOCC) convert docs/Strata.docc --additional-symbol-graph-dir .build/symbols --output-path docs/api \
	    --fallback-display-name Strata --fallback-bundle-identifier strata --transform-for-static-hosting >/dev/null
	@echo "docs/api/documentation/strata/index.html"

clean:
	$(SWIFT) package clean
	rm -rf .build docs/api
