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

.PHONY: help packages build serve test golden examples lint floors format fuzz battery clean

help:
	@sed -n 's/^# \{0,1\}//p' Makefile | head -3
	@echo "  make lint | format | bench | docs | clean"

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
SOCKET_TESTS := ^(HTTPServerTests|EndToEndTests)
test: packages
	$(SWIFT) build --build-tests $(DEBUG) $(STRICT)
	$(SWIFT) test --skip-build $(DEBUG) $(STRICT) --skip '$(SOCKET_TESTS)'
	$(SWIFT) test --skip-build $(DEBUG) $(STRICT) --filter '$(SOCKET_TESTS)'

# Everything that real TensorFlow computed, one line a file; STRATA_GOLDEN_DIR runs another folder of the same form.
golden: packages
	@$(SWIFT) build $(DEBUG) $(STRICT) --product golden
	@"$$($(SWIFT) build $(DEBUG) $(STRICT) --show-bin-path)/golden"

# What a user of the library writes: digits, irises, a disease and a text, each learned in seconds.
EXAMPLES := digits iris diabetes characters
examples: packages
	@for example in $(EXAMPLES); do $(SWIFT) build -c release --product $$example || exit 1; done
	@for example in $(EXAMPLES); do \
	    echo "== $$example"; "$$($(SWIFT) build -c release --show-bin-path)/$$example" || exit 1; done

# Formatting, the table of floors, and the portable kernels compiled for another processor.
lint: floors
	$(SWIFT) format lint --strict --recursive --parallel Package.swift Sources Tests Examples
	@mkdir -p .build/arm64/gnu && touch .build/arm64/gnu/stubs-32.h  # the one header that this machine's C library lacks
	@for file in Sources/CKernels/*.c; do \
	    "$$(dirname "$$(command -v $(SWIFT))")/clang" --target=aarch64-linux-gnu -fsyntax-only -Wall -Werror \
	        -isystem .build/arm64 -isystem /usr/include/$$(uname -m)-linux-gnu -I Sources/CKernels/include $$file \
	        || exit 1; done
	@echo "kernels compile for arm64"

floors:
	@deploy/check-floors.sh

format:
	$(SWIFT) format --in-place --recursive --parallel Package.swift Sources Tests Examples

# Coverage-guided fuzzing of the parsers, ten minutes each unless FUZZ_SECONDS says otherwise.
fuzz: packages
	Fuzz/run.sh $(or $(FUZZ_SECONDS),600)

# Raw-socket cases and abuse trials against the HTTP floors, over plain and TLS.
battery: packages
	$(SWIFT) build -c release --product HTTPBenchmarkServer
	python3 Benchmarks/http/battery.py
	python3 Benchmarks/http/abuse.py

clean:
	$(SWIFT) package clean
	rm -rf .build docs/api
