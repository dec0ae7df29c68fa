#!/usr/bin/env bash
# Builds and runs the libFuzzer targets of the HTTP floors, one after the other.
#
#     Fuzz/run.sh [seconds for each target, 600 by default] [targets ...]
#
# The module HTTP, the compression of HTTPServer and one target are compiled together, with the address
# sanitizer, outside of SwiftPM: a fuzzer has its own main. What is found stays in Fuzz/Findings.
set -euo pipefail
cd "$(dirname "$0")/.."
seconds=${1:-600}
shift || true
targets=("$@")
[ ${#targets[@]} -gt 0 ] || targets=(Request Chunked Percent Query Gzip)
build=$(mktemp -d)
trap 'rm -rf "$build"' EXIT
mkdir -p Fuzz/Findings
export SWIFT_BACKTRACE=enable=no

flags=(-O -sanitize=fuzzer,address -swift-version 6 -parse-as-library -package-name strata -I Sources/CZlib
    -enable-testing -Xcc -D_GNU_SOURCE)
for target in "${targets[@]}"; do
    sources=$(find Sources/HTTP -name '*.swift')
    if [ "$target" = Gzip ]; then
        # Without the module boundary: the imports of our own modules are dropped.
        sources+=" Sources/HTTPServer/Compression/Inflater.swift Sources/HTTPServer/Compression/Inflation.swift"
        sources+=" Sources/HTTPServer/Bodies/BodyBuffer.swift Sources/HTTPServer/Bodies/MemoryBudget.swift"
    fi
    mkdir -p "$build/$target"
    for source in $sources "Fuzz/Sources/$target.swift"; do
        sed -E '/^(@testable )?import HTTP$/d' "$source" >"$build/$target/$(echo "$source" | tr '/+' '__')"
    done
    swiftc "${flags[@]}" "$build/$target"/*.swift -o "$build/$target/fuzz" \
        2> >(grep -v 'ld.gold: warning: Cannot export local symbol' >&2)
    corpus=$(mktemp -d -p "$build")
    echo "== $target: $seconds s"
    "$build/$target/fuzz" -max_total_time="$seconds" -max_len=4096 -timeout=5 -rss_limit_mb=1024 -print_final_stats=1 \
        -artifact_prefix="Fuzz/Findings/$target-" "$corpus" "Fuzz/Corpora/$target" 2>"$build/$target.log" || {
        tail -40 "$build/$target.log"
        exit 1
    }
    grep -E 'stat::number_of_executed_units|stat::new_units_added' "$build/$target.log"
    # Keeps what reaches new code, in as few files as will do.
    if [ "${FUZZ_KEEP:-0}" = 1 ]; then
        merged=$(mktemp -d -p "$build")
        "$build/$target/fuzz" -merge=1 "$merged" "Fuzz/Corpora/$target" "$corpus" 2>/dev/null
        rm -rf "Fuzz/Corpora/$target" && cp -r "$merged" "Fuzz/Corpora/$target"
    fi
done
