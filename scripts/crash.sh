#!/usr/bin/env bash
# Kills the server with SIGKILL while four writers create, replace and delete documents, restarts it, and checks that
# nothing acknowledged is lost and nothing is half visible. Options are passed to Tests/Crash/crasher.py (--help lists them).
set -euo pipefail
cd "$(dirname "$0")/.."
binary=.build/release/grounded
for argument in "$@"; do
    case "$argument" in --binary) explicit=1 ;; esac
done
if [ -z "${explicit-}" ]; then
    [ -x "$binary" ] || { echo "crash: build first: make build" >&2; exit 1; }
    set -- --binary "$binary" "$@"
fi
exec .venv/bin/python Tests/Crash/crasher.py "$@"
