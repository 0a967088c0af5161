#!/usr/bin/env bash
# Kills replicas (--kills N) and the Qdrant test server under them (--engine-kills M) while others write through all of them, lets all
# replicas write the same documents at once (--race N), and moves leases from a killed replica to the others (--leases).
# Options are passed to Tests/Crash/replicas.py (--help lists them).
set -euo pipefail
cd "$(dirname "$0")/.."
binary=.build/release/grounded
for argument in "$@"; do
    case "$argument" in --binary) explicit=1 ;; esac
done
if [ -z "${explicit-}" ]; then
    [ -x "$binary" ] || { echo "crash-replicas: build first: make build" >&2; exit 1; }
    set -- --binary "$binary" "$@"
fi
exec .venv/bin/python Tests/Crash/replicas.py "$@"
