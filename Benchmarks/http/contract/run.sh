#!/usr/bin/env bash
# Holds a server's answers against openapi.yaml, by Schemathesis (4 or later).
#
#     Benchmarks/http/contract/run.sh <strata> [examples for each operation, 100 by default] [seed]
#
# SCHEMATHESIS names the command where it is not on the path.
set -euo pipefail
strata=$(realpath "$1") examples=${2:-100} seed=${3:-1}
cd "$(dirname "$0")"
data=$(mktemp -d)
"$strata" serve --port 0 --data-dir "$data" --demo --log-level error >"$data/log" 2>&1 &
server=$!
trap 'kill $server; wait $server || true; rm -rf "$data"' EXIT
until address=$(grep -om1 'http://127[0-9.:]*' "$data/log"); do kill -0 $server && sleep 0.1; done
PYTHONPATH=. "${SCHEMATHESIS:-schemathesis}" --config-file schemathesis.toml run "$address/openapi.yaml" \
    --max-examples "$examples" --seed "$seed"
kill -0 $server
