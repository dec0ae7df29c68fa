#!/bin/sh
# How many calls a running server answers, by wrk (or by 'strata bench' where there is none):
#
#   loadtest.sh [model] [body]      the model net, and eight ones, where nothing is said
#
# STRATA_URL, STRATA_KEY, CONNECTIONS (32), SECONDS_EACH (10) and THREADS (1) say the rest. The load and the server share the
# machine when they run on one: what is printed is then less than what either could do alone.
set -eu
url=${STRATA_URL:-http://127.0.0.1:8080}
model=${1:-net}
body=${2:-'{"inputs":[[1,1,1,1,1,1,1,1]]}'}
connections=${CONNECTIONS:-32}
seconds=${SECONDS_EACH:-10}
if ! command -v wrk >/dev/null; then
    exec strata bench "/models/$model/call" --body "$body" --connections "$connections" --seconds "$seconds" --url "$url"
fi
script=$(mktemp)
trap 'rm -f "$script"' EXIT
chmod 600 "$script"
cat >"$script" <<LUA
wrk.method = "POST"
wrk.headers["content-type"] = "application/json"
if os.getenv("STRATA_KEY") then wrk.headers["authorization"] = "Bearer " .. os.getenv("STRATA_KEY") end
wrk.body = os.getenv("STRATA_BODY")
LUA
STRATA_BODY=$body wrk --latency -t "${THREADS:-1}" -c "$connections" -d "${seconds}s" -s "$script" "$url/models/$model/call"
