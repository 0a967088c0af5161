#!/usr/bin/env bash
# Runs every check and test: static checks, Swift suites, Python suites, then the crash harness.
set -euo pipefail
cd "$(dirname "$0")/.."
scripts/setup.sh --test
scripts/check.sh
scripts/progress.sh "Building the tests (the first time takes about 6 minutes on 2 cores)" \
    swift build --build-tests --explicit-target-dependency-import-check error
# One target at a time: suites that compute for seconds would eat the deadlines of those that test deadlines.
for folder in Tests/*Tests; do
    target=$(basename "$folder")
    log=$(mktemp)
    if ! swift test --skip-build --filter "^$target\\." >"$log" 2>&1; then
        grep -vE '^(◇|✔|↳)' "$log" | tail -n 80
        echo "$target: failed"
        exit 1
    fi
    grep -E '^✔ Test run with|^✔ Test run|skipped' "$log" | sed "s/^/$target: /"
    rm -f "$log"
done
.venv/bin/python -m unittest discover -q -s python/tests
.venv/bin/python -m unittest discover -q -s Tests/QdrantServer -t Tests/QdrantServer
GROUNDED_BINARY=.build/debug/grounded .venv/bin/python -m unittest discover -s Tests/Integration -t Tests/Integration
GROUNDED_BINARY=.build/debug/grounded .venv/bin/python -m unittest discover -s Tests/Browser -t Tests/Browser
scripts/crash.sh --kills 10 --binary .build/debug/grounded
scripts/crash-replicas.sh --kills 2 --engine-kills 2 --race 100 --binary .build/debug/grounded
