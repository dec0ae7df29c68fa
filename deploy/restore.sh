#!/bin/sh
# Gives a model of a running server the values of a checkpoint, by default its newest:
#
#   STRATA_URL=http://127.0.0.1:8080 STRATA_KEY=… restore.sh model [checkpoint]
#   restore.sh model --list
#
# The server changes all variables or none; what does not fit is printed and the exit status is 1. STRATA_CURL takes further
# options of curl. The key needs the scope train, and read for --list.
set -eu
if [ $# -lt 1 ] || [ $# -gt 2 ]; then
    sed -n '2,5s/^# \{0,1\}//p' "$0" >&2
    exit 64
fi
url=${STRATA_URL:-http://127.0.0.1:8080}

ask() {
    printf '%s' "${STRATA_KEY:+header = \"authorization: Bearer $STRATA_KEY\"}" |
        curl --silent --show-error --max-time 600 --config - ${STRATA_CURL:-} --write-out '\n%{http_code}' \
            --header 'content-type: application/json' "$@"
}

if [ "${2:-}" = --list ]; then
    content=$(ask "$url/models/$1/checkpoints")
else
    content=$(ask --data "{\"checkpoint\":\"${2:-latest}\"}" "$url/models/$1/restore")
fi
status=${content##*
}
content=${content%
*}
if [ "$status" -ge 400 ]; then
    echo "$status $content" >&2
    exit 1
fi
if [ "${2:-}" = --list ]; then
    printf '%s' "$content" | grep -o '"id":"[^"]*"' | cut -d '"' -f 4
else
    step=$(printf '%s' "$content" | grep -o '"step":[0-9]*' | head -n 1 | cut -d : -f 2)
    version=$(printf '%s' "$content" | grep -o '"version":[0-9]*' | head -n 1 | cut -d : -f 2)
    echo "$1 is at step $step, version $version"
fi
