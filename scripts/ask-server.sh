#!/usr/bin/env bash
# Shows one page of a running server.
#
# usage: scripts/ask-server.sh PATH
#
# SERVER (http://127.0.0.1:8080) is its address, API_KEY the key to send; /metrics needs one of the role admin where there are keys.
set -euo pipefail
path=${1:?usage: scripts/ask-server.sh PATH}
server=${SERVER:-http://127.0.0.1:8080}
server=${server%/}

body=$(mktemp)
trap 'rm -f "$body"' EXIT
# The key goes through a file, not the command line, where other users of the machine would see it.
status=$(curl -sS -m 20 -o "$body" -w '%{http_code}' \
    -K <([ -z "${API_KEY-}" ] || printf 'header = "Authorization: Bearer %s"\n' "$API_KEY") "$server$path" 2>/dev/null) || {
    echo "no server answers at $server: start one with 'make run', or name yours with SERVER=http://HOST:PORT" >&2
    exit 1
}
if python3 -m json.tool "$body" 2>/dev/null; then :; else cat "$body"; fi
case $status in
2*) ;;
401 | 403)
    echo "the server answered $status: set API_KEY to a key that may read this" >&2
    exit 1
    ;;
*)
    echo "the server answered $status" >&2
    exit 1
    ;;
esac
