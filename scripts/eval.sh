#!/usr/bin/env bash
# Retrieval quality on a BEIR folder through the running server: scripts/eval.sh [FOLDER [options of grounded eval]].
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/serve-for.sh
. scripts/serve-for.sh
folder=${1:-../shared/data/retrieval/scifact}
[ $# -gt 0 ] && shift
if [ ! -f "$folder/corpus.jsonl" ]; then
    echo "eval: skipped, there is no BEIR folder at $folder"
    exit 0
fi
start_server "data/eval/$(basename "$folder")" LOG_LEVEL=warning
"$BINARY" eval --server "$SERVER_URL" "$@" "$folder"
