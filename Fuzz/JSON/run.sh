#!/usr/bin/env bash
# Builds and runs the libFuzzer target of the JSON scanner.
#
#     Fuzz/JSON/run.sh [seconds, 600 by default]
#
# Formats and TensorCore are compiled together with the target, with the address sanitizer, outside of SwiftPM: a
# fuzzer has its own main. What is found stays in Fuzz/Findings.
set -euo pipefail
cd "$(dirname "$0")/../.."
seconds=${1:-600}
build=$(mktemp -d)
trap 'rm -rf "$build"' EXIT
mkdir -p Fuzz/Findings "$build/swift" "$build/CKernels" "$build/CLinux"
export SWIFT_BACKTRACE=enable=no

for module in CKernels CLinux; do
    echo "module $module { umbrella header \"$PWD/Sources/$module/include/$module.h\" export * }" \
        >"$build/$module/module.modulemap"
    for source in Sources/$module/*.c; do
        clang -O2 -fsanitize=address,fuzzer-no-link -ISources/$module/include -c "$source" -o "$build/$(basename "$source").o"
    done
done
# Without the module boundaries: the imports of our own modules are dropped.
for source in $(find Sources/Locking Sources/TensorCore Sources/Formats -name '*.swift') Tests/TestSupport/FuzzJSON.swift \
    Fuzz/JSON/FuzzTarget.swift; do
    sed -E '/^import (Locking|TensorCore|Formats)$/d' "$source" >"$build/swift/$(echo "$source" | tr '/+' '__')"
done
swiftc -O -sanitize=fuzzer,address -swift-version 6 -parse-as-library -package-name strata \
    -I "$build/CKernels" -I "$build/CLinux" -I Sources/CZlib -I Sources/COpenBLAS $(pkg-config --cflags-only-I openblas) \
    "$build"/swift/*.swift "$build"/*.o -lm -o "$build/fuzz" 2> >(grep -v 'Cannot export local symbol' >&2)
printf '%s\n' '"NaN"' '"Infinity"' '"-Infinity"' '"dtype"' '"shape"' '"data"' '"base64"' '"\\ud834\\udd1e"' '"e-"' '"[["' \
    '"true"' '"false"' '"null"' >"$build/dictionary"
mkdir "$build/corpus"
"$build/fuzz" -max_total_time="$seconds" -max_len=4096 -timeout=5 -rss_limit_mb=2048 -print_final_stats=1 -dict="$build/dictionary" \
    -artifact_prefix=Fuzz/Findings/JSON- "$build/corpus" Fuzz/JSON/Corpus 2>"$build/log" || {
    tail -40 "$build/log"
    exit 1
}
grep -E 'stat::number_of_executed_units|stat::new_units_added|cov:' "$build/log" | tail -3
# Keeps what reaches new code, in as few files as will do.
if [ "${FUZZ_KEEP:-0}" = 1 ]; then
    mkdir "$build/merged"
    "$build/fuzz" -merge=1 "$build/merged" Fuzz/JSON/Corpus "$build/corpus" 2>/dev/null
    rm -rf Fuzz/JSON/Corpus && cp -r "$build/merged" Fuzz/JSON/Corpus
fi
