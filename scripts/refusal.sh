#!/usr/bin/env bash
# Asks a store that holds SciFact the questions of another BEIR folder: all of them should be refused with nothing_relevant.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/serve-for.sh
. scripts/serve-for.sh
folder=${1:-../shared/data/retrieval/nq-oracle}
if [ ! -f "$folder/corpus.jsonl" ] || [ ! -d data/eval/scifact ]; then
    echo "refusal: skipped, it needs $folder and a run of make eval before it"
    exit 0
fi
start_server data/eval/scifact LOG_LEVEL=warning
"$BINARY" eval --server "$SERVER_URL" --no-index --answers --modes hybrid "$folder"
