#!/usr/bin/env bash
# Latency of retrieval-only queries at 200 requests/s from a second process, over SciFact: idle, then while a bulk index runs.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/serve-for.sh
. scripts/serve-for.sh
folder=${1:-../shared/data/retrieval/scifact}
if [ ! -f "$folder/corpus.jsonl" ]; then
    echo "bench: skipped, there is no BEIR folder at $folder"
    exit 0
fi
# The bulk index writes, so it works on a copy.
name=$(basename "$folder")
if [ ! -d "data/eval/$name" ]; then scripts/eval.sh "$folder" --modes hybrid; fi
rm -rf "data/bench/$name"
mkdir -p data/bench
cp -r "data/eval/$name" "data/bench/$name"
start_server "data/bench/$name" LOG_LEVEL=warning
port=${SERVER_URL##*:}
.venv/bin/python benchmarks/latency.py --port "$port" --data "$folder" --bulk
