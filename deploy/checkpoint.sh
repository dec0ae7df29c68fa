#!/bin/sh
# Saves every model of a running server, or those that are named, and keeps the newest few checkpoints of each:
#
#   STRATA_URL=http://127.0.0.1:8080 STRATA_KEY=… STRATA_KEEP=7 checkpoint.sh [model …]
#
# For cron: 17 3 * * * /usr/local/share/strata/checkpoint.sh. It needs sh and curl, nothing else. Each id is printed once its
# files are durable. The exit status is 0 if all models could be saved. STRATA_CURL takes further options of curl, such as
# --cacert or --unix-socket. The key needs the scopes read and train, and admin where old checkpoints are deleted.
set -eu
url=${STRATA_URL:-http://127.0.0.1:8080}
keep=${STRATA_KEEP:-0}
case $keep in '' | *[!0-9]*) echo "STRATA_KEEP must be a number, but it is '$keep'" >&2; exit 64 ;; esac

ask() { # method path [body]: the answer's content; fails on 400 and above, and says why
    method=$1 path=$2
    shift 2
    # The key goes by standard input: arguments are seen by every user of the machine.
    content=$(printf '%s' "${STRATA_KEY:+header = \"authorization: Bearer $STRATA_KEY\"}" |
        curl --silent --show-error --max-time 600 --config - ${STRATA_CURL:-} --write-out '\n%{http_code}' --request "$method" \
            --header 'content-type: application/json' ${1:+--data "$1"} "$url$path") || return 1
    status=${content##*
}
    content=${content%
*}
    if [ "$status" -ge 400 ]; then
        echo "$method $path: $status $content" >&2
        return 1
    fi
    printf '%s' "$content"
}

# The values of a string member, one a line. Names and ids hold no quotes, so a pattern is enough.
members() { grep -o "\"$1\":\"[^\"]*\"" | cut -d '"' -f 4; }

if [ $# = 0 ]; then
    after=
    names=
    while
        page=$(ask GET "/models?limit=1000$after") || exit 1
        # A model's own name is the first in it; those of its inputs and layers come after its class.
        found=$(printf '%s' "$page" | grep -o '"name":"[^"]*","class_name":"[^"]*","built":true' | members name || true)
        names="$names $found"
        last=$(printf '%s' "$page" | grep -o '"name":"[^"]*","class_name":"[^"]*","built"' | members name | tail -n 1 || true)
        after="&after=$last"
        printf '%s' "$page" | grep -q '"has_more":true'
    do :; done
    # Names hold no blanks.
    # shellcheck disable=SC2086
    set -- $names
fi

failed=0
for model; do
    if saved=$(ask POST "/models/$model/checkpoints" '{}'); then
        printf '%s' "$saved" | members id
    else
        failed=1
        continue
    fi
    [ "$keep" -gt 0 ] || continue
    ids=$(ask GET "/models/$model/checkpoints" | members id)
    count=$(printf '%s\n' "$ids" | wc -l)
    surplus=$((count - keep))
    [ "$surplus" -gt 0 ] || continue
    for id in $(printf '%s\n' "$ids" | head -n "$surplus"); do
        ask DELETE "/models/$model/checkpoints/$id" >/dev/null || failed=1
    done
done
exit $failed
