#!/usr/bin/env bash
# Holds the table of floors in docs/ARCHITECTURE.md: no file imports a floor that its own may not stand on. The compiler
# checks the same of direct dependencies, but lets through what a dependency happens to import.
set -euo pipefail
cd "$(dirname "$0")/.."

declare -A allowed=(
    [Locking]=""
    [TensorCore]="CKernels COpenBLAS CLinux Locking"
    [Operators]="TensorCore Locking"
    [Formats]="TensorCore CKernels CZlib"
    [Layers]="Formats Operators TensorCore Locking"
    [Checkpoints]="Layers Formats Operators TensorCore CLinux Locking"
    [Training]="Checkpoints Layers Formats Operators TensorCore Locking"
    [Telemetry]="Locking"
    [HTTP]=""
    [HTTPServer]="HTTP COpenSSL CZlib CLinux Telemetry Locking"
    [Service]="Training Checkpoints Layers Formats Operators TensorCore Telemetry CLinux Locking"
    [Access]="HTTP Telemetry Locking COpenSSL"
    [HTTPClient]="HTTP COpenSSL"
    [API]="HTTP Service Formats TensorCore CContract"
    [Strata]="API Access HTTPServer HTTPClient HTTP Service Training Checkpoints Formats Layers Operators TensorCore Telemetry Locking CLinux"
    [StrataCommand]="Strata Access HTTPClient HTTP Formats Telemetry"
)
outside="Glibc Dispatch Synchronization FoundationEssentials Logging ArgumentParser"

failed=0
for folder in Sources/*/; do
    floor=$(basename "$folder")
    case $floor in C*) [ -z "${allowed[$floor]+x}" ] && continue ;; esac
    if [ -z "${allowed[$floor]+x}" ]; then
        echo "$folder is no floor of the table"
        failed=1
        continue
    fi
    while IFS=: read -r file line text; do
        module=$(sed -E 's/^.*import +(struct |class |enum |func |protocol )?([A-Za-z_]+).*$/\2/' <<<"$text")
        if ! grep -qw "$module" <<<"${allowed[$floor]} $outside"; then
            echo "$file:$line: $floor may not import $module"
            failed=1
        fi
    done < <(grep -rnE '^(@[a-zA-Z_()]+ +)*(public |package |internal )?import ' "$folder" --include='*.swift' || true)
done
[ $failed = 0 ] && echo "floors hold"
exit $failed
