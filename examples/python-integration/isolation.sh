#!/usr/bin/env bash
# Starts a server whose embedder crashes and hangs when told to, in two worker processes, and shows what its clients see.
# GROUNDED_BINARY names the server (default: .build/release/grounded), PORT where it listens (default: 8099).
set -euo pipefail
cd "$(dirname "$0")/../.."
port=${PORT:-8099}
data=$(mktemp -d)

PYTHONPATH=examples/python-integration EMBEDDING_BACKEND=python:isolation:FaultyEmbedder PYTHON_WORKERS=2 \
    DATA_DIR="$data/store" SERVER_PORT="$port" LOG_LEVEL=warning "${GROUNDED_BINARY:-.build/release/grounded}" serve >"$data/log" 2>&1 &
server=$!
trap 'kill "$server" 2>/dev/null || true; wait "$server" 2>/dev/null || true; rm -rf "$data"' EXIT

post() { curl -sS --max-time 20 -H 'Content-Type: application/json' -w '\n%{http_code} in %{time_total} s\n' -d "$2" "http://127.0.0.1:$port$1"; }
# Only vectors, no words: a hybrid query would go on without its vector and say so in "degraded".
ask() {
    echo
    echo "\$ $1"
    post /query "{\"query\": \"$1\", \"mode\": \"dense\", \"generate\": false, \"top_k\": 1, \"deadline_ms\": 1000}" | cut -c 1-300
}

until curl -fsS "http://127.0.0.1:$port/health/ready" >/dev/null 2>&1; do
    kill -0 "$server" 2>/dev/null || { cat "$data/log"; exit 1; }
    sleep 0.1
done
post /index '{"documents": [{"id": "lighthouse", "text": "The lighthouse on the Skerries is 31 metres high."}]}' >/dev/null

ask "How high is the lighthouse?"
ask "raiseanerror"
ask "crashtheprocess"
ask "Is the lighthouse on the Skerries?"
ask "hangforever" &
hanging=$!
ask "How many metres high is the lighthouse?"
wait "$hanging"
ask "Which lighthouse is 31 metres high?"

echo
echo "The server's log:"
cut -c 1-400 "$data/log"
