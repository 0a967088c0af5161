#!/usr/bin/env bash
# Runs every check and test: static checks, Swift suites, Python suites, then the crash harness.
set -euo pipefail
cd "$(dirname "$0")/.."
scripts/setup-python.sh --test
scripts/check.sh
scripts/progress.sh "Building the tests (the first time takes about 6 minutes on 2 cores)" \
    swift build --build-tests --explicit-target-dependency-import-check error
# The Swift suites print their own progress.
swift test --skip-build
.venv/bin/python -m unittest discover -q -s python/tests
scripts/crash.sh --kills 10 --binary .build/debug/grounded
